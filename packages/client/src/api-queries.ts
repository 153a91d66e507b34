/** A document that W&B's servers answer and this package does not send; older pages show it as a constant of `Api`. */

/** Searches users by name or e-mail address. */
export const USERS_QUERY = `query SearchUsers($query: String) {
  users(query: $query) {
    edges {
      node {
        id
        name
        username
        email
        admin
        flags
        entity
        deletedAt
        apiKeys {
          edges {
            node {
              id
              name
              description
            }
          }
        }
        teams {
          edges {
            node {
              name
            }
          }
        }
      }
    }
  }
}`;
