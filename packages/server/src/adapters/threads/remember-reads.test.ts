import { expect, test } from "vitest";
import { rememberReads } from "./remember-reads.ts";
import { SharedVersion } from "./shared-version.ts";

class Roles {
  asked = 0;
  readonly #roles = new Map([["ada", "admin"]]);
  readonly #version: SharedVersion;

  constructor(version: SharedVersion) {
    this.#version = version;
  }

  roleOf({ name }: { readonly name: string }): Promise<string | undefined> {
    this.asked += 1;
    if (name === "") return Promise.reject(new Error("no name"));
    return Promise.resolve(this.#roles.get(name));
  }

  async give({ name, role }: { readonly name: string; readonly role: string }): Promise<void> {
    this.#version.raise();
    await Promise.resolve();
    this.#roles.set(name, role);
  }
}

const version = new SharedVersion();
const roles = new Roles(version);
// The number as another thread has it.
const remembered = rememberReads(roles, ["roleOf"], new SharedVersion(version.memory));

test("asks once for what does not change, and again after a change", async () => {
  expect(await remembered.roleOf({ name: "ada" })).toBe("admin");
  expect(await remembered.roleOf({ name: "ada" })).toBe("admin");
  expect(await remembered.roleOf({ name: "bob" })).toBeUndefined();
  expect(roles.asked).toBe(2);
  await remembered.give({ name: "ada", role: "viewer" });
  expect(await remembered.roleOf({ name: "ada" })).toBe("viewer");
  expect(await remembered.roleOf({ name: "ada" })).toBe("viewer");
  expect(roles.asked).toBe(3);
});

test("does not remember failures", async () => {
  roles.asked = 0;
  await expect(remembered.roleOf({ name: "" })).rejects.toThrow("no name");
  await expect(remembered.roleOf({ name: "" })).rejects.toThrow("no name");
  expect(roles.asked).toBe(2);
});
