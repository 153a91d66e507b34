/** What each role may do with a registry, at every door that leads to it. */
import { createHash } from "node:crypto";
import { encodeGlobalId, isJsonArray, isJsonObject, parseJsonObject } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { UserCaller } from "../access/caller.ts";
import type { Artifact } from "../artifacts/artifact.ts";
import type { Project } from "../projects/project.ts";

/** From nothing to everything. Nobody but the owner may see the project that the version was logged to. */
const ROLES = ["nobody", "outsider", "colleague", "restricted_viewer", "viewer", "member", "admin"] as const;
type Role = (typeof ROLES)[number];

const CONTENT = "weights";
const MD5 = createHash("md5").update(CONTENT);
const HEX = MD5.copy().digest("hex");
const BASE64 = MD5.digest("base64");
const NAME = "wandb-registry-models";
const ENTITY = "acme-org";

let bench: TestBench;
let owner: UserCaller;
let registry: Project;
let artifact: Artifact;
const keys = new Map<Role | "owner", string>();
const ids: Record<"project" | "artifact" | "portfolio" | "user" | "team", string> = {
  project: "",
  artifact: "",
  portfolio: "",
  user: "",
  team: "",
};

beforeAll(async () => {
  bench = await openTestBench();
  const { stores, clock, blobs } = bench;
  const now = clock.now();
  owner = await bench.createCaller("owner");
  keys.set("owner", await bench.authorize(owner));
  const people = new Map<Role, UserCaller>();
  for (const role of ROLES.slice(1)) {
    const caller = await bench.createCaller(`the-${role}`);
    people.set(role, caller);
    keys.set(role, await bench.authorize(caller));
  }
  const { organization } = await stores.entities.putOrganization({
    name: "acme",
    members: [
      owner,
      ...people
        .entries()
        .filter(([role]) => role !== "outsider")
        .map(([, who]) => who),
    ].map(({ user }) => ({ userId: user.id, role: "member" })),
    createdAt: now,
  });
  ({ project: registry } = await stores.projects.upsert({
    entityId: organization.entityId,
    name: NAME,
    access: "RESTRICTED",
    allowsAllArtifactTypes: true,
    userId: owner.user.id,
    creatorRole: "admin",
    now,
  }));
  for (const role of ["restricted_viewer", "viewer", "member", "admin"] as const) {
    const userIds = [people.get(role)?.user.id ?? 0];
    await stores.members.add({ projectId: registry.id, userIds, entityIds: [], role, now });
  }
  const { project } = await stores.projects.upsert({
    entityId: owner.user.entityId,
    name: "secret",
    userId: owner.user.id,
    now,
  });
  const { user: spare } = await bench.createCaller("spare");
  await stores.entities.joinOrganization({
    organizationId: organization.id,
    userId: spare.id,
    role: "member",
  });
  const { entity: team } = await stores.entities.putTeam({
    name: "vision",
    organizationId: organization.id,
    members: [],
    createdAt: now,
  });
  await blobs.put({ key: "weights", body: chunks(CONTENT) });
  await blobs.put({ key: "manifest", body: chunks("{}") });
  artifact = await log(project);
  await relink();
  ids.project = encodeGlobalId("Project", registry.id);
  ids.artifact = encodeGlobalId("Artifact", artifact.id);
  ids.user = encodeGlobalId("User", spare.id);
  ids.team = encodeGlobalId("Entity", team.id);
});
afterAll(() => bench.close());

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

/** A version with one file, put where nobody but its owner may look. */
async function log({ id: projectId, entityId }: Project): Promise<Artifact> {
  const { artifacts } = bench.stores;
  const now = bench.clock.now();
  const begun = await artifacts.begin({
    projectId,
    typeName: "model",
    sequenceName: "net",
    runId: null,
    digest: HEX,
    digestAlgorithm: "MANIFEST_MD5",
    description: null,
    metadata: null,
    historyStep: null,
    isTtlInherited: true,
    ttlSeconds: null,
    distributedId: null,
    aliases: [],
    tags: [],
    clientId: null,
    sequenceClientId: null,
    reuseCommitted: false,
    now,
  });
  const artifactId = begun.id;
  const contents = [{ md5: BASE64, blobKey: "weights", artifactId }];
  const [content] = await artifacts.addContents({ entityId, projectId, contents, now });
  if (content === undefined) throw new Error("no content came back");
  await artifacts.markStored({ contents: [{ ...content, sizeBytes: CONTENT.length }] });
  const manifest = { blobKey: "manifest", md5: BASE64, sizeBytes: 2 };
  await artifacts.putManifest({ artifactId, projectId, name: "m.json", ...manifest, now });
  const file = { path: "weights.bin", digest: BASE64, ref: null, sizeBytes: CONTENT.length };
  await artifacts.putFiles({ artifactId, files: [{ ...file, contentId: content.id }], isFirst: true });
  const sizes = { fileCount: 1, sizeBytes: CONTENT.length };
  return artifacts.commit({ artifactId, commitHash: "c0ffee", ...sizes, manifest, now });
}

/** What an earlier question took away is put back. */
async function relink(): Promise<void> {
  const linked = await bench.stores.portfolios.link({
    artifactId: artifact.id,
    projectId: registry.id,
    portfolioName: "zoo",
    aliases: ["best"],
    acceptsNewTypes: true,
    now: bench.clock.now(),
  });
  ids.portfolio = encodeGlobalId("ArtifactPortfolio", linked.collection.id);
}

/** `ok`, `nothing` when there is no error and nothing to see, or the code of the error. */
async function ask(role: Role | "owner", document: string): Promise<string> {
  const authorization = keys.get(role);
  const answer = await bench.app.inject({
    method: "POST",
    url: "/graphql",
    headers: { "content-type": "application/json", ...(authorization && { authorization }) },
    payload: JSON.stringify({ query: document }),
  });
  const { data, errors } = parseJsonObject(answer.body);
  if (errors !== undefined && isJsonArray(errors)) return codeOf(errors[0] ?? null);
  return isEmpty(data ?? null) ? "nothing" : "ok";
}

function codeOf(error: JsonValue): string {
  const extensions = isJsonObject(error) ? (error["extensions"] ?? null) : null;
  const code = isJsonObject(extensions) ? extensions["code"] : undefined;
  return typeof code === "string" ? code : "no code";
}

function isEmpty(value: JsonValue): boolean {
  if (value === null) return true;
  if (isJsonArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.values(value).every(isEmpty);
}

async function fetchFile(role: Role, path: string): Promise<string> {
  const authorization = keys.get(role);
  const answer = await bench.app.inject({ url: path, headers: { ...(authorization && { authorization }) } });
  return answer.statusCode === 200 ? "ok" : String(answer.statusCode);
}

interface Door {
  /** The first of the roles that may pass. */
  readonly from: Role;
  /** What those are told who may see the registry but not do this. @default permission_denied */
  readonly denied?: string;
  /** What those are told who may not see it. @default not_found */
  readonly hidden?: string;
  readonly open: (role: Role) => Promise<string>;
}

const project = `project(name: "${NAME}", entityName: "${ENTITY}")`;
const mutation = (text: () => string) => (role: Role) => ask(role, `mutation { ${text()} }`);
const query = (text: () => string) => (role: Role) => ask(role, `{ ${text()} }`);

const DOORS: Readonly<Record<string, Door>> = {
  "see the registry": {
    from: "restricted_viewer",
    hidden: "nothing",
    open: query(() => `${project} { id }`),
  },
  "see its members": {
    from: "restricted_viewer",
    hidden: "nothing",
    open: query(() => `${project} { members { id } }`),
  },
  "see a collection": {
    from: "restricted_viewer",
    hidden: "nothing",
    open: query(() => `artifactCollection(id: "${ids.portfolio}") { id }`),
  },
  "see a linked version by name": {
    from: "restricted_viewer",
    hidden: "nothing",
    open: query(
      () =>
        `${project} { artifactCollectionMembership(name: "zoo:best") { artifact { id ttlDurationSeconds
          artifactSequence { name project { id } } aliases { alias } usedBy { edges { node { id } } } } } }`,
    ),
  },
  "see a linked version by id": {
    from: "restricted_viewer",
    hidden: "nothing",
    open: query(() => `artifact(id: "${ids.artifact}") { id }`),
  },
  "list its files through the portfolio": {
    from: "viewer",
    hidden: "nothing",
    open: query(
      () =>
        `${project} { artifactCollection(name: "zoo") { artifactMembership(aliasName: "v0") {
          files { edges { node { directUrl url } } } } } }`,
    ),
  },
  "list its files": {
    from: "viewer",
    hidden: "nothing",
    open: query(() => `artifact(id: "${ids.artifact}") { files { edges { node { directUrl } } } }`),
  },
  "read its manifest": {
    from: "viewer",
    hidden: "nothing",
    open: query(() => `artifact(id: "${ids.artifact}") { currentManifest { file { directUrl } } }`),
  },
  "link a version": {
    from: "member",
    open: mutation(
      () => `linkArtifact(input: { artifactID: "${ids.artifact}", entityName: "${ENTITY}", projectName: "${NAME}",
        artifactPortfolioName: "zoo" }) { versionIndex }`,
    ),
  },
  "give an alias": {
    from: "member",
    open: mutation(() => `addAliases(input: ${aliasInput()}) { success }`),
  },
  "take an alias": {
    from: "member",
    open: mutation(() => `deleteAliases(input: ${aliasInput()}) { success }`),
  },
  "tag a collection": {
    from: "member",
    open: mutation(
      () => `createArtifactCollectionTagAssignments(input: { entityName: "${ENTITY}", projectName: "${NAME}",
        artifactCollectionName: "zoo", tags: [{ tagName: "x" }] }) { tags { id } }`,
    ),
  },
  "describe a collection": {
    from: "member",
    open: mutation(
      () => `updateArtifactPortfolio(input: { artifactPortfolioID: "${ids.portfolio}", description: "d" }) {
        artifactCollection { id } }`,
    ),
  },
  "unlink a version": {
    from: "member",
    open: mutation(
      () => `unlinkArtifact(input: { artifactID: "${ids.artifact}", artifactPortfolioID: "${ids.portfolio}" }) {
        success }`,
    ),
  },
  "delete a collection": {
    from: "member",
    open: mutation(
      () => `deleteArtifactPortfolio(input: { artifactPortfolioID: "${ids.portfolio}" }) {
        artifactCollection { id } }`,
    ),
  },
  "describe the registry": {
    from: "admin",
    open: mutation(
      () => `upsertModel(input: { entityName: "${ENTITY}", name: "${NAME}", description: "d" }) { inserted }`,
    ),
  },
  "change its visibility": {
    from: "admin",
    open: mutation(() => `upsertModel(input: { id: "${ids.project}", access: "RESTRICTED" }) { inserted }`),
  },
  "rename it": {
    from: "admin",
    open: mutation(
      () => `renameProject(input: { entityName: "${ENTITY}", oldProjectName: "${NAME}",
        newProjectName: "${NAME}" }) { project { id } }`,
    ),
  },
  "add members": {
    from: "admin",
    open: mutation(
      () => `createProjectMembers(input: { projectId: "${ids.project}", userIds: ["${ids.user}"],
        teamIds: ["${ids.team}"] }) { success }`,
    ),
  },
  "change a user's role": {
    from: "admin",
    open: mutation(
      () => `updateProjectMember(input: { projectId: "${ids.project}", userId: "${ids.user}",
        userProjectRole: "member" }) { success }`,
    ),
  },
  "change a team's role": {
    from: "admin",
    open: mutation(
      () => `updateProjectTeamMember(input: { projectId: "${ids.project}", teamId: "${ids.team}",
        teamProjectRole: "member" }) { success }`,
    ),
  },
  "remove members": {
    from: "admin",
    open: mutation(
      () => `deleteProjectMembers(input: { projectId: "${ids.project}", userIds: ["${ids.user}"],
        teamIds: ["${ids.team}"] }) { success }`,
    ),
  },
  "read a file by digest": {
    from: "viewer",
    denied: "404",
    hidden: "404",
    open: (role) => fetchFile(role, `/artifactsV2/default/${ENTITY}/${NAME}/zoo/${HEX}/weights.bin`),
  },
};

function aliasInput(): string {
  return `{ artifactID: "${ids.artifact}", aliases: [{ entityName: "${ENTITY}", projectName: "${NAME}",
    artifactCollectionName: "zoo", alias: "x" }] }`;
}

/** What the door tells somebody of a role. */
function expected(role: Role, { from, denied = "permission_denied", hidden = "not_found" }: Door): string {
  const rank = ROLES.indexOf(role);
  if (rank >= ROLES.indexOf(from)) return "ok";
  if (rank >= ROLES.indexOf("restricted_viewer")) return denied;
  if (role !== "nobody") return hidden;
  return hidden === "404" ? "401" : hidden;
}

describe("a restricted registry", () => {
  for (const [deed, door] of Object.entries(DOORS)) {
    for (const role of ROLES) {
      const answer = expected(role, door);
      it(`answers ${answer} when a ${role} wants to ${deed}`, async () => {
        await relink();
        const told = await door.open(role);
        // Whoever is not signed in is told so before anything else.
        if (role === "nobody" && told === "unauthenticated") return;
        expect(told).toBe(answer);
      });
    }
  }

  it("shows nothing of the project that a linked version comes from", async () => {
    const told = await ask(
      "viewer",
      `{ artifact(id: "${ids.artifact}") { artifactSequence { project { id } latestArtifact { id } } } }`,
    );
    expect(told).toBe("not_found");
    const names = await ask(
      "viewer",
      `{ artifact(id: "${ids.artifact}") { artifactSequence { project { id } } aliases { id } } }`,
    );
    expect(names).toBe("ok");
  });

  it("takes no runs, artifacts and types, whoever asks", async () => {
    const place = `entityName: "${ENTITY}", projectName: "${NAME}"`;
    for (const text of [
      `createArtifactType(input: { ${place}, name: "x" }) { artifactType { id } }`,
      `createArtifact(input: { ${place}, artifactTypeName: "model", artifactCollectionName: "n",
        digest: "${HEX}", digestAlgorithm: MANIFEST_MD5 }) { artifact { id } }`,
      `upsertBucket(input: { entityName: "${ENTITY}", modelName: "${NAME}", name: "r" }) { inserted }`,
    ]) {
      expect(await ask("admin", `mutation { ${text} }`)).toBe("invalid_argument");
    }
  });

  it("does not let a version be linked by those who can only read it", async () => {
    const { project: own } = await bench.stores.projects.upsert({
      entityId: (await bench.stores.entities.find({ name: "the-viewer" }))?.id ?? 0,
      name: "mine",
      userId: owner.user.id,
      now: bench.clock.now(),
    });
    const input = `{ artifactID: "${ids.artifact}", entityName: "the-viewer", projectName: "${own.name}",
      artifactPortfolioName: "copy" }`;
    const link = `mutation { linkArtifact(input: ${input}) { versionIndex } }`;
    expect(await ask("viewer", link)).toBe("permission_denied");
  });

  it("lets a key that may only append link versions, and take nothing away", async () => {
    await relink();
    keys.set("owner", await bench.authorize(owner, "append"));
    const link = `linkArtifact(input: { artifactID: "${ids.artifact}", artifactPortfolioID: "${ids.portfolio}" }) {
      versionIndex }`;
    expect(await ask("owner", `mutation { ${link} }`)).toBe("ok");
    for (const text of [
      `unlinkArtifact(input: { artifactID: "${ids.artifact}", artifactPortfolioID: "${ids.portfolio}" }) { success }`,
      `deleteArtifactPortfolio(input: { artifactPortfolioID: "${ids.portfolio}" }) { artifactCollection { id } }`,
      `deleteModel(input: { id: "${ids.project}" }) { success }`,
    ]) {
      expect(await ask("owner", `mutation { ${text} }`)).toBe("permission_denied");
    }
  });

  it("is deleted by its admins alone", async () => {
    const remove = `mutation { deleteModel(input: { id: "${ids.project}" }) { success } }`;
    expect(await ask("colleague", remove)).toBe("not_found");
    for (const role of ["restricted_viewer", "viewer", "member"] as const) {
      expect(await ask(role, remove)).toBe("permission_denied");
    }
    expect(await ask("admin", remove)).toBe("ok");
    expect(await ask("admin", remove)).toBe("not_found");
    expect(await bench.stores.artifacts.find({ artifactId: artifact.id })).toBeDefined();
  });
});
