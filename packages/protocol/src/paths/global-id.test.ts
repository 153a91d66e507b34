import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeGlobalId, encodeGlobalId } from "./global-id.ts";

it("is base64 of the type and numbers", () => {
  expect(encodeGlobalId("Run", 1, 2)).toBe("UnVuOjE6Mg==");
});

it("reads back what it wrote", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[A-Za-z]\w{0,20}$/),
      fc.array(fc.maxSafeNat(), { minLength: 1, maxLength: 5 }),
      (type, numbers) => {
        expect(decodeGlobalId(encodeGlobalId(type, ...numbers))).toStrictEqual({ type, numbers });
      },
    ),
  );
});

it.each([
  "",
  "x",
  "%%%",
  btoa("Run"),
  btoa("Run:"),
  btoa("Run:01"),
  btoa("Run:-1"),
  btoa("Run:1:"),
  btoa("1:1"),
  btoa("Run:99999999999999999999"),
  btoa("Run:1").replaceAll("=", ""),
  "A".repeat(1_000),
])("refuses %j", (id) => {
  expect(() => decodeGlobalId(id)).toThrow("Invalid id");
});

it("makes no id of what could not be read back", () => {
  expect(() => encodeGlobalId("Run")).toThrow("Cannot make an id");
  expect(() => encodeGlobalId("Run", -1)).toThrow("Cannot make an id");
  expect(() => encodeGlobalId("Run", 1.5)).toThrow("Cannot make an id");
});
