/** API keys as requests carry them: HTTP Basic with any name and the key as password. */
import { ServerError } from "../errors.ts";

/** The key in an Authorization header; undefined without a header. Throws `unauthenticated` for another scheme. */
export function readApiKey(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.trim() === "") return undefined;
  const [, encoded] = /^basic +([A-Za-z0-9+/_=-]+)\s*$/i.exec(authorization) ?? [];
  const decoded = encoded === undefined ? "" : Buffer.from(encoded, "base64").toString();
  const colon = decoded.indexOf(":");
  if (colon === -1) {
    throw new ServerError(
      "unauthenticated",
      'Expected "Authorization: Basic" with the base64 of "api:<API key>"',
    );
  }
  return decoded.slice(colon + 1);
}
