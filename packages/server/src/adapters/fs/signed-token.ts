/** Tokens that carry a grant, signed with the data folder's secret: whoever has one needs no other credentials. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { ServerError } from "../../errors.ts";

/** What a token says. */
export interface TokenClaims {
  readonly key: string;
  readonly method: "GET" | "PUT";
  readonly subject?: string;
  readonly fileName?: string;
  readonly md5?: string;
  readonly partNumber?: number;
  readonly isSettledLater?: boolean;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

const MAX_TOKEN_LENGTH = 8_192;

/** Prints claims with their signature in letters that need no escaping in an address. */
export function signToken(secret: Uint8Array, claims: TokenClaims): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${payload}.${signatureOf(secret, payload).toString("base64url")}`;
}

/** The claims of a token. Throws `permission_denied` when it was not signed with the secret. */
export function readToken(secret: Uint8Array, token: string): TokenClaims {
  const [payload = "", signature = "", ...rest] = token.split(".");
  const expected = signatureOf(secret, payload);
  const given = Buffer.from(signature, "base64url");
  const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isSigned || rest.length > 0 || token.length > MAX_TOKEN_LENGTH) throw unsigned();
  const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
  if (!isClaims(claims)) throw unsigned();
  return claims;
}

function signatureOf(secret: Uint8Array, payload: string): Buffer {
  return createHmac("sha256", secret).update(`blob:${payload}`).digest();
}

function unsigned(): ServerError {
  return new ServerError("permission_denied", "This address was not signed by this server");
}

function isClaims(claims: unknown): claims is TokenClaims {
  if (typeof claims !== "object" || claims === null) return false;
  const isText = (name: string): boolean => name in claims && typeof Reflect.get(claims, name) === "string";
  const isAbsentOr = (name: string, type: string): boolean =>
    !(name in claims) || typeof Reflect.get(claims, name) === type;
  const isTextOrAbsent = (name: string): boolean => isAbsentOr(name, "string");
  return (
    isText("key") &&
    "method" in claims &&
    (claims.method === "GET" || claims.method === "PUT") &&
    isTextOrAbsent("subject") &&
    isTextOrAbsent("fileName") &&
    isTextOrAbsent("md5") &&
    isAbsentOr("partNumber", "number") &&
    isAbsentOr("isSettledLater", "boolean") &&
    "expiresAt" in claims &&
    typeof claims.expiresAt === "number"
  );
}
