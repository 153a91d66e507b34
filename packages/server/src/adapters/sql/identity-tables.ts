/** Tables of the identity modules. */
export interface IdentityTables {}
