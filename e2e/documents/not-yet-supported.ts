// The operations of the clients that the schema does not have yet, by the work they belong to. Whoever adds one
// takes its name off this list: the test says when a listed one validates.

const teamsAndUsers = [
  "CreateAnonymousApiKey",
  "CreateInvite",
  "CreateServiceAccount",
  "CreateTeam",
  "DeleteInvite",
] as const;

/** Names of operations that do not validate yet. */
export const notYetSupported: ReadonlySet<string> = new Set(teamsAndUsers);

/** Files with documents that are put together from local variables, which the collector cannot evaluate. */
export const unreadable: readonly string[] = [
  "0.22.1 apis/public/files.py",
  "0.22.1 apis/public/runs.py",
  "0.22.1 sdk/internal/internal_api.py",
  "0.30.0 apis/public/sweeps.py",
  "0.30.0 sdk/artifacts/_gqlutils.py",
  "0.30.0 sdk/launch/api.py",
];
