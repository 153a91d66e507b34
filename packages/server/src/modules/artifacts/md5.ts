/** MD5 digests as they travel: base64 in manifests and announcements, hexadecimal in addresses. */
import { ServerError } from "../../errors.ts";

const MD5_BYTES = 16;
const HEX = /^[0-9a-f]{32}$/;

/**
 * Checks an MD5 in base64 and returns it.
 *
 * @throws {ServerError} `invalid_argument`, naming the field, unless it is the one spelling of 16 bytes.
 */
export function parseMd5(text: string, field: string): string {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length === MD5_BYTES && bytes.toString("base64") === text) return text;
  const shown = JSON.stringify(text.slice(0, 64));
  throw new ServerError("invalid_argument", `${field} is ${shown}; expected an MD5 in base64`, { field });
}

/** The base64 form of an MD5 or an XXH128 in hexadecimal; undefined when it is none. */
export function digestFromHex(hex: string): string | undefined {
  return HEX.test(hex) ? Buffer.from(hex, "hex").toString("base64") : undefined;
}

/** The hexadecimal form of a digest in base64. */
export function digestToHex(digest: string): string {
  return Buffer.from(digest, "base64").toString("hex");
}
