import { describe, expect, it } from "vitest";

import { ValueError } from "./errors.ts";
import { appUrlOf, encodePart, isUnder, parseBaseUrl } from "./urls.ts";

describe("isUnder", () => {
  it.each([
    ["http://h:8080", "http://h:8080/graphql", true],
    ["http://h:8080/base", "http://h:8080/base/graphql", true],
    ["http://h:8080/base", "http://h:8080/base", true],
    ["http://h:8080/base", "http://h:8080/basement", false],
    ["http://h:8080/base", "http://h:8080/base/../graphql", false],
    ["http://h:8080", "http://h:8081/graphql", false],
    ["http://h", "https://h/graphql", false],
    ["http://h", "http://h.evil.example/graphql", false],
    ["http://h", "http://h@evil.example/graphql", false],
    ["http://h", "/graphql", false],
  ])("judges %s and %s", (baseUrl, url, expected) => {
    expect(isUnder(baseUrl, url)).toBe(expected);
  });
});

describe("parseBaseUrl", () => {
  it("drops slashes at the end", () => {
    expect(parseBaseUrl(" http://localhost:8080// ")).toBe("http://localhost:8080");
  });

  it.each([
    "",
    "localhost:8080",
    "ftp://x",
    "https://wandb.ai",
    "https://app.wandb.ai",
    "http://api.wandb.ai",
  ])("refuses %j", (text) => {
    expect(() => parseBaseUrl(text)).toThrow(ValueError);
  });
});

describe("appUrlOf", () => {
  it.each([
    ["https://api.wandb.ai", "https://wandb.ai/"],
    ["https://api.company.example", "https://app.company.example/"],
    ["http://localhost:8080", "http://localhost:8080/"],
    ["https://wandb.company.example", "https://wandb.company.example/"],
  ])("of %s is %s", (baseUrl, expected) => {
    expect(appUrlOf(baseUrl)).toBe(expected);
  });
});

describe("encodePart", () => {
  it("leaves only what Python's quote leaves", () => {
    expect(encodePart("a b/c(d)*'!~_-.é")).toBe("a%20b%2Fc%28d%29%2A%27%21~_-.%C3%A9");
  });
});
