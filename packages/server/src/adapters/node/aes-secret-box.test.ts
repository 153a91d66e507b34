import { expect, it } from "vitest";
import { AesSecretBox } from "./aes-secret-box.ts";

const box = new AesSecretBox(Buffer.alloc(32, 1));

it("opens what it sealed, and seals differently each time", () => {
  const sealed = box.seal("a secret ü");
  expect(box.open(sealed)).toBe("a secret ü");
  expect(box.seal("a secret ü")).not.toBe(sealed);
  expect(sealed).not.toContain("secret");
});

it("opens nothing that was changed or sealed with another key", () => {
  const sealed = box.seal("a secret");
  const bytes = Buffer.from(sealed.slice(3), "base64url");
  for (const at of [0, 12, 28, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => box.open(`v1.${changed.toString("base64url")}`)).toThrow("another key file");
  }
  expect(() => new AesSecretBox(Buffer.alloc(32, 2)).open(sealed)).toThrow("another key file");
  for (const text of ["", "v1.", "v2.AAAA", "plain"])
    expect(() => box.open(text)).toThrow("another key file");
});
