import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { generateApiReference } from "../../../../scripts/generate-api-reference.ts";
import { readClientTypes } from "./client-types.ts";
import { readMembers } from "./members.ts";

const types = readClientTypes();
const members = await readMembers();
const ROOT = join(import.meta.dirname, "../../../..");

/** Every `Class.member` that the list names, and the same in the classes that inherit it. */
const named = new Set(members.map(({ typescript }) => typescript).filter((name) => name !== null));

describe("the list of members", () => {
  it("names each member once", () => {
    const keys = members.map(
      (member) =>
        `${member.class}.${member.python ?? ""}=${member.python === null ? (member.typescript ?? "") : ""}`,
    );
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it("has every member of Python's Api", () => {
    expect(members.filter((member) => member.class === "Api" && member.python !== null)).toHaveLength(55);
  });

  it("names only what the client has", () => {
    const missing = [...named].filter((name) => {
      const dot = name.indexOf(".");
      return !types.get(name.slice(0, dot))?.members.has(name.slice(dot + 1));
    });
    expect(missing).toEqual([]);
  });

  it("has every public member of the client's classes", () => {
    const unlisted: string[] = [];
    for (const [name, type] of types) {
      if (type.kind !== "class" || name.endsWith("Error")) continue;
      for (const member of type.members) {
        const isOfEveryList = named.has(`Paginator.${member}`) && type.members.has("objects");
        if (member === "constructor" || isOfEveryList || named.has(`${name}.${member}`)) continue;
        unlisted.push(`${name}.${member}`);
      }
    }
    expect(unlisted).toEqual([]);
  });
});

describe("the reference", () => {
  it("is what the list says", async () => {
    for (const [path, text] of await generateApiReference()) {
      expect(await readFile(join(ROOT, path), "utf8")).toBe(text);
    }
  });

  it("has one row per member", async () => {
    const [text = ""] = (await generateApiReference()).values();
    expect(text.split("\n").filter((line) => line.startsWith("| `"))).toHaveLength(members.length);
  });
});
