/**
 * Generates `packages/client/src/generated` from the client's `.graphql` files and a schema: the types of
 * every operation, its text, and a decoder that checks an answer field by field. Types come from graphql-codegen;
 * documents and decoders are written here because the stock plugin needs a package at run time and trusts answers.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { codegen } from "@graphql-codegen/core";
import * as operationsPlugin from "@graphql-codegen/typescript-operations";
import {
  Kind,
  OperationTypeNode,
  buildASTSchema,
  concatAST,
  getNamedType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parse,
  print,
  validate,
} from "graphql";
import type {
  DefinitionNode,
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from "graphql";
import { format, resolveConfig } from "prettier";

import { markKinds, readableSchema } from "./readable-schema.ts";

const ROOT = join(import.meta.dirname, "..");
const DOCUMENTS = join(ROOT, "packages/client/src/documents");
const GENERATED = "packages/client/src/generated";

const DEFAULT_SCHEMA = join(ROOT, "packages/protocol/schema.graphql");

const SCALARS = {
  ID: "string",
  JSONString: "string",
  JSON: "JsonValue",
  DateTime: "string",
  Duration: "number",
  Int64: "number | bigint",
};

const SCALAR_DECODERS: Readonly<Record<string, string>> = {
  ID: "text",
  String: "text",
  Boolean: "boolean",
  Int: "integer",
  Float: "float",
  JSONString: "text",
  JSON: "json",
  DateTime: "text",
  Duration: "float",
  Int64: "int64",
};

interface Schemas {
  /** As answers are read. */
  readonly readable: GraphQLSchema;
  /** As it is. */
  readonly real: GraphQLSchema;
}

/**
 * The generated files, by their paths from the root of the repository.
 *
 * @throws {Error} when a document does not fit the schema.
 */
export async function generateClient(
  schemaPath: string = DEFAULT_SCHEMA,
): Promise<ReadonlyMap<string, string>> {
  const style = await resolveConfig(join(ROOT, "package.json"));
  const files = new Map<string, string>();
  for (const [folder, output] of await listOutputs()) {
    const text = await generateDocuments(schemaPath, folder, output);
    files.set(output, await format(text, { ...style, parser: "typescript" }));
  }
  return files;
}

/**
 * What is generated from which folder. A bundler cannot divide a module, so the documents of parts that load on first use
 * lie in a folder for each part and have a module each; fragments of the first folder may be used by all.
 */
async function listOutputs(): Promise<readonly (readonly [folder: string, output: string])[]> {
  const entries = await readdir(DOCUMENTS, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return [
    ["", `${GENERATED}/documents.ts`],
    ...folders.sort().map((folder) => [folder, `${GENERATED}/${folder}-documents.ts`] as const),
  ];
}

async function generateDocuments(schemaPath: string, folder: string, output: string): Promise<string> {
  const schemaDocument = parse(await readFile(schemaPath, "utf8"));
  const schema = buildASTSchema(schemaDocument);
  const documents = await readDocuments(folder);
  const all = concatAST(documents.map(({ document }) => document));
  const problems = validate(schema, all);
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.message).join("\n"));
  const readable = readableSchema(schemaDocument);
  const types = await codegen({
    filename: output,
    schema: readable,
    documents: documents.map(({ location, document }) => ({ location, document: markKinds(document) })),
    config: {
      scalars: SCALARS,
      immutableTypes: true,
      skipTypename: true,
      enumType: "string-literal",
      useTypeImports: true,
    },
    plugins: [{ operations: {} }],
    pluginMap: { operations: operationsPlugin },
  });
  return [header(types), writeDocuments({ readable: buildASTSchema(readable), real: schema }, all)].join(
    "\n",
  );
}

interface DocumentFile {
  readonly location: string;
  readonly document: DocumentNode;
}

/** The documents of a folder, and those fragments of the first folder that they use. */
async function readDocuments(folder: string): Promise<DocumentFile[]> {
  const own = await readFolder(join(DOCUMENTS, folder));
  if (folder === "") return own;
  const used = new Set<string>();
  const fragments = new Map<string, FragmentDefinitionNode>();
  const shared = await readFolder(DOCUMENTS);
  for (const { document } of [...shared, ...own]) {
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  for (const { document } of own) {
    for (const definition of document.definitions) {
      if ("selectionSet" in definition) collectFragments(definition.selectionSet, fragments, used);
    }
  }
  return [
    ...shared.map(({ location, document }) => ({
      location,
      document: { ...document, definitions: document.definitions.filter((part) => isUsed(part, used)) },
    })),
    ...own,
  ];
}

async function readFolder(path: string): Promise<DocumentFile[]> {
  const names = (await readdir(path)).filter((name) => name.endsWith(".graphql")).sort();
  return Promise.all(
    names.map(async (name) => ({
      location: name,
      document: parse(await readFile(join(path, name), "utf8")),
    })),
  );
}

function isUsed(definition: DefinitionNode, used: ReadonlySet<string>): boolean {
  return definition.kind === Kind.FRAGMENT_DEFINITION && used.has(definition.name.value);
}

function header(types: string): string {
  const decoders = [...new Set(Object.values(SCALAR_DECODERS))].sort();
  const used = ["asObject", "field", "list", "nullable", "onlyOf", ...decoders];
  return [
    "/** Generated by scripts/generate-client.ts from src/documents/*.graphql and the schema; do not edit. */",
    'import type { JsonValue } from "@steelyard/protocol";',
    `import { ${used.sort().join(", ")} } from "../core/decode.ts";`,
    'import type { Decoder } from "../core/decode.ts";',
    'import type { GraphqlDocument } from "../core/graphql-document.ts";',
    "",
    types.trim(),
    "",
  ].join("\n");
}

function writeDocuments(schemas: Schemas, all: DocumentNode): string {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of all.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const parts = [...fragments.values()].map((fragment) => {
    const type = schemas.readable.getType(fragment.typeCondition.name.value);
    if (!isObjectType(type)) throw new Error(`Fragment ${fragment.name.value} must be on an object type`);
    const body = writeObject(schemas, type, fragment.selectionSet);
    const name = fragment.name.value;
    return [
      `const text${name} = \`${escape(print(fragment))}\`;`,
      `const decode${name}: Decoder<${name}Fragment> = ${body};\n`,
    ].join("\n");
  });
  return [
    ...sortByUse(fragments, parts),
    ...operations.map((operation) => writeOperation(schemas, operation, fragments)),
  ].join("\n");
}

/** The type whose fields a field with a union's type is read by, if it is one; other kinds of answers are null. */
function unionMember(schema: GraphQLSchema, typeName: string, fieldName: string): string | undefined {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) return undefined;
  const fieldType = type.getFields()[fieldName]?.type;
  const named = fieldType && getNamedType(fieldType);
  return isUnionType(named) ? named.getTypes()[0]?.name : undefined;
}

/** Constants must be written after those they use. */
function sortByUse(
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  parts: readonly string[],
): string[] {
  const names = [...fragments.keys()];
  const ordered: string[] = [];
  const visit = (name: string): void => {
    if (ordered.includes(name)) return;
    const fragment = fragments.get(name);
    if (fragment === undefined) throw new Error(`Unknown fragment ${name}`);
    for (const used of fragmentsOf(fragment.selectionSet)) visit(used);
    ordered.push(name);
  };
  for (const name of names) visit(name);
  return ordered.map((name) => parts[names.indexOf(name)] ?? "");
}

function writeOperation(
  schemas: Schemas,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): string {
  const name = operation.name?.value;
  const isMutation = operation.operation === OperationTypeNode.MUTATION;
  const { readable } = schemas;
  const root = isMutation ? readable.getMutationType() : readable.getQueryType();
  if (name === undefined || !root) throw new Error("Every operation needs a name and a root type");
  const kind = isMutation ? "Mutation" : "Query";
  const used = new Set<string>();
  collectFragments(operation.selectionSet, fragments, used);
  const text = [escape(print(operation)), ...[...used].map((fragment) => `\${text${fragment}}`)].join("\n\n");
  return [
    `/** The ${operation.operation} \`${name}\`. */`,
    `export const ${name}Document: GraphqlDocument<${name}${kind}, ${name}${kind}Variables> = {`,
    `kind: ${JSON.stringify(operation.operation)}, name: ${JSON.stringify(name)},`,
    `text: \`${text}\`,`,
    `decode: ${writeObject(schemas, root, operation.selectionSet)},`,
    "};\n",
  ].join("\n");
}

/** A document's text inside a template literal. */
function escape(text: string): string {
  return text.replaceAll(/[`\\]|\$(?=\{)/g, (sign) => `\\${sign}`);
}

function fragmentsOf(selectionSet: SelectionSetNode): string[] {
  return selectionSet.selections.flatMap((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection.name.value];
    return selection.selectionSet === undefined ? [] : fragmentsOf(selection.selectionSet);
  });
}

function collectFragments(
  selectionSet: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  used: Set<string>,
): void {
  for (const name of fragmentsOf(selectionSet)) {
    if (used.has(name)) continue;
    used.add(name);
    const fragment = fragments.get(name);
    if (fragment !== undefined) collectFragments(fragment.selectionSet, fragments, used);
  }
}

function writeObject(schemas: Schemas, type: GraphQLObjectType, selectionSet: SelectionSetNode): string {
  const members = selectionSet.selections.map((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return `...decode${selection.name.value}(o)`;
    if (selection.kind === Kind.INLINE_FRAGMENT) throw new Error("Inline fragments are not supported");
    if (selection.name.value === "__typename") {
      const alias = selection.alias?.value ?? "__typename";
      return `${alias}: field(o, ${JSON.stringify(alias)}, text)`;
    }
    const definition = type.getFields()[selection.name.value];
    if (definition === undefined) throw new Error(`No field ${type.name}.${selection.name.value}`);
    const key = selection.alias?.value ?? selection.name.value;
    const decoder = writeDecoder(schemas, definition.type, selection.selectionSet);
    const kind = unionMember(schemas.real, type.name, selection.name.value);
    return `${key}: field(o, ${JSON.stringify(key)}, ${kind === undefined ? decoder : `onlyOf("${kind}", ${decoder})`})`;
  });
  return `(value) => { const o = asObject(value); return { ${members.join(", ")} }; }`;
}

function writeDecoder(
  schemas: Schemas,
  type: GraphQLOutputType,
  selectionSet: SelectionSetNode | undefined,
): string {
  if (!isNonNullType(type)) return `nullable(${writeNonNull(schemas, type, selectionSet)})`;
  return writeNonNull(schemas, type.ofType, selectionSet);
}

function writeNonNull(
  schemas: Schemas,
  type: GraphQLOutputType,
  selectionSet: SelectionSetNode | undefined,
): string {
  if (isListType(type)) return `list(${writeDecoder(schemas, type.ofType, selectionSet)})`;
  const named = getNamedType(type);
  if (isObjectType(named) && selectionSet !== undefined) return writeObject(schemas, named, selectionSet);
  const decoder = SCALAR_DECODERS[named.name];
  if (decoder === undefined) throw new Error(`No decoder for ${named.name}`);
  return decoder;
}

if (import.meta.main) {
  for (const [path, text] of await generateClient(process.argv[2])) await writeFile(join(ROOT, path), text);
}
