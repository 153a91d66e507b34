/** The bodies of the operator's interface, read strictly: a misspelt field is an error, not a wish that nobody heard. */
import { z } from "zod";
import { ServerError } from "../../errors.ts";
import { MEMBER_ROLES } from "../entities/entity.ts";
import type { NamedMember } from "../entities/entity-service.ts";
import type { UserPut } from "../users/user-service.ts";

const name = z.string().min(1).max(256);
const members = z.array(z.strictObject({ username: name, role: z.enum(MEMBER_ROLES) })).max(100_000);

const userBody = z.strictObject({
  email: z.string().optional(),
  admin: z.boolean().optional(),
  password: z.string().optional(),
  apiKey: z.string().optional(),
});
const organizationBody = z.strictObject({ members });
const artifactTtlBody = z.strictObject({ seconds: z.number().int().positive().nullable() });
const teamBody = z.strictObject({ organization: name, members });

/** The body of `PUT /api/admin/users/{username}`. Throws `invalid_argument` that names the first field at fault. */
export function parseUserBody(body: unknown): Omit<UserPut, "username"> {
  return parseBody(userBody, body);
}

/** The body of `PUT /api/admin/organizations/{name}`. Throws as `parseUserBody` does. */
export function parseOrganizationBody(body: unknown): { readonly members: readonly NamedMember[] } {
  return parseBody(organizationBody, body);
}

/** The body of `PUT /api/admin/teams/{name}`. Throws as `parseUserBody` does. */
export function parseTeamBody(body: unknown): {
  readonly organization: string;
  readonly members: readonly NamedMember[];
} {
  return parseBody(teamBody, body);
}

/** The body of `PUT /api/admin/artifacts/ttl/{entity}`. Throws as `parseUserBody` does. */
export function parseArtifactTtlBody(body: unknown): { readonly seconds: number | null } {
  return parseBody(artifactTtlBody, body);
}

function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [
    ...(issue?.path ?? []),
    ...(issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : []),
  ];
  const field = path.map(String).join(".");
  throw new ServerError(
    "invalid_argument",
    `${field === "" ? "The body" : field}: ${issue?.message ?? "is not valid"}`,
    {
      field: field === "" ? undefined : field,
    },
  );
}
