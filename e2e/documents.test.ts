// Every GraphQL document inside the installed clients either validates against our schema or is listed as not
// yet supported; a document that changes sides, appears or disappears with a new client fails this test.
import { readFile } from "node:fs/promises";
import { buildSchema, parse, validate, visit, type DocumentNode, type GraphQLSchema } from "graphql";
import { beforeAll, expect, it } from "vitest";
import { notYetSupported, unreadable } from "./documents/not-yet-supported.ts";
import { PythonClient } from "./python/run-python.ts";
import { clientVersions, type ClientVersion } from "./python/venv.ts";
import { pickList, pickString } from "./wire/wire.ts";

interface FoundDocument {
  readonly name: string;
  readonly version: ClientVersion;
  readonly source: string;
  readonly text: string;
}

let schema: GraphQLSchema;
const documents: FoundDocument[] = [];
const unresolved: string[] = [];

beforeAll(async () => {
  schema = buildSchema(
    await readFile(new URL("../packages/protocol/schema.graphql", import.meta.url), "utf8"),
  );
  for (const version of clientVersions) {
    // No server is asked: the script reads the installed package.
    await using client = await PythonClient.create(
      { url: "http://127.0.0.1:9", apiKey: "0".repeat(40) },
      { version },
    );
    const { value } = await client.run("collect_documents.py", { expectQuiet: false });
    for (const document of pickList(value, "documents")) {
      const text = pickString(document, "text");
      documents.push({ name: operationName(text), version, source: pickString(document, "source"), text });
    }
    for (const source of pickList(value, "unresolved")) {
      unresolved.push(`${version} ${pickString([source], 0).replace(/:\d+$/u, "")}`);
    }
  }
});

it.each(clientVersions)("finds the documents of Python and of the Go program of %s", (version) => {
  const found = documents.filter((document) => document.version === version);
  expect(found.length).toBeGreaterThan(150);
  expect(found.filter(({ source }) => source === "wandb-core").length).toBeGreaterThan(20);
});

it("knows which files have documents that cannot be read", () => {
  expect([...new Set(unresolved)].sort()).toEqual(unreadable);
});

it("accepts every document that is not listed as unsupported", () => {
  const problems = documents
    .filter(({ name }) => !notYetSupported.has(name))
    .flatMap((document) =>
      errorsOf(document).map(
        (error) => `${document.name} (${document.version} ${document.source}): ${error}`,
      ),
    );
  expect(problems).toEqual([]);
});

it("lists as unsupported only what is", () => {
  const supported = [...notYetSupported].filter((name) =>
    documents
      .filter((document) => document.name === name)
      .every((document) => errorsOf(document).length === 0),
  );
  expect(supported).toEqual([]);
});

function errorsOf(document: FoundDocument): string[] {
  return validate(schema, asSent(document)).map((error) => error.message);
}

/** Fragments over actions that this server does not announce, which Python leaves out of its documents. */
const omittedFragments: ReadonlySet<string> = new Set(["QueueJobActionFields", "AriaActionFields"]);

/** The document as Python sends it to a server without ARTIFACT_DIGEST_ALGORITHM: it leaves that field out. */
function asSent({ source, text }: FoundDocument): DocumentNode {
  const document = parse(text);
  if (source === "wandb-core") return document;
  const dropOmitted = ({ name }: { readonly name: { readonly value: string } }): null | undefined =>
    omittedFragments.has(name.value) ? null : undefined;
  return visit(document, {
    Field: (field) => (field.name.value === "digestAlgorithm" ? null : undefined),
    FragmentDefinition: dropOmitted,
    FragmentSpread: dropOmitted,
  });
}

/** The name of the operation; a document without one is named by its first field. */
function operationName(text: string): string {
  const name = /(?:query|mutation)\s*(?:\{\s*)?(\w+)/u.exec(text)?.[1];
  if (name === undefined) throw new TypeError(`expected an operation, found ${text.slice(0, 100)}`);
  return name;
}
