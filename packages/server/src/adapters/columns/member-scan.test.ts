import { arbitraryValue } from "@steelyard/testing";
import { parseJsonObject, printJson, type JsonObject } from "@steelyard/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pickMembers } from "./member-scan.ts";

const keys = ["a", "b", "a.b", "value", "日本 x", "__proto__", 'q"', "s\\", "a/b"] as const;
const key = fc.constantFrom(...keys);
const document = fc.array(fc.tuple(key, arbitraryValue), { maxLength: 6 });

/** The same members in the ways that printers of other languages write them. */
function spellings(members: readonly (readonly [string, JsonObject[string]])[]): readonly string[] {
  const print = (quote: (text: string) => string, comma: string, colon: string): string =>
    `{${members.map(([name, value]) => quote(name) + colon + printJson(value)).join(comma)}}`;
  const escaped = (text: string): string =>
    `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")}"`;
  return [
    print(JSON.stringify, ",", ":"),
    print(JSON.stringify, ", ", ": "),
    ` ${print(JSON.stringify, "\n\t,\r\n", " : ")}\n`,
    print(escaped, ",", ":"),
  ];
}

describe("pickMembers", () => {
  it("finds what parsing the whole text finds, however it is written", () => {
    fc.assert(
      fc.property(document, fc.subarray([...keys]), (members, wanted) => {
        for (const text of spellings(members)) {
          const whole = Object.entries(parseJsonObject(text)).filter(([name]) =>
            wanted.some((key) => key === name),
          );
          const picked = pickMembers(text, wanted);
          expect(Object.entries(picked).sort()).toEqual(whole.sort());
        }
      }),
    );
  });

  it("is not misled by quotes, brackets and keys inside texts and deeper objects", () => {
    const text = String.raw`{"x":"\"a\":1,}]","y":{"a":[{"a":"}"}]},"z":"\\","a":2}`;
    expect(pickMembers(text, ["a"])).toEqual({ a: 2 });
    expect(pickMembers(text, ["z", "x"])).toEqual({ x: '"a":1,}]', z: "\\" });
  });

  it("takes the last of several members with one key, and big integers exactly", () => {
    expect(pickMembers('{"a":1,"a":12345678901234567890}', ["a"])).toEqual({ a: 12345678901234567890n });
  });

  it.each(["", "[1]", "{", '{"a', '{"a"', '{"a":', '{"a":}', '{"a":1 "a":2', '"a"', '{"a":[1}'])(
    "ends without an error where %j is not an object",
    (text) => {
      expect(Object.keys(pickMembers(text, ["a"])).length).toBeLessThan(2);
    },
  );
});
