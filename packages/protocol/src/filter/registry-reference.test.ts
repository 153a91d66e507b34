// Holds docs/guide/registries.md to the search: it names every field, and no other.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { resolveCollectionField, resolveRegistryField, resolveVersionField } from "./registry-fields.ts";

const text = readFileSync(new URL("../../../../docs/guide/registries.md", import.meta.url), "utf8");

it.each([
  ["Registries", resolveRegistryField],
  ["Collections", resolveCollectionField],
  ["Versions", resolveVersionField],
] as const)("the guide names every field of %s", (title, resolve) => {
  const table = new RegExp(`^\\| ${title} [^]*?\\n\\n`, "mu").exec(text)?.[0] ?? "";
  const cells = [...table.matchAll(/^\| (.*?)\|/gmu)].map(([, cell = ""]) => cell);
  const named = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/gu)].map(([, name = ""]) => name));
  expect(named.length).toBeGreaterThan(0);
  for (const name of named) expect(() => resolve(name)).not.toThrow();
  expect(() => resolve("nothing")).toThrow(new RegExp(`one of ${fieldsOf(resolve).join(", ")}$`, "u"));
  expect(fieldsOf(resolve).filter((name) => !named.includes(name))).toEqual([]);
});

function fieldsOf(resolve: (name: string) => unknown): readonly string[] {
  try {
    resolve("nothing");
  } catch (error) {
    return error instanceof Error ? (/one of (.*)$/u.exec(error.message)?.[1]?.split(", ") ?? []) : [];
  }
  throw new Error("expected an error");
}
