import { PROJECT_ROLES } from "@steelyard/protocol";
import type { ProjectRole } from "@steelyard/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { Project, ProjectAccess } from "../projects/project.ts";
import { ANONYMOUS } from "./caller.ts";
import type { Caller, UserCaller } from "./caller.ts";

/** What is asked of each caller, from little to much. */
const DEEDS = ["see", "open", "change", "manage", "administer"] as const;
type Deeds = "" | "see" | "see open" | "see open change" | "see open change manage administer";

/** What each role of the project's own allows, in whatever project. */
const BY_ROLE: Readonly<Record<ProjectRole, Deeds>> = {
  admin: "see open change manage administer",
  member: "see open change",
  viewer: "see open",
  restricted_viewer: "see",
};
const CALLERS = ["chief", "mona", "vera", "outsider", "nobody"] as const;

/** What they may do without a role of the project's own: organization admin, member and viewer, others. */
const INHERITED: Readonly<Record<"PRIVATE" | "RESTRICTED", Readonly<Record<string, Deeds>>>> = {
  PRIVATE: {
    chief: "see open change manage administer",
    mona: "see open",
    vera: "see open",
    outsider: "",
    nobody: "",
  },
  RESTRICTED: { chief: "see open change manage administer", mona: "", vera: "", outsider: "", nobody: "" },
};

let bench: TestBench;
const callers = new Map<string, Caller>([["nobody", ANONYMOUS]]);
const registries = new Map<string, Project>();

beforeAll(async () => {
  bench = await openTestBench();
  for (const name of ["root", "chief", "mona", "vera", "outsider", "guest", "teammate"]) {
    callers.set(name, await bench.createCaller(name));
  }
  const { organization } = await bench.stores.entities.putOrganization({
    name: "acme",
    members: [
      { userId: userId("chief"), role: "admin" },
      ...["mona", "guest", "teammate"].map((name) => ({ userId: userId(name), role: "member" as const })),
      { userId: userId("vera"), role: "viewer" },
    ],
    createdAt: bench.clock.now(),
  });
  for (const access of ["PRIVATE", "RESTRICTED"] as const) {
    const { project } = await bench.stores.projects.upsert({
      entityId: organization.entityId,
      name: `wandb-registry-${access}`,
      access,
      userId: userId("root"),
      now: bench.clock.now(),
    });
    registries.set(access, project);
  }
});
afterAll(() => bench.close());

function caller(name: string): Caller {
  const found = callers.get(name);
  if (found === undefined) throw new Error(`no caller ${name}`);
  return found;
}

function userId(name: string): number {
  const found = caller(name);
  if (found.kind === "anonymous") throw new Error("nobody has no number");
  return found.user.id;
}

function registry(access: ProjectAccess): Project {
  const found = registries.get(access);
  if (found === undefined) throw new Error(`no registry ${access}`);
  return found;
}

async function deeds(by: Caller, project: Project): Promise<string> {
  const { access } = bench.services;
  const outcomes = [
    access.canReadProject(by, project),
    access.canOpenProject(by, project),
    access.canWriteProject(by, project),
    succeeds(access.requireManageProject(by, project)),
    succeeds(access.requireProjectAdmin(by, project)),
  ];
  const allowed = await Promise.all(outcomes);
  return DEEDS.filter((_, index) => allowed[index] === true).join(" ");
}

function succeeds(action: Promise<void>): Promise<boolean> {
  return action.then(
    () => true,
    () => false,
  );
}

describe("access to registries", () => {
  for (const access of ["PRIVATE", "RESTRICTED"] as const) {
    for (const name of CALLERS) {
      const expected = INHERITED[access][name] ?? "";
      it(`lets ${name} ${expected === "" ? "see nothing of" : expected} a ${access} registry`, async () => {
        expect(await deeds(caller(name), registry(access))).toBe(expected);
      });
    }

    for (const role of PROJECT_ROLES) {
      it(`lets a ${role} of a ${access} registry ${BY_ROLE[role]}, but no less than its organization may`, async () => {
        const { id: projectId } = registry(access);
        const guest = { projectId, userIds: [userId("guest")], entityIds: [] };
        await bench.stores.members.add({ ...guest, role, now: bench.clock.now() });
        const least = access === "PRIVATE" && role === "restricted_viewer" ? "see open" : BY_ROLE[role];
        expect(await deeds(caller("guest"), registry(access))).toBe(least);
        await bench.stores.members.remove(guest);
        expect(await deeds(caller("guest"), registry(access))).toBe(INHERITED[access]["mona"]);
      });
    }
  }

  it("count the strongest of a user's own role and the roles of teams", async () => {
    const { entity } = await bench.stores.entities.putTeam({
      name: "vision",
      organizationId: null,
      members: [{ userId: userId("teammate"), role: "viewer" }],
      createdAt: bench.clock.now(),
    });
    const { id: projectId } = registry("RESTRICTED");
    const add = { projectId, now: bench.clock.now() };
    await bench.stores.members.add({ ...add, userIds: [], entityIds: [entity.id], role: "member" });
    await bench.stores.members.add({
      ...add,
      userIds: [userId("teammate")],
      entityIds: [],
      role: "restricted_viewer",
    });
    expect(await deeds(caller("teammate"), registry("RESTRICTED"))).toBe("see open change");
  });

  it("does not extend a key that may only read", async () => {
    const { id: projectId } = registry("RESTRICTED");
    const members = { projectId, userIds: [userId("vera")], entityIds: [] };
    await bench.stores.members.add({ ...members, role: "admin", now: bench.clock.now() });
    const vera = caller("vera");
    if (vera.kind === "anonymous") throw new Error("vera is signed in");
    const reader: UserCaller = { ...vera, scope: "read" };
    expect(await deeds(reader, registry("RESTRICTED"))).toBe("see open");
    await bench.stores.members.remove(members);
  });

  it("tells what may not be seen as missing, and what may not be changed as forbidden", async () => {
    const { access } = bench.services;
    await expect(access.requireWriteProject(caller("mona"), registry("RESTRICTED"))).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(access.requireWriteProject(caller("mona"), registry("PRIVATE"))).rejects.toMatchObject({
      code: "permission_denied",
    });
  });
});
