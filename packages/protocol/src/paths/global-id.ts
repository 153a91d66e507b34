/**
 * Global ids as GraphQL shows them: base64 of `Type:number[:number…]`. W&B's clients decode some of them, so the
 * form is part of the contract.
 */
import { ProtocolError } from "../errors.ts";

/** What a global id says: the type of the object and its key. */
export interface GlobalId {
  readonly type: string;
  readonly numbers: readonly number[];
}

const PLAIN = /^([A-Za-z][A-Za-z0-9_]*)((?::(?:0|[1-9]\d*))+)$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const MAX_ID_LENGTH = 256;

/**
 * Builds a global id, e.g. `encodeGlobalId("Run", 1, 2)`.
 *
 * @throws {ProtocolError} `invalid_argument` when the type is no identifier or a number no safe natural number.
 */
export function encodeGlobalId(type: string, ...numbers: readonly number[]): string {
  const plain = [type, ...numbers].join(":");
  if (!PLAIN.test(plain) || !numbers.every(Number.isSafeInteger)) {
    throw new ProtocolError("invalid_argument", `Cannot make an id of ${JSON.stringify(plain)}`, {
      field: "id",
    });
  }
  return btoa(plain);
}

/**
 * Reads a global id.
 *
 * @throws {ProtocolError} `invalid_argument` when the text is not the base64 of `Type:number…`.
 */
export function decodeGlobalId(id: string): GlobalId {
  const match =
    id.length <= MAX_ID_LENGTH && BASE64.test(id) && id.length % 4 === 0 ? PLAIN.exec(atob(id)) : null;
  const [, type, tail] = match ?? [];
  if (type === undefined || tail === undefined) throw invalidId(id);
  const numbers = tail.slice(1).split(":").map(Number);
  if (!numbers.every(Number.isSafeInteger)) throw invalidId(id);
  return { type, numbers };
}

function invalidId(id: string): ProtocolError {
  const shown = JSON.stringify(id.slice(0, MAX_ID_LENGTH));
  return new ProtocolError("invalid_argument", `Invalid id ${shown}: expected base64 of "Type:number"`, {
    field: "id",
  });
}
