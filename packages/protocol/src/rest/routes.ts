/** The paths of everything that is not GraphQL, and builders that escape what goes into them. */

/** Where GraphQL is answered. */
export const GRAPHQL_PATH = "/graphql";
/** Answers 200 while the process lives. */
export const HEALTH_PATH = "/health";
/** Answers 200 once the server can serve. */
export const READY_PATH = "/ready";
/** The page that the clients' login prompt points to. */
export const AUTHORIZE_PATH = "/authorize";
/** Below it are the pages of invitations. */
export const INVITE_PATH = "/authorize/invite";
/** Where identity tokens are exchanged. */
export const OIDC_TOKEN_PATH = "/oidc/token";
/** Where the clients probe for telemetry; 404 switches it off. */
export const TELEMETRY_PATH = "/sdk/otel/v1";
/** The operator's REST interface. */
export const ADMIN_PATH = "/api/admin";

/** A run as URLs name it. */
export interface RunAddress {
  readonly entity: string;
  readonly project: string;
  readonly run: string;
}

/** The path to which a run's history, events, summary and console lines are posted. */
export function fileStreamPath(address: RunAddress): string {
  return `${runFilesPath(address)}/file_stream`;
}

/** The path of one file of a run; slashes in `file` stay slashes. */
export function runFilePath(address: RunAddress, file: string): string {
  return `${runFilesPath(address)}/${file.split("/").map(encodeURIComponent).join("/")}`;
}

/** The page of a project, as the clients print it. */
export function projectPagePath({
  entity,
  project,
}: {
  readonly entity: string;
  readonly project: string;
}): string {
  return `/${encodeURIComponent(entity)}/${encodeURIComponent(project)}`;
}

/** The page of a run, as the clients print it. */
export function runPagePath(address: RunAddress): string {
  return `${projectPagePath(address)}/runs/${encodeURIComponent(address.run)}`;
}

/** The page of a sweep, as the clients print it. */
export function sweepPagePath(address: {
  readonly entity: string;
  readonly project: string;
  readonly sweep: string;
}): string {
  return `${projectPagePath(address)}/sweeps/${encodeURIComponent(address.sweep)}`;
}

/** The page of an invitation's link. */
export function invitePath(token: string): string {
  return `${INVITE_PATH}/${encodeURIComponent(token)}`;
}

/** The operator's path of one user. */
export function adminUserPath(username: string): string {
  return `${ADMIN_PATH}/users/${encodeURIComponent(username)}`;
}

/** The operator's path of one organisation. */
export function adminOrganizationPath(name: string): string {
  return `${ADMIN_PATH}/organizations/${encodeURIComponent(name)}`;
}

/** The operator's path of one team. */
export function adminTeamPath(name: string): string {
  return `${ADMIN_PATH}/teams/${encodeURIComponent(name)}`;
}

function runFilesPath({ entity, project, run }: RunAddress): string {
  return `/files/${encodeURIComponent(entity)}/${encodeURIComponent(project)}/${encodeURIComponent(run)}`;
}
