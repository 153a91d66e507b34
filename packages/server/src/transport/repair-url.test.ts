import fc from "fast-check";
import { expect, it } from "vitest";
import { repairUrl } from "./repair-url.ts";

it("leaves an address that is in order as it is", () => {
  for (const url of ["/", "/a/b%20c?x=%zz&y=100%", "/caf%C3%A9", "/a%2Fb"]) expect(repairUrl(url)).toBe(url);
});

it("escapes bare percent signs and bytes that are no UTF-8", () => {
  expect(repairUrl("/100%/x")).toBe("/100%25/x");
  expect(repairUrl("/%FF/x")).toBe("/%25FF/x");
});

it("makes every address one that can be decoded, and repairing twice changes nothing more", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[%/0-9A-Fa-fz.~]*$/), (text) => {
      const path = `/${text}`;
      const repaired = repairUrl(path);
      expect(() => decodeURIComponent(repaired)).not.toThrow();
      expect(repairUrl(repaired)).toBe(repaired);
    }),
  );
});
