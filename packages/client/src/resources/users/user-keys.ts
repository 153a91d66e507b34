/** API keys of a user: listed, made and deleted. Loaded on first use. */
import { parseInstant, parseInstantOrNull } from "../../core/dates.ts";
import { CommError, NotFoundError, UnsupportedError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import type { ApiKeyFieldsFragment } from "../../generated/documents.ts";
import {
  CreateUserFromAdminDocument,
  DeleteApiKeyDocument,
  GenerateApiKeyDocument,
  GenerateLimitedApiKeyDocument,
  ListApiKeysDocument,
  SearchUsersDocument,
} from "../../generated/people-documents.ts";
import type { ApiKeyDetailsFragment } from "../../generated/people-documents.ts";
import type { UserFields } from "./user.ts";

/** What a key may do: read; append to runs; write everything; administer. Each includes the ones before it. */
export type ApiKeyScope = "read" | "append" | "write" | "admin";

/** What a new key may do. Limits need a server that has `STEELYARD_API_KEY_LIMITS`. */
export interface ApiKeyOptions extends ReadOptions {
  /** @default what the key in use may */
  readonly scope?: ApiKeyScope | undefined;
  /** @default when the key in use ends */
  readonly expiresAt?: Date | undefined;
  /** The only project that the key may touch: `entity/project`, or `project` of the caller's own entity. @default all */
  readonly project?: string | undefined;
}

/** A key as servers list it. */
export interface ApiKey {
  /** Global id. */
  readonly id: string;
  /** A mask of the key. */
  readonly name: string;
  /** What the key is for. */
  readonly description: string | null;
  /** What the key may do. */
  readonly scope: string;
  /** When the key ends; null for never. */
  readonly expiresAt: Date | null;
  /** When the key was made. */
  readonly createdAt: Date;
  /** Whether the key may touch one project only. */
  readonly isLimitedToProject: boolean;
  /** That project as `entity/project`; null when there is no limit, or the caller may not see it. */
  readonly project: string | null;
}

const FEATURE = "STEELYARD_API_KEY_LIMITS";

/** Who a key is for. */
export interface KeyOwner {
  readonly id: string | null;
  readonly username: string | null;
  /** Whether this is the user whose key is in use. */
  readonly isCaller: boolean;
}

/** Creates an account. @throws {CommError} when the server made none. */
export async function createUser(
  service: Service,
  email: string,
  { admin = false, ...options }: ReadOptions & { readonly admin?: boolean },
): Promise<UserFields> {
  const { createUser } = await service.graphql.execute(
    CreateUserFromAdminDocument,
    { email, admin },
    options,
  );
  if (createUser?.user != null) return createUser.user;
  throw new CommError(`The server did not create the user ${JSON.stringify(email)}`);
}

/** The users whose name or address fits. */
export async function searchUsers(
  service: Service,
  query: string,
  options: ReadOptions,
): Promise<readonly UserFields[]> {
  const { users } = await service.graphql.execute(SearchUsersDocument, { query }, options);
  return (users?.edges ?? []).map(({ node }) => node).filter((node) => node !== null);
}

/** Makes a key. @throws {UnsupportedError} for limits, or for another user, when the server has neither. */
export async function generateKey(
  service: Service,
  owner: KeyOwner,
  description: string | null,
  { scope, expiresAt, project, ...options }: ApiKeyOptions,
): Promise<ApiKeyFieldsFragment> {
  const isPlain = scope === undefined && expiresAt === undefined && project === undefined && owner.isCaller;
  if (!isPlain && !(await service.supports(FEATURE))) {
    throw new UnsupportedError("This server makes keys without limits and for the caller only");
  }
  const { generateApiKey } = isPlain
    ? await service.graphql.execute(GenerateApiKeyDocument, { description }, options)
    : await service.graphql.execute(
        GenerateLimitedApiKeyDocument,
        {
          input: {
            description,
            username: owner.isCaller ? null : owner.username,
            scope: scope ?? null,
            expiresAt: expiresAt?.toISOString() ?? null,
            ...placeOf(project),
          },
        },
        options,
      );
  if (generateApiKey?.apiKey == null) throw new CommError("The server did not create an API key");
  return generateApiKey.apiKey;
}

/** Deletes a key; false when the server says that it did not. */
export async function deleteKey(service: Service, id: string, options: ReadOptions): Promise<boolean> {
  const { deleteApiKey } = await service.graphql.execute(DeleteApiKeyDocument, { id }, options);
  return deleteApiKey?.success === true;
}

/**
 * The keys of a user.
 *
 * @throws {NotFoundError} when the user is gone, {@link UnsupportedError} when the server does not tell.
 */
export async function listKeys(
  service: Service,
  owner: KeyOwner,
  options: ReadOptions,
): Promise<readonly ApiKey[]> {
  if (!(await service.supports(FEATURE))) {
    throw new UnsupportedError(
      "This server does not tell what keys may do; see user.apiKeys for their names",
    );
  }
  const { username } = owner;
  const { users } = await service.graphql.execute(ListApiKeysDocument, { username: username ?? "" }, options);
  const nodes = (users?.edges ?? []).map(({ node }) => node);
  const found = nodes.find((node) => node?.id === owner.id);
  if (found == null) throw new NotFoundError(`There is no user ${JSON.stringify(username)}`);
  const keys = (found.apiKeys?.edges ?? []).map(({ node }) => node);
  return keys.filter((key) => key !== null).map(toApiKey);
}

function toApiKey(fields: ApiKeyDetailsFragment): ApiKey {
  const { id, name, description, scope, isLimitedToProject, project } = fields;
  return {
    id,
    name,
    description,
    scope,
    expiresAt: parseInstantOrNull(fields.expiresAt, "apiKey.expiresAt"),
    createdAt: parseInstant(fields.createdAt, "apiKey.createdAt"),
    isLimitedToProject,
    project: project === null ? null : `${project.entityName}/${project.name}`,
  };
}

function placeOf(project: string | undefined): { entityName: string | null; projectName: string | null } {
  if (project === undefined) return { entityName: null, projectName: null };
  const slash = project.indexOf("/");
  if (slash === -1) return { entityName: null, projectName: project };
  return { entityName: project.slice(0, slash), projectName: project.slice(slash + 1) };
}
