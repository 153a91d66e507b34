/** Passwords as scrypt hashes with their parameters beside them, so that the parameters can be raised later. */
import { scrypt, timingSafeEqual } from "node:crypto";
import type { ScryptOptions } from "node:crypto";
import { ServerError } from "../../errors.ts";

const COST = 2 ** 15;
const BLOCK_SIZE = 8;
const HASH_BYTES = 32;
const MIN_LENGTH = 8;
const MAX_LENGTH = 1024;

/** The password that somebody chose. Throws `invalid_argument` when it is too short or too long. */
export function parsePassword(text: string): string {
  if (text.length >= MIN_LENGTH && text.length <= MAX_LENGTH) return text;
  throw new ServerError(
    "invalid_argument",
    `A password needs ${MIN_LENGTH} to ${MAX_LENGTH} characters; this one has ${text.length}`,
    { field: "password" },
  );
}

/** Hashes a password; `salt` is hexadecimal and random. */
export async function hashPassword(password: string, salt: string): Promise<string> {
  const hash = await derive(password, salt, { N: COST, r: BLOCK_SIZE });
  return ["scrypt", COST, BLOCK_SIZE, salt, hash.toString("hex")].join("$");
}

/** Whether the password is the one that was hashed; takes as long for one that is not. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [scheme, cost, blockSize, salt, hash] = stored.split("$");
  if (scheme !== "scrypt" || salt === undefined || hash === undefined) {
    throw new ServerError("internal", "A stored password has an unknown form");
  }
  const expected = Buffer.from(hash, "hex");
  const found = await derive(password, salt, { N: Number(cost), r: Number(blockSize) });
  return expected.length === found.length && timingSafeEqual(expected, found);
}

function derive(
  password: string,
  salt: string,
  options: ScryptOptions & { N: number; r: number },
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const maxmem = 256 * options.N * options.r;
  scrypt(
    password.normalize("NFC"),
    Buffer.from(salt, "hex"),
    HASH_BYTES,
    { ...options, maxmem },
    (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    },
  );
  return promise;
}
