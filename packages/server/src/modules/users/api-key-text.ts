/** The text of API keys: made here, shown once, and kept only as a hash and a mask. */
import { hash } from "node:crypto";
import { isApiKey } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { IdSource } from "../../ports/id-source.ts";

const PREFIX = "local-";
/** 192 bits, which is more than clients ask for (40 digits). */
const SECRET_BYTES = 24;
const SHOWN_CHARACTERS = 4;
const MAX_LENGTH = 1024;

/** A new key. */
export function generateApiKeyText(ids: IdSource): string {
  return `${PREFIX}${ids.hex(SECRET_BYTES)}`;
}

/** SHA-256 in hexadecimal: enough for a secret that nobody could guess, and quick enough for every request. */
export function hashApiKey(text: string): string {
  return hash("sha256", text, "hex");
}

/** First and last characters of the secret part, with dots for the middle. */
export function maskApiKey(text: string): string {
  const secret = text.slice(text.indexOf("-") + 1);
  return `${secret.slice(0, SHOWN_CHARACTERS)}...${secret.slice(-SHOWN_CHARACTERS)}`;
}

/** The key that an operator brings along. Throws `invalid_argument` when clients would refuse to use it. */
export function parseApiKeyText(text: string): string {
  if (isApiKey(text) && text.length <= MAX_LENGTH) return text;
  throw new ServerError(
    "invalid_argument",
    `This API key would be refused by clients: expected at least 40 letters, digits, "_" or "-" after an optional ` +
      `prefix that ends in "-", and at most ${MAX_LENGTH} characters`,
    { field: "apiKey" },
  );
}
