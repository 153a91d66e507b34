import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SqlEntityStore } from "../../adapters/sql/sql-entity-store.ts";
import { SqlProjectMemberStore } from "../../adapters/sql/sql-project-member-store.ts";
import { SqlProjectStore } from "../../adapters/sql/sql-project-store.ts";
import { SqlUserStore } from "../../adapters/sql/sql-user-store.ts";
import { openTemporaryMetadata } from "../../adapters/sqlite/temporary.ts";
import type { Entity } from "../entities/entity.ts";
import { PROJECT_ACCESS } from "../projects/project.ts";
import type { Project, ProjectAccess } from "../projects/project.ts";
import type { User } from "../users/user.ts";
import { Access } from "./access.ts";
import { ANONYMOUS } from "./caller.ts";
import type { Caller, UserCaller } from "./caller.ts";

const NOW = "2026-03-01T10:00:00.000Z";
const NAMES = ["root", "boss", "mona", "vera", "stranger", "chief"] as const;
type Name = (typeof NAMES)[number];

let access: Access;
let close: () => Promise<void>;
let team: Entity;
const users: Partial<Record<Name, User>> = {};
const projects: Partial<Record<ProjectAccess, Project>> = {};

/** A team with an admin, a member and a viewer, in an organization with an admin of its own, and a stranger. */
beforeAll(async () => {
  const database = await openTemporaryMetadata();
  close = () => database.close();
  const stores = {
    users: new SqlUserStore(database),
    entities: new SqlEntityStore(database),
    projects: new SqlProjectStore(database),
    members: new SqlProjectMemberStore(database),
  };
  for (const username of NAMES) {
    users[username] = await stores.users.create({
      username,
      name: username,
      email: null,
      isAdmin: username === "root",
      accountType: "USER",
      createdAt: NOW,
    });
  }
  const { organization } = await stores.entities.putOrganization({
    name: "acme",
    members: [{ userId: userNamed("chief").id, role: "admin" }],
    createdAt: NOW,
  });
  const { entity } = await stores.entities.putTeam({
    name: "vision",
    organizationId: organization.id,
    members: [
      { userId: userNamed("boss").id, role: "admin" },
      { userId: userNamed("mona").id, role: "member" },
      { userId: userNamed("vera").id, role: "viewer" },
    ],
    createdAt: NOW,
  });
  team = entity;
  for (const kind of PROJECT_ACCESS) {
    const put = { entityId: entity.id, name: kind, access: kind, userId: userNamed("boss").id, now: NOW };
    projects[kind] = (await stores.projects.upsert(put)).project;
  }
  access = new Access(stores);
});
afterAll(() => close());

function userNamed(name: Name): User {
  const user = users[name];
  if (user === undefined) throw new Error(`no user ${name}`);
  return user;
}

function projectOf(kind: ProjectAccess): Project {
  const project = projects[kind];
  if (project === undefined) throw new Error(`no project ${kind}`);
  return project;
}

function as(name: Name | "nobody", limits: Partial<UserCaller> = {}): Caller {
  if (name === "nobody") return ANONYMOUS;
  return { kind: "user", user: userNamed(name), scope: "admin", onlyProjectId: null, ...limits };
}

async function outcome(action: Promise<void>): Promise<string> {
  try {
    await action;
    return "ok";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "defect";
  }
}

/** What each may do in a project of each kind: R read, W write and append, M manage. */
const RULES: Readonly<Record<ProjectAccess, Readonly<Record<Name | "nobody", string>>>> = {
  PRIVATE: { root: "RWM", boss: "RWM", mona: "RWM", vera: "R", stranger: "", chief: "", nobody: "" },
  USER_READ: { root: "RWM", boss: "RWM", mona: "RWM", vera: "R", stranger: "R", chief: "R", nobody: "R" },
  USER_WRITE: { root: "RWM", boss: "RWM", mona: "RWM", vera: "RW", stranger: "RW", chief: "RW", nobody: "R" },
  RESTRICTED: { root: "RWM", boss: "RWM", mona: "", vera: "", stranger: "", chief: "", nobody: "" },
};

describe("access to projects", () => {
  for (const kind of PROJECT_ACCESS) {
    for (const name of [...NAMES, "nobody"] as const) {
      const allowed = RULES[kind][name];
      it(`lets ${name} ${allowed === "" ? "see nothing of" : `do ${allowed} in`} a ${kind} project`, async () => {
        const caller = as(name);
        const project = projectOf(kind);
        const refusal = !allowed.includes("R")
          ? "not_found"
          : name === "nobody"
            ? "unauthenticated"
            : "permission_denied";
        expect(await access.canReadProject(caller, project)).toBe(allowed.includes("R"));
        expect(await access.canWriteProject(caller, project)).toBe(allowed.includes("W"));
        expect(await outcome(access.requireReadProject(caller, project))).toBe(
          allowed.includes("R") ? "ok" : "not_found",
        );
        const write = allowed.includes("W") ? "ok" : refusal;
        expect(await outcome(access.requireAppendProject(caller, project))).toBe(write);
        expect(await outcome(access.requireWriteProject(caller, project))).toBe(write);
        const manage = allowed.includes("M") ? "ok" : refusal;
        expect(await outcome(access.requireManageProject(caller, project))).toBe(manage);
      });
    }
  }

  it("lets the maker of a restricted project keep it while in the team", async () => {
    const project = { ...projectOf("RESTRICTED"), createdByUserId: userNamed("mona").id };
    expect(await access.canWriteProject(as("mona"), project)).toBe(true);
    const left = { ...project, createdByUserId: userNamed("stranger").id };
    expect(await access.canReadProject(as("stranger"), left)).toBe(false);
  });
});

describe("a key's limits", () => {
  it("keep its user from more than the scope", async () => {
    const project = projectOf("PRIVATE");
    const expected = {
      read: ["ok", "permission_denied", "permission_denied"],
      append: ["ok", "ok", "permission_denied"],
      write: ["ok", "ok", "ok"],
      admin: ["ok", "ok", "ok"],
    } as const;
    for (const scope of ["read", "append", "write", "admin"] as const) {
      const caller = as("mona", { scope });
      expect([
        await outcome(access.requireReadProject(caller, project)),
        await outcome(access.requireAppendProject(caller, project)),
        await outcome(access.requireWriteProject(caller, project)),
      ]).toEqual(expected[scope]);
    }
  });

  it("keep it inside its only project, public ones included", async () => {
    const caller = as("boss", { onlyProjectId: projectOf("PRIVATE").id });
    expect(await access.canWriteProject(caller, projectOf("PRIVATE"))).toBe(true);
    for (const kind of ["USER_READ", "USER_WRITE", "RESTRICTED"] as const) {
      expect(await access.canReadProject(caller, projectOf(kind))).toBe(false);
    }
    expect(await access.canReadEntity(caller, team)).toBe(true);
    expect(await outcome(access.requireWriteEntity(caller, team))).toBe("permission_denied");
    expect(await outcome(access.requireEntityAdmin(caller, team))).toBe("permission_denied");
  });

  it("keep an administrator from administering", async () => {
    expect(access.isAdmin(as("root"))).toBe(true);
    for (const limits of [{ scope: "write" }, { onlyProjectId: 1 }] as const) {
      expect(access.isAdmin(as("root", limits))).toBe(false);
      expect(() => access.requireAdmin(as("root", limits))).toThrow("Only an administrator");
    }
    expect(await access.canReadProject(as("root", { scope: "write" }), projectOf("PRIVATE"))).toBe(false);
  });
});

describe("access to entities", () => {
  it("shows a team to its members, its organization's admins and administrators", async () => {
    const visible = await Promise.all(NAMES.map((name) => access.canReadEntity(as(name), team)));
    expect(NAMES.filter((_, index) => visible[index])).toEqual(["root", "boss", "mona", "vera", "chief"]);
    expect(await access.canReadEntity(ANONYMOUS, team)).toBe(false);
  });

  it("lets admins and members create projects", async () => {
    const outcomes = await Promise.all(
      NAMES.map((name) => outcome(access.requireWriteEntity(as(name), team))),
    );
    expect(Object.fromEntries(NAMES.map((name, index) => [name, outcomes[index]]))).toEqual({
      root: "ok",
      boss: "ok",
      mona: "ok",
      vera: "permission_denied",
      stranger: "not_found",
      chief: "permission_denied",
    });
    expect(await outcome(access.requireWriteEntity(ANONYMOUS, team))).toBe("unauthenticated");
    expect(await outcome(access.requireWriteEntity(as("mona", { scope: "append" }), team))).toBe(
      "permission_denied",
    );
  });

  it("lets its admins, its organization's and the server's administer the team", async () => {
    const outcomes = await Promise.all(
      NAMES.map((name) => outcome(access.requireEntityAdmin(as(name), team))),
    );
    expect(outcomes).toEqual(["ok", "ok", "permission_denied", "permission_denied", "not_found", "ok"]);
  });
});
