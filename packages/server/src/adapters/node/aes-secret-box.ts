/** Seals texts with AES-256-GCM under one key. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { ServerError } from "../../errors.ts";
import type { SecretBox } from "../../ports/secret-box.ts";

const ALGORITHM = "aes-256-gcm";
const FORM = "v1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `SecretBox` by Node's cipher. Sealed texts are `v1.` and nonce, tag and cipher text in base64url. */
export class AesSecretBox implements SecretBox {
  readonly #key: Uint8Array;

  /** Takes a key of 32 bytes. */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  seal(text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return `${FORM}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url")}`;
  }

  open(sealed: string): string {
    const [form, text = ""] = sealed.split(".");
    const bytes = Buffer.from(text, "base64url");
    try {
      if (form !== FORM || bytes.length < NONCE_BYTES + TAG_BYTES)
        throw new Error("not sealed by this server");
      const decipher = createDecipheriv(ALGORITHM, this.#key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const opened = [decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
      return Buffer.concat(opened).toString("utf8");
    } catch (cause) {
      const message = "A secret cannot be read: it was stored with another key file; set it again";
      throw new ServerError("unavailable", message, { cause });
    }
  }
}
