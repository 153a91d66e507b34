// Holds docs/reference/filters.md to the language: its examples compile, and it names every field and limit.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseJson } from "../json/parse.ts";
import { compileRunFilter } from "./compile.ts";
import * as limits from "./limits.ts";
import { parseOrder } from "./order.ts";
import { parseFilter } from "./parse.ts";
import { compileRunOrder } from "./run-order.ts";

const text = readFileSync(new URL("../../../../docs/reference/filters.md", import.meta.url), "utf8");
const blocks = (language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gmu"))].map(([, body = ""]) => body);
const regex = (pattern: string): ((value: string) => boolean) => {
  const compiled = new RegExp(pattern, "u");
  return (value) => compiled.test(value);
};
const compile = (filter: unknown): unknown => compileRunFilter(parseFilter(filter), { regex });

describe("the reference of filters and orders", () => {
  it.each([
    ...blocks("json"),
    ...[...text.matchAll(/`(\{".*?\})`(?!\))/gu)].map(([, inline = ""]) => inline),
  ])("has a filter that compiles: %s", (filter) => {
    const parsed = filter.startsWith('{"$gt') ? { name: parseJson(filter) } : filter;
    expect(() => compile(parsed)).not.toThrow();
  });

  it.each(blocks("text").flatMap((block) => block.trim().split("\n")))(
    "has an order that compiles: %s",
    (order) => {
      expect(() => compileRunOrder(parseOrder(order, ""))).not.toThrow();
    },
  );

  it("names every field that runs have, and no other", () => {
    const table = /\| Field.*?\n\n/su.exec(text)?.[0] ?? "";
    const firstCells = [...table.matchAll(/^\| (.*?)\|/gmu)].map(([, cell = ""]) => cell);
    const named = firstCells.flatMap((cell) =>
      [...cell.matchAll(/`([^`]+)`/gu)].map(([, name = ""]) => name),
    );
    for (const name of named) expect(() => compile({ [name]: null })).not.toThrow();
    const unknown = /one of (.*)$/u.exec(messageOf(() => compile({ nothing: 1 })))?.[1]?.split(", ") ?? [];
    expect(unknown).toContain("inputArtifacts");
    expect(named).toEqual(expect.arrayContaining(unknown));
  });

  it("states every limit", () => {
    for (const limit of Object.values(limits)) expect(text).toContain(limit.toLocaleString("en"));
  });
});

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("expected an error");
}
