import { createHash } from "node:crypto";
import { isJsonArray, isJsonObject, parseJsonObject } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import type { LightMyRequestResponse } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { UserCaller } from "../access/caller.ts";

let bench: TestBench;
let ann: UserCaller;
let authorization: string;
const host = "server:80";
const project = { entityName: "ann", projectName: "p" };

beforeEach(async () => {
  bench = await openTestBench();
  ann = await bench.createCaller("ann");
  authorization = await bench.authorize(ann);
  await bench.services.runs.upsert(ann, { ...project, runName: "maker" }, {});
  await bench.services.runs.upsert(ann, { ...project, runName: "user" }, {});
});

afterEach(() => bench.close());

/** The answer's data, or the code of its first error. */
async function ask(query: string, variables: object = {}, key = authorization): Promise<JsonValue> {
  const response = await bench.app.inject({
    method: "POST",
    url: "/graphql",
    headers: { authorization: key, host, "content-type": "application/json" },
    payload: JSON.stringify({ query, variables }),
  });
  const { data, errors } = parseJsonObject(response.payload);
  if (errors === undefined) return data ?? null;
  return at(errors, 0, "extensions", "code");
}

/** What stands at a place in an answer. */
function at(value: JsonValue | undefined, ...path: readonly (string | number)[]): JsonValue {
  let found: JsonValue | undefined = value;
  for (const key of path) {
    if (typeof key === "number" && isJsonArray(found)) found = found[key];
    else if (typeof key === "string" && isJsonObject(found)) found = found[key];
    else throw new Error(`there is no ${path.join(".")} in ${JSON.stringify(value)}`);
  }
  return found ?? null;
}

function textAt(value: JsonValue, ...path: readonly (string | number)[]): string {
  const text = at(value, ...path);
  if (typeof text !== "string") throw new Error(`${path.join(".")} is no text`);
  return text;
}

function nodesOf(connection: JsonValue): readonly JsonValue[] {
  const edges = at(connection, "edges");
  return isJsonArray(edges) ? edges.map((edge) => at(edge, "node")) : [];
}

function put(url: string, payload: string): Promise<LightMyRequestResponse> {
  return bench.app.inject({ method: "PUT", url: url.replace(`http://${host}`, ""), payload });
}

function get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<LightMyRequestResponse> {
  return bench.app.inject({ url: url.replace(`http://${host}`, ""), headers });
}

function md5(content: string, encoding: "base64" | "hex" = "base64"): string {
  return createHash("md5").update(content).digest(encoding);
}

/** Logs a version as clients do and returns its global id. */
async function log(
  files: Readonly<Record<string, string>>,
  {
    name = "rows",
    aliases = ["latest"],
  }: { readonly name?: string; readonly aliases?: readonly string[] } = {},
): Promise<string> {
  const entries = Object.entries(files).map(([path, content]) => [path, { digest: md5(content) }] as const);
  const lines = entries.map(([path, { digest }]) => `${path}:${digest}\n`).toSorted();
  const manifest = JSON.stringify({
    version: 1,
    storagePolicy: "wandb-storage-policy-v1",
    storagePolicyConfig: { storageLayout: "V2" },
    contents: Object.fromEntries<object>(entries),
  });
  const created = await ask(
    `mutation ($input: CreateArtifactInput!) {
      createArtifact(input: $input) { artifact { id state artifactSequence { id latestArtifact { id } } } }
    }`,
    {
      input: {
        ...project,
        runName: "maker",
        artifactTypeName: "dataset",
        artifactCollectionName: name,
        digest: md5(`wandb-artifact-manifest-v1\n${lines.join("")}`, "hex"),
        digestAlgorithm: "MANIFEST_MD5",
        aliases: aliases.map((alias) => ({ alias, artifactCollectionName: name })),
        enableDigestDeduplication: true,
        description: null,
        metadata: '{"k": NaN}',
        tags: [{ tagName: "first tag" }],
        labels: null,
        storageRegion: null,
        clientMutationId: null,
      },
    },
  );
  const id = textAt(created, "createArtifact", "artifact", "id");
  if (textAt(created, "createArtifact", "artifact", "state") === "COMMITTED") return id;
  await upload(id, files, manifest);
  await ask(`mutation { commitArtifact(input: {artifactID: "${id}"}) { artifact { id digest } } }`);
  return id;
}

async function upload(id: string, files: Readonly<Record<string, string>>, manifest: string): Promise<void> {
  const announced = await ask(
    `mutation ($input: CreateArtifactFilesInput!) { createArtifactFiles(input: $input) { files { edges { node {
      name storagePath uploadUrl uploadHeaders uploadMultipartUrls { uploadID } artifact { id } } } } } }`,
    {
      input: {
        storageLayout: "V2",
        artifactFiles: Object.entries(files).map(([path, content]) => ({
          artifactID: id,
          name: path,
          md5: md5(content),
        })),
      },
    },
  );
  for (const node of nodesOf(at(announced, "createArtifactFiles", "files"))) {
    const url = at(node, "uploadUrl");
    if (typeof url === "string") await put(url, files[textAt(node, "name")] ?? "");
  }
  const withManifest = await ask(
    `mutation ($digest: String!) { createArtifactManifest(input: {
      artifactID: "${id}", name: "wandb_manifest.json", digest: $digest, entityName: "ann", projectName: "p",
      runName: "maker", type: FULL }) { artifactManifest { id file { id uploadUrl uploadHeaders } } } }`,
    { digest: md5(manifest) },
  );
  await put(
    textAt(withManifest, "createArtifactManifest", "artifactManifest", "file", "uploadUrl"),
    manifest,
  );
}

describe("reading a version by name", () => {
  it("answers with everything that clients' fragments ask for", async () => {
    const id = await log({ "a.txt": "a" }, { aliases: ["best", "latest"] });
    const answer = await ask(`{ project(entityName: "ann", name: "p") {
      artifactCollectionMembership(name: "rows:best") {
        __typename id versionIndex createdAt
        aliases { __typename id alias }
        artifactCollection { __typename name project { id internalId name entity { name } } }
        artifact {
          __typename id versionIndex description metadata ttlDurationSeconds ttlIsInherited historyStep state size
          digest commitHash fileCount createdAt updatedAt
          artifactSequence { __typename name project { id internalId name entity { name } } }
          artifactType { name } tags { __typename id name }
          aliases { __typename id alias artifactCollection { __typename name } }
          createdBy { __typename ... on Run { name } }
        }
      } } }`);
    const member = at(answer, "project", "artifactCollectionMembership");
    expect(member).toMatchObject({
      __typename: "ArtifactCollectionMembership",
      versionIndex: 0,
      aliases: [{ alias: "v0" }, { alias: "best" }, { alias: "latest" }],
      artifactCollection: {
        __typename: "ArtifactSequence",
        name: "rows",
        project: { entity: { name: "ann" } },
      },
      artifact: {
        __typename: "Artifact",
        id,
        versionIndex: 0,
        metadata: '{"k": NaN}',
        state: "COMMITTED",
        size: 1,
        fileCount: 1,
        ttlDurationSeconds: 0,
        ttlIsInherited: true,
        artifactType: { name: "dataset" },
        tags: [{ name: "first tag" }],
        aliases: [{ alias: "best" }, { alias: "latest" }],
        createdBy: { __typename: "Run", name: "maker" },
      },
    });
    for (const path of [["id"], ["aliases", 0, "id"], ["artifact", "tags", 0, "id"]]) {
      const text = textAt(member, ...path);
      expect(btoa(atob(text))).toBe(text);
    }
  });

  it("knows versions by number, alias, digest and without any, and answers null for others", async () => {
    const first = await log({ "a.txt": "a" });
    const second = await log({ "a.txt": "b" });
    const find = async (name: string): Promise<JsonValue> =>
      at(
        await ask(
          'query ($name: String!) { project(entityName: "ann", name: "p") { artifact(name: $name) { id } } }',
          {
            name,
          },
        ),
        "project",
        "artifact",
      );
    const digest = textAt(await ask(`{ artifact(id: "${first}") { digest } }`), "artifact", "digest");
    for (const name of ["rows:v0", `rows:${digest}`]) expect(await find(name)).toEqual({ id: first });
    for (const name of ["rows", "rows:latest", "rows:v1"]) expect(await find(name)).toEqual({ id: second });
    for (const name of ["rows:v2", "rows:none", "other", "", ":", "rows:"])
      expect(await find(name)).toBeNull();
  });

  it("answers null for ids of other things and refuses what is no id", async () => {
    const id = await log({});
    expect(
      await ask(`{ artifact(id: "${btoa("Run:1:1")}") { id } artifactCollection(id: "${id}") { id } }`),
    ).toEqual({ artifact: null, artifactCollection: null });
    expect(await ask('{ artifact(id: "%%%") { id } }')).toBe("invalid_argument");
    expect(
      await ask('mutation { commitArtifact(input: {artifactID: "UnVuOjE6MQ=="}) { artifact { id } } }'),
    ).toBe("not_found");
  });

  it("shows collections with type, aliases and the newest version", async () => {
    const id = await log({ a: "1" }, { aliases: ["x", "y"] });
    const answer = await ask(`{ project(entityName: "ann", name: "p") { artifactType(name: "dataset") {
      artifactSequence(name: "rows") { __typename }
      artifactCollection(name: "rows") {
        __typename id name description createdAt updatedAt type: defaultArtifactType { name }
        tags { edges { node { id } } }
        aliases(first: 2) { edges { cursor node { alias } } pageInfo { endCursor hasNextPage } }
        ... on ArtifactSequence { latestArtifact { id } }
      } } none: artifactType(name: "model") { id } } }`);
    const collection = at(answer, "project", "artifactType", "artifactCollection");
    expect(collection).toMatchObject({
      __typename: "ArtifactSequence",
      type: { name: "dataset" },
      tags: { edges: [] },
      aliases: { pageInfo: { endCursor: "x", hasNextPage: true } },
      latestArtifact: { id },
    });
    expect(at(answer, "project", "none")).toBeNull();
    const again = await ask("query ($id: ID!) { artifactCollection(id: $id) { name } }", {
      id: at(collection, "id"),
    });
    expect(again).toEqual({ artifactCollection: { name: "rows" } });
  });
});

describe("files of a version", () => {
  const fields = "id name: displayName url sizeBytes storagePath mimetype updatedAt digest md5 directUrl";
  const contents = { "with space.txt": "1", "100%.txt": "22", "ü#?.bin": "333", "d/x": "1" };

  async function filesOf(args: string): Promise<JsonValue> {
    const answer = await ask(`{ project(entityName: "ann", name: "p") { artifactCollection(name: "rows") {
      artifactMembership(aliasName: "v0") { files${args} {
        totalCount pageInfo { endCursor hasNextPage } edges { node { ${fields} } } } } } } }`);
    return at(answer, "project", "artifactCollection", "artifactMembership", "files");
  }

  it("come page by page in the order of their paths, or by name", async () => {
    await log(contents);
    const first = await filesOf("(first: 3)");
    expect(nodesOf(first).map((node) => at(node, "name"))).toEqual(["100%.txt", "d/x", "with space.txt"]);
    expect(first).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true } });
    const rest = await filesOf(`(first: 3, after: "${textAt(first, "pageInfo", "endCursor")}")`);
    expect(nodesOf(rest).map((node) => at(node, "name"))).toEqual(["ü#?.bin"]);
    expect(nodesOf(await filesOf('(names: ["d/x", "none"])')).map((node) => at(node, "sizeBytes"))).toEqual([
      1,
    ]);
  });

  it("are downloaded by signed address without credentials and by their own with them", async () => {
    await log(contents);
    const nodes = nodesOf(await filesOf("(first: 5000)"));
    expect(nodes).toHaveLength(4);
    for (const node of nodes) {
      const content = Object.entries(contents).find(([path]) => path === at(node, "name"))?.[1];
      expect((await get(textAt(node, "directUrl"))).payload).toBe(content);
      expect((await get(textAt(node, "url"), { authorization })).payload).toBe(content);
      expect((await get(textAt(node, "url"))).statusCode).toBe(401);
      expect(at(node, "digest")).toBe(md5(content ?? ""));
    }
  });

  it("refuse a negative page size", async () => {
    await log({});
    expect(
      await ask(
        '{ project(entityName: "ann", name: "p") { artifact(name: "rows") { files(first: -1) { totalCount } } } }',
      ),
    ).toBe("invalid_argument");
  });
});

describe("the addresses that clients make", () => {
  it("answer with the bytes, whatever stands in the parts that do not matter", async () => {
    await log({ "a b/c.txt": "content" });
    const hex = md5("content", "hex");
    for (const path of [
      `/artifacts/ann/${hex}`,
      `/artifactsV2/default/ann/p/rows/QXJ0aWZhY3Q6MQ==/${hex}/c.txt`,
      `/artifactsV2/default/ann/p/rows/QXJ0aWZhY3Q6MQ==/QXJ0aWZhY3Q6MQ==/${hex}/c%.txt`,
      `/artifactsV2/default/ann/p/rows//${hex}/c.txt`,
      `/artifactsV2/moon/ann/p/rows/${hex}/`,
    ]) {
      expect((await get(path, { authorization })).payload).toBe("content");
    }
    const range = await get(`/artifacts/ann/${hex}`, { authorization, range: "bytes=1-3" });
    expect([range.statusCode, range.payload]).toEqual([206, "ont"]);
  });

  it("answer 404 for what is not there and for strangers, 401 without credentials", async () => {
    await log({ a: "content" });
    const stranger = await bench.authorize(await bench.createCaller("bob"));
    const hex = md5("content", "hex");
    const known = [
      `/artifacts/ann/${hex}`,
      `/artifactsV2/default/ann/p/rows/x/${hex}/a`,
      "/artifacts/ann/manifests/1",
    ];
    for (const path of known) {
      expect((await get(path, { authorization })).statusCode).toBe(200);
      expect((await get(path, { authorization: stranger })).statusCode).toBe(404);
      expect((await get(path)).statusCode).toBe(401);
    }
    const unknown = [
      `/artifacts/ann/${md5("other", "hex")}`,
      "/artifacts/ann/..%2f..%2fetc%2fpasswd",
      "/artifacts/ann/manifests/99",
      "/artifacts/ann/manifests/x",
      "/artifactsV2/default/ann/p/rows/x/nothex/a",
      `/artifactsV2/default/ann/p/none/x/${hex}/a`,
    ];
    for (const path of unknown) expect((await get(path, { authorization })).statusCode).toBe(404);
  });
});

describe("what runs logged and used", () => {
  async function listOf(run: string, field: string): Promise<JsonValue> {
    const answer = await ask(`{ project(entityName: "ann", name: "p") { run(name: "${run}") {
      list: ${field} { __typename totalCount pageInfo { endCursor hasNextPage } edges { cursor node { id } } } } } }`);
    return at(answer, "project", "run", "list");
  }

  function use(id: string, run = "user"): Promise<JsonValue> {
    return ask(
      `mutation ($input: UseArtifactInput!) { useArtifact(input: $input) { artifact { id digest state } } }`,
      { input: { ...project, runName: run, artifactID: id, usedAs: "x", artifactEntityName: "ann" } },
    );
  }

  it("is listed page by page, under the names of types that clients expect", async () => {
    const logged: string[] = [];
    for (const content of ["1", "2", "3"]) logged.push(await log({ a: content }));
    const first = await listOf("maker", "outputArtifacts(first: 2)");
    expect(first).toMatchObject({
      __typename: "ArtifactConnection",
      totalCount: 3,
      pageInfo: { hasNextPage: true },
    });
    const after = textAt(first, "pageInfo", "endCursor");
    const rest = await listOf("maker", `outputArtifacts(first: 2, after: "${after}")`);
    expect([...nodesOf(first), ...nodesOf(rest)]).toEqual(logged.map((id) => ({ id })));
    expect(at(rest, "pageInfo", "hasNextPage")).toBe(false);

    for (const id of [logged[1] ?? "", logged[0] ?? "", logged[1] ?? ""]) {
      expect(await use(id)).toMatchObject({ useArtifact: { artifact: { id, state: "COMMITTED" } } });
    }
    const used = await listOf("user", "inputArtifacts(first: 10)");
    expect(used).toMatchObject({ __typename: "InputArtifactConnection", totalCount: 2 });
    expect(nodesOf(used)).toEqual([{ id: logged[1] }, { id: logged[0] }]);
    const usedBy = await ask(`{ artifact(id: "${logged[1] ?? ""}") { usedBy { edges { node { name } } } } }`);
    expect(nodesOf(at(usedBy, "artifact", "usedBy"))).toEqual([{ name: "user" }]);
  });

  it("refuses cursors of other lists, runs that are not there, and versions that are not committed", async () => {
    const id = await log({});
    const { id: pending } = await bench.stores.artifacts.begin({
      projectId: (await bench.services.projects.require(ann, project)).id,
      typeName: "dataset",
      sequenceName: "rows",
      runId: null,
      digest: md5("", "hex"),
      description: null,
      metadata: null,
      historyStep: null,
      digestAlgorithm: "MANIFEST_MD5",
      distributedId: null,
      ttlSeconds: null,
      isTtlInherited: true,
      aliases: [],
      tags: [],
      clientId: null,
      sequenceClientId: null,
      reuseCommitted: false,
      now: bench.clock.now(),
    });
    expect(await use(btoa(`Artifact:${pending}`))).toBe("conflict");
    expect(
      await ask(
        '{ project(entityName: "ann", name: "p") { run(name: "maker") { outputArtifacts(after: "x") { totalCount } } } }',
      ),
    ).toBe("invalid_argument");
    expect(await use(id, "none")).toBe("not_found");
  });
});

describe("changing a version", () => {
  const aliasesOf = async (name: string): Promise<JsonValue> =>
    at(
      await ask(
        `{ project(entityName: "ann", name: "p") { artifact(name: "${name}") { aliases { alias } } } }`,
      ),
      "project",
      "artifact",
      "aliases",
    );

  function changeAliases(
    mutation: string,
    id: string,
    alias: string,
    changes: object = {},
  ): Promise<JsonValue> {
    const input = `${mutation === "addAliases" ? "Add" : "Delete"}AliasesInput`;
    return ask(`mutation ($input: ${input}!) { result: ${mutation}(input: $input) { success } }`, {
      input: { artifactID: id, aliases: [{ ...project, artifactCollectionName: "rows", alias, ...changes }] },
    });
  }

  it("gives and takes aliases", async () => {
    const id = await log({ a: "1" });
    await log({ a: "2" });
    for (let i = 0; i < 2; i += 1) {
      expect(await changeAliases("addAliases", id, "best")).toEqual({ result: { success: true } });
    }
    expect(await aliasesOf("rows:v0")).toEqual([{ alias: "best" }]);
    await changeAliases("deleteAliases", id, "latest");
    expect(await aliasesOf("rows:v1")).toEqual([{ alias: "latest" }]);
    await changeAliases("deleteAliases", id, "best");
    expect(await aliasesOf("rows:v0")).toEqual([]);
  });

  it("refuses bad aliases and those of collections that do not hold the version", async () => {
    const id = await log({ a: "1" });
    expect(await changeAliases("addAliases", id, "v9")).toBe("invalid_argument");
    const other = { artifactCollectionName: "other" };
    expect(await changeAliases("addAliases", id, "a", other)).toBe("not_found");
    await log({ a: "2" }, { name: "other" });
    expect(await changeAliases("addAliases", id, "a", other)).toBe("conflict");
    expect(await changeAliases("addAliases", id, "a", { projectName: "other" })).toBe("not_found");
  });

  it("changes description, metadata and tags, and leaves out what is null", async () => {
    const id = await log({ a: "1" });
    const update = (input: object): Promise<JsonValue> =>
      ask(
        `mutation ($input: UpdateArtifactInput!) { updateArtifact(input: $input) { artifact {
          description metadata tags { name } } } }`,
        { input: { artifactID: id, ...input } },
      );
    await update({ description: "d" });
    const answer = await update({
      description: null,
      metadata: '{"x": 1}',
      tagsToAdd: [{ tagName: "b" }],
      tagsToDelete: [{ tagName: "first tag" }],
    });
    expect(at(answer, "updateArtifact", "artifact")).toEqual({
      description: "d",
      metadata: '{"x": 1}',
      tags: [{ name: "b" }],
    } satisfies JsonObject);
    expect(await update({ metadata: "x" })).toBe("invalid_argument");
    expect(await update({ aliases: [{ alias: "a", artifactCollectionName: "rows" }] })).toBe("unsupported");
  });
});

const TTL = "artifact { ttlDurationSeconds ttlIsInherited }";

describe("the life of a version", () => {
  const setTtl = async (id: string, seconds: number): Promise<JsonValue> =>
    at(
      await ask(`mutation ($input: UpdateArtifactInput!) { updateArtifact(input: $input) { ${TTL} } }`, {
        input: { artifactID: id, ttlDurationSeconds: seconds },
      }),
      "updateArtifact",
      "artifact",
    );

  it("is its own, its collection's or its entity's, whichever is nearest", async () => {
    const id = await log({ a: "1" });
    expect(await setTtl(id, 60)).toEqual({ ttlDurationSeconds: 60, ttlIsInherited: false });
    expect(await setTtl(id, -2)).toEqual({ ttlDurationSeconds: 0, ttlIsInherited: false });
    await bench.stores.artifactRemovals.setTtlDefault({ entityId: ann.user.id, ttlSeconds: 90 });
    expect(await setTtl(id, -1)).toEqual({ ttlDurationSeconds: 90, ttlIsInherited: true });
    const sequence = textAt(
      await ask(`{ artifact(id: "${id}") { artifactSequence { id } } }`),
      ...["artifact", "artifactSequence", "id"],
    );
    const updated = await ask(
      `mutation ($input: UpdateArtifactSequenceInput!) { updateArtifactSequence(input: $input) {
        artifactCollection { name ... on ArtifactSequence { ttlDurationSeconds } } } }`,
      { input: { artifactSequenceID: sequence, ttlDurationSeconds: 70, name: "lines" } },
    );
    expect(at(updated, "updateArtifactSequence", "artifactCollection")).toEqual({
      name: "lines",
      ttlDurationSeconds: 70,
    });
    expect(at(await ask(`{ artifact(id: "${id}") { ttlDurationSeconds } }`), "artifact")).toEqual({
      ttlDurationSeconds: 70,
    });
  });

  it("ends with deleteArtifact, which may be repeated and asks before it takes aliases", async () => {
    const id = await log({ a: "1" });
    const remove = (input: object): Promise<JsonValue> =>
      ask(
        "mutation ($input: DeleteArtifactInput!) { deleteArtifact(input: $input) { artifact { id state } } }",
        {
          input: { artifactID: id, ...input },
        },
      );
    expect(await remove({ deleteAliases: false })).toBe("conflict");
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await remove({ deleteAliases: true })).toEqual({
        deleteArtifact: { artifact: { id, state: "DELETED" } },
      });
    }
    expect(await ask(`{ artifact(id: "${id}") { id } }`)).toEqual({ artifact: null });
    expect(
      await ask('{ project(name: "p", entityName: "ann") { artifact(name: "rows:v0") { id } } }'),
    ).toEqual({
      project: { artifact: null },
    });
  });

  it("ends with its run when that is asked for, unless another run was the first to log it", async () => {
    const own = await log({ a: "1" });
    const maker = textAt(
      await ask('{ project(name: "p", entityName: "ann") { run(name: "maker") { id } } }'),
      ...["project", "run", "id"],
    );
    await ask("mutation ($input: DeleteRunInput!) { deleteRun(input: $input) { clientMutationId } }", {
      input: { id: maker, deleteArtifacts: true },
    });
    expect(await ask(`{ artifact(id: "${own}") { id } }`)).toEqual({ artifact: null });
  });

  it("is nothing for strangers to end", async () => {
    const id = await log({ a: "1" });
    const bob = await bench.authorize(await bench.createCaller("bob"));
    const input = { artifactID: id, deleteAliases: true };
    const remove =
      "mutation ($input: DeleteArtifactInput!) { deleteArtifact(input: $input) { artifact { id } } }";
    expect(await ask(remove, { input }, bob)).toBe("not_found");
  });
});

describe("collections", () => {
  const find = 'project(name: "p", entityName: "ann")';

  it("are listed with types, tags and versions by filter and order", async () => {
    await log({ a: "1" });
    await log({ a: "2" }, { aliases: ["best"] });
    await log({ b: "1" }, { name: "other" });
    const tagged = await ask(
      `mutation ($input: CreateArtifactCollectionTagAssignmentsInput!) {
        createArtifactCollectionTagAssignments(input: $input) { tags { name } } }`,
      { input: { ...project, artifactCollectionName: "rows", tags: [{ tagName: "b" }, { tagName: "a" }] } },
    );
    expect(at(tagged, "createArtifactCollectionTagAssignments", "tags")).toEqual([
      { name: "a" },
      { name: "b" },
    ]);
    const answer = await ask(
      `query ($filters: JSONString) { ${find} {
        artifactTypes { edges { node { name } } }
        artifactCollections(order: "+name") { totalCount edges { node { name __typename state } } }
        artifactType(name: "dataset") { artifactCollections(filters: $filters) { totalCount edges { node {
          name
          tags { edges { node { name } } }
          artifacts(order: "+created_at", filters: "{\\"state\\": \\"COMMITTED\\"}") {
            totalCount edges { version node { versionIndex digestAlgorithm } }
          }
        } } } }
      } }`,
      { filters: '{"tag": "a"}' },
    );
    expect(at(answer, "project", "artifactTypes")).toEqual({ edges: [{ node: { name: "dataset" } }] });
    expect(at(answer, "project", "artifactCollections")).toEqual({
      totalCount: 2,
      edges: ["other", "rows"].map((name) => ({
        node: { name, __typename: "ArtifactSequence", state: "READY" },
      })),
    });
    const listed = at(answer, "project", "artifactType", "artifactCollections");
    expect(listed).toMatchObject({ totalCount: 1, edges: [{ node: { name: "rows" } }] });
    expect(at(listed, "edges", 0, "node", "tags")).toEqual({
      edges: [{ node: { name: "a" } }, { node: { name: "b" } }],
    });
    expect(at(listed, "edges", 0, "node", "artifacts")).toEqual({
      totalCount: 2,
      edges: [0, 1].map((n) => ({
        version: `v${n}`,
        node: { versionIndex: n, digestAlgorithm: "MANIFEST_MD5" },
      })),
    });
  });

  it("move to other types and go with all their versions", async () => {
    const id = await log({ a: "1" });
    const sequence = textAt(
      await ask(`{ ${find} { artifactCollection(name: "rows") { id } } }`),
      ...["project", "artifactCollection", "id"],
    );
    const moved = await ask(
      `mutation ($input: MoveArtifactSequenceInput!) { moveArtifactSequence(input: $input) {
        artifactCollection { type: defaultArtifactType { name } } } }`,
      { input: { artifactSequenceID: sequence, destinationArtifactTypeName: "table" } },
    );
    expect(at(moved, "moveArtifactSequence", "artifactCollection", "type")).toEqual({ name: "table" });
    const gone = await ask(
      `mutation { deleteArtifactSequence(input: {artifactSequenceID: "${sequence}"}) { artifactCollection { name state } } }`,
    );
    expect(at(gone, "deleteArtifactSequence", "artifactCollection")).toEqual({
      name: "rows",
      state: "DELETED",
    });
    expect(
      await ask(`{ artifact(id: "${id}") { id } ${find} { artifactCollection(name: "rows") { id } } }`),
    ).toEqual({
      artifact: null,
      project: { artifactCollection: null },
    });
  });

  it("answer for manifest entries with as many files as asked for", async () => {
    const id = await log({ a: "1", "b c.txt": "2", d: "3" });
    const answer = await ask(
      `query ($entries: [ArtifactManifestEntryInput!]) { artifact(id: "${id}") {
        filesByManifestEntries(storageLayout: "V2", manifestVersion: "1", entries: $entries) {
          edges { node { name directUrl } } } } }`,
      { entries: ["a", "b c.txt"].map((name) => ({ name, digest: md5(name) })) },
    );
    const nodes = nodesOf(at(answer, "artifact", "filesByManifestEntries"));
    expect(nodes.map((node) => at(node, "name"))).toEqual(["a", "b c.txt"]);
    expect((await get(textAt(nodes[1] ?? null, "directUrl"))).payload).toBe("2");
  });
});

describe("what older clients ask for", () => {
  it("is answered: sequences of a type, names of aliases' collections, labels, users by page", async () => {
    const id = await log({ a: "1" });
    await log({ b: "1" }, { name: "others" });
    const answer = await ask(`{
      project(name: "p", entityName: "ann") { artifactType(name: "dataset") {
        project { name }
        artifactSequences(after: "") { totalCount pageInfo { hasNextPage } edges { node { name } } }
      } }
      artifact(id: "${id}") {
        labels aliases { alias artifactCollectionName }
        usedBy(before: null, after: null, first: null, last: null) { edges { node { name } } }
      }
    }`);
    const type = at(answer, "project", "artifactType");
    expect(nodesOf(at(type, "artifactSequences"))).toEqual([{ name: "others" }, { name: "rows" }]);
    expect(type).toMatchObject({
      project: { name: "p" },
      artifactSequences: { totalCount: 2, pageInfo: { hasNextPage: false } },
    });
    expect(at(answer, "artifact")).toMatchObject({
      labels: null,
      aliases: [{ alias: "latest", artifactCollectionName: "rows" }],
      usedBy: { edges: [] },
    });
    expect(await ask(`{ artifact(id: "${id}") { usedBy(last: 1) { edges { node { name } } } } }`)).toBe(
      "unsupported",
    );
  });
});

describe("lineage", () => {
  it("follows what was made from what, both ways, step by step", async () => {
    const source = await log({ a: "1" }, { name: "source" });
    const use = (artifactID: string, runName: string): Promise<JsonValue> =>
      ask("mutation ($input: UseArtifactInput!) { useArtifact(input: $input) { artifact { id } } }", {
        input: { ...project, runName, artifactID },
      });
    await use(source, "user");
    const names = async (id: string, args: string): Promise<JsonObject> => {
      const answer = await ask(`{ artifact(id: "${id}") { lineage(${args}) {
        artifacts { artifactSequence { name } } runs { name } links { kind runID artifactID } isTruncated } } }`);
      const graph = at(answer, "artifact", "lineage");
      return isJsonObject(graph) ? graph : {};
    };
    const down = await names(source, "direction: DOWNSTREAM");
    expect(down).toMatchObject({
      artifacts: [{ artifactSequence: { name: "source" } }],
      runs: [{ name: "user" }],
      links: [{ kind: "USED", artifactID: source }],
      isTruncated: false,
    });
    const both = await names(source, "direction: BOTH, depth: 1");
    expect(both["runs"]).toEqual([{ name: "maker" }, { name: "user" }]);
    const result = await log({ b: "1" }, { name: "result" });
    const onward = await names(source, "direction: DOWNSTREAM");
    expect(onward["runs"]).toEqual([{ name: "user" }]);
    await use(source, "maker");
    const further = await names(source, "direction: DOWNSTREAM");
    expect(further["artifacts"]).toEqual(
      ["source", "result"].map((name) => ({ artifactSequence: { name } })),
    );
    const back = await names(result, "direction: UPSTREAM");
    expect(back["artifacts"]).toEqual(["result", "source"].map((name) => ({ artifactSequence: { name } })));
    expect(await ask(`{ artifact(id: "${source}") { lineage(depth: 0) { isTruncated } } }`)).toBe(
      "invalid_argument",
    );
  });
});
