import { expect, it } from "vitest";

import * as documents from "../generated/documents.ts";
import { isIdempotentMutation } from "./idempotence.ts";

const mutations = Object.values(documents).filter(({ kind }) => kind === "mutation");

it("knows every mutation that this package sends", () => {
  const repeated = mutations.filter(({ name }) => isIdempotentMutation(name)).map(({ name }) => name);
  const once = mutations.filter(({ name }) => !isIdempotentMutation(name)).map(({ name }) => name);
  expect(once.toSorted()).toEqual(["CreateUserFromAdmin", "GenerateApiKey"]);
  expect(repeated).toHaveLength(mutations.length - 2);
});

it("repeats nothing that it does not know", () => {
  expect(isIdempotentMutation("Anything")).toBe(false);
});
