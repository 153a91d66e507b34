// The operations of the clients that the schema does not have, with the reason. Whoever adds one takes its name off this
// list: the test says when a listed one validates.

/** Accounts that anybody may make without being asked are nothing for a server of one's own. */
const anonymousAccounts = ["CreateAnonymousApiKey"] as const;

/** Names of operations that do not validate. */
export const notYetSupported: ReadonlySet<string> = new Set(anonymousAccounts);

/** Files with documents that are put together from local variables, which the collector cannot evaluate. */
export const unreadable: readonly string[] = [
  "0.22.1 apis/public/files.py",
  "0.22.1 apis/public/runs.py",
  "0.22.1 sdk/internal/internal_api.py",
  "0.30.0 apis/public/sweeps.py",
  "0.30.0 sdk/artifacts/_gqlutils.py",
  "0.30.0 sdk/launch/api.py",
];
