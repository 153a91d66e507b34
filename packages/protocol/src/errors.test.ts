import { expect, it } from "vitest";
import { ERROR_CODES, ProtocolError, isErrorCode } from "./errors.ts";

it("gives every code a status that is an error and a sentence", () => {
  for (const [code, { httpStatus, meaning }] of Object.entries(ERROR_CODES)) {
    expect(isErrorCode(code)).toBe(true);
    expect(httpStatus).toBeGreaterThanOrEqual(400);
    expect(meaning).toMatch(/\.$/);
  }
  expect(isErrorCode("toString")).toBe(false);
});

it("carries code, field and cause", () => {
  const cause = new Error("inner");
  const error = new ProtocolError("invalid_argument", "bad", { field: "name", cause });
  expect(error).toMatchObject({ name: "ProtocolError", code: "invalid_argument", field: "name", cause });
});
