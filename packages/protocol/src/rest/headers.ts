/** Header names that clients send or read, in lower case as HTTP libraries give them. */

/** The headers of the contract that are not HTTP's own. */
export const HEADERS = {
  /** The user on whose behalf a service account logs; often empty. */
  username: "x-wandb-username",
  /** The same user's address; often empty. */
  userEmail: "x-wandb-user-email",
  /** Sent as `true` by the public API; asks for an administrator's view where the caller is one. */
  useAdminPrivileges: "use-admin-privileges",
  /** Sent as `true` when several writers share one run. */
  useAsyncFileStream: "x-wandb-use-async-filestream",
  /** Tells the writers of a shared run apart, on GraphQL. */
  clientId: "x-wandb-client-id",
  /** Tells the writers of a shared run apart, on the file stream. */
  asyncClientId: "x-wandb-async-client-id",
  /** Sent as `true` when the server is to compute the summary from history. */
  serverSideDerivedSummary: "x-wandb-server-side-derived-summary",
  /** How many requests are left in the window; slows clients down. */
  rateLimitRemaining: "ratelimit-remaining",
  /** Seconds until the window ends. */
  rateLimitReset: "ratelimit-reset",
  /** Seconds or a date after which to try again. */
  retryAfter: "retry-after",
  /** Identifies one request in logs and errors; generated when absent. */
  requestId: "x-request-id",
} as const;
