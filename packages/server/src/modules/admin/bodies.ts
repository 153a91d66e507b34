/** The bodies of the operator's interface, read strictly: a misspelt field is an error, not a wish that nobody heard. */
import { z } from "zod";
import { ServerError } from "../../errors.ts";
import { MEMBER_ROLES } from "../entities/entity.ts";

const name = z.string().min(1).max(256);
const members = z.array(z.strictObject({ username: name, role: z.enum(MEMBER_ROLES) })).max(100_000);

/** `PUT /api/admin/users/{username}` */
export const userBody = z.strictObject({
  email: z.string().optional(),
  admin: z.boolean().optional(),
  password: z.string().optional(),
  apiKey: z.string().optional(),
});

/** `PUT /api/admin/organizations/{name}` */
export const organizationBody = z.strictObject({ members });

/** `PUT /api/admin/teams/{name}` */
export const teamBody = z.strictObject({ organization: name, members });

/** The body as its schema describes it. Throws `invalid_argument` that names the first field at fault. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
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
