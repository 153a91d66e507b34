/** A scripted server that has one artifact version, with faults on demand. */
import { createHash } from "node:crypto";

import { graphqlScript, startScriptedServer } from "./scripted-server.ts";
import type { ScriptedAnswer, ScriptedServer } from "./scripted-server.ts";

/** What the server does wrong, and what it says of the version. */
export interface ArtifactServerOptions {
  /** Cuts the first transfer of a file after so many bytes. */
  readonly breaksOnceAfter?: number;
  /** The file of which one byte is wrong. */
  readonly damages?: string;
  /** Answers the first use of each address with 403. */
  readonly refusesFirstAddress?: boolean;
  readonly givesNoAddresses?: boolean;
  /** The fields of the version. @default those of {@link artifactData} */
  readonly fields?: Readonly<Record<string, unknown>>;
}

type Contents = Readonly<Record<string, string>>;

const ID = Buffer.from("Artifact:1").toString("base64");
const PROJECT = { id: "UHJvamVjdDox", internalId: "1", name: "shop", entity: { name: "team" } };

function md5(text: string, encoding: "base64" | "hex"): string {
  return createHash("md5").update(text).digest(encoding);
}

function manifestOf(contents: Contents): string {
  const entries = new Map(
    Object.entries(contents).map(([path, text]) => [
      path,
      { digest: md5(text, "base64"), size: Buffer.byteLength(text), birthArtifactID: ID },
    ]),
  );
  const policy = { storagePolicy: "wandb-storage-policy-v1", storagePolicyConfig: { storageLayout: "V2" } };
  return JSON.stringify({ version: 1, ...policy, contents: Object.fromEntries(entries) });
}

/** The fields of a version with these files. */
export function artifactData(contents: Contents): Record<string, unknown> {
  const lines = Object.entries(contents)
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([path, text]) => `${path}:${md5(text, "base64")}\n`);
  return {
    id: ID,
    artifactSequence: { name: "things", project: PROJECT },
    versionIndex: 0,
    artifactType: { name: "dataset" },
    description: null,
    metadata: "{}",
    ttlDurationSeconds: 0,
    ttlIsInherited: true,
    tags: [],
    historyStep: null,
    state: "COMMITTED",
    size: 1,
    digest: md5(`wandb-artifact-manifest-v1\n${lines.join("")}`, "hex"),
    commitHash: "c",
    fileCount: lines.length,
    createdAt: "2026-11-20T23:40:00Z",
    updatedAt: null,
    aliases: [],
  };
}

/** Starts the server. The address of a file's content is `/blob/<path>`. */
export async function artifactServer(
  contents: Contents,
  options: ArtifactServerOptions = {},
): Promise<ScriptedServer> {
  let breaks = options.breaksOnceAfter;
  const refused = new Set<string>();
  const url = (path: string): string => `${server.url}/blob/${encodeURIComponent(path)}`;
  const edges = (): unknown =>
    Object.keys(contents).map((name) => ({
      node: { name, directUrl: options.givesNoAddresses === true ? null : url(name) },
    }));
  const place = { __typename: "ArtifactSequence", name: "things", project: PROJECT };
  const graphql = graphqlScript({
    ArtifactMembershipByName: {
      project: {
        artifactCollectionMembership: {
          id: "M",
          versionIndex: 0,
          aliases: [{ alias: "best" }, { alias: "v0" }],
          artifactCollection: place,
          artifact: options.fields ?? artifactData(contents),
        },
      },
    },
    ArtifactManifestUrl: () => ({
      artifact: { currentManifest: { file: { directUrl: `${server.url}/manifest` } } },
    }),
    ArtifactFileUrls: () => ({
      project: {
        artifactCollection: {
          artifactMembership: {
            files: { pageInfo: { endCursor: null, hasNextPage: false }, edges: edges() },
          },
        },
      },
    }),
  });
  const sendFile = (name: string, range: string | undefined): ScriptedAnswer => {
    const bytes = Buffer.from(contents[name] ?? "");
    if (options.damages === name) bytes[0] = (bytes[0] ?? 0) ^ 1;
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    if (breaks !== undefined) {
      const end = breaks;
      breaks = undefined;
      const headers = { "content-length": String(bytes.length) };
      return { headers, body: bytes.subarray(0, end), hangUp: "after body" };
    }
    return { status: start > 0 ? 206 : 200, body: bytes.subarray(start) };
  };
  const server = await startScriptedServer((request) => {
    const { path } = request;
    if (path === "/manifest") return { body: manifestOf(contents) };
    if (path.startsWith("/blob/")) {
      if (options.refusesFirstAddress === true && !refused.has(path)) {
        refused.add(path);
        return { status: 403, body: "expired" };
      }
      return sendFile(decodeURIComponent(path.slice("/blob/".length)), request.headers["range"]);
    }
    if (path.startsWith("/artifactsV2/")) {
      const hex = path.split("/").at(-2);
      const [name = ""] = Object.entries(contents).find(([, text]) => md5(text, "hex") === hex) ?? [];
      return sendFile(name, undefined);
    }
    return graphql(request);
  });
  return server;
}
