import { describe, expect, it } from "vitest";

import { summarizeOperation } from "./graphql-text.ts";

describe("summarizeOperation", () => {
  it.each([
    ["{ viewer { id } }", "query", null],
    ["query Viewer { viewer { id } }", "query", "Viewer"],
    ["query { mutation { id } }", "query", null],
    ['mutation Make($a: String = "query {") { make(a: $a) { id } }', "mutation", "Make"],
    ["# mutation Comment\nquery Real { a }", "query", "Real"],
    ["query mutation { a }", "query", "mutation"],
    ["fragment F on Run { id }\nmutation M { a { ...F } }", "mutation", "M"],
    ['query Q { a(text: """block } mutation X { """) }', "query", "Q"],
    ["query A { a } query B { b }", "query", null],
  ])("of %j is a %s named %j", (document, kind, name) => {
    expect(summarizeOperation(document)).toEqual({ kind, name });
  });
});
