/** Making service accounts. Loaded on first use. */
import { CommError, UnsupportedError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import {
  CreateServiceAccountDocument,
  CreateServiceAccountWithKeyDocument,
} from "../../generated/people-documents.ts";
import type { ApiKeyScope } from "../users/user-keys.ts";

/** What the account's key may do. Limits need a server that has `STEELYARD_API_KEY_LIMITS`. */
export interface ServiceAccountOptions extends ReadOptions {
  /** @default write */
  readonly scope?: ApiKeyScope | undefined;
  /** @default when the key in use ends */
  readonly expiresAt?: Date | undefined;
  /** Name of the only project of the team that the key may touch. @default all */
  readonly project?: string | undefined;
}

/** Makes the account; without a key where the server tells it elsewhere. */
export async function createServiceAccount(
  service: Service,
  team: string,
  description: string,
  { scope, expiresAt, project, signal }: ServiceAccountOptions,
): Promise<{ readonly userId: string; readonly apiKey: string | null }> {
  if (await service.supports("STEELYARD_API_KEY_LIMITS")) {
    const input = {
      entityName: team,
      description,
      scope: scope ?? null,
      expiresAt: expiresAt?.toISOString() ?? null,
      projectName: project ?? null,
    };
    const { createServiceAccount } = await service.graphql.execute(
      CreateServiceAccountWithKeyDocument,
      { input },
      { signal },
    );
    if (createServiceAccount?.user == null) throw failed();
    return { userId: createServiceAccount.user.id, apiKey: createServiceAccount.apiKey?.name ?? null };
  }
  if (scope !== undefined || expiresAt !== undefined || project !== undefined) {
    throw new UnsupportedError("This server makes service accounts without limits only");
  }
  const variables = { entity: team, description };
  const answer = await service.graphql.execute(CreateServiceAccountDocument, variables, { signal });
  if (answer.createServiceAccount?.user == null) throw failed();
  return { userId: answer.createServiceAccount.user.id, apiKey: null };
}

function failed(): CommError {
  return new CommError("The server did not create a service account");
}
