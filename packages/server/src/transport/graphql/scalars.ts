/** The scalars of the schema: how values of each enter from documents and variables, and how they leave. */
import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from "graphql";
import type { ValueNode } from "graphql";
import { printJson, toWireJson } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";

/** Resolvers of all custom scalars, by name. */
export const scalars: Readonly<Record<string, GraphQLScalarType>> = {
  JSONString: textScalar("JSONString", "JSON as text", toJsonText),
  DateTime: textScalar("DateTime", "an instant as ISO 8601 text", toInstant),
  JSON: new GraphQLScalarType<unknown, unknown>({
    name: "JSON",
    serialize: (value) => toWireJson(requireJsonValue(value)),
    parseValue: (value) => value,
    parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
  }),
  Int64: integerScalar("Int64"),
  Duration: integerScalar("Duration"),
};

function textScalar(
  name: string,
  expected: string,
  convert: (value: unknown) => string | undefined,
): GraphQLScalarType<string, string> {
  const parse = (value: unknown): string => {
    const text = convert(value);
    if (text === undefined)
      throw new GraphQLError(`${name} cannot represent ${show(value)}: expected ${expected}`);
    return text;
  };
  return new GraphQLScalarType<string, string>({
    name,
    serialize: parse,
    parseValue: parse,
    parseLiteral: (node) => parse(valueFromASTUntyped(node)),
  });
}

/** Clients send JSON texts, and older ones the value itself. */
function toJsonText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return isJsonValue(value) ? printJson(value) : undefined;
}

function toInstant(value: unknown): string | undefined {
  if (typeof value !== "string" || Number.isNaN(Date.parse(value))) return undefined;
  return value;
}

/** 64 bits on the wire; in here a safe integer, since every count and size of ours is one. */
function integerScalar(name: string): GraphQLScalarType<number, number> {
  const parse = (value: unknown): number => {
    const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
    if (typeof number === "bigint") return clampToSafe(Number(number));
    if (typeof number === "number" && Number.isInteger(number)) return clampToSafe(number);
    throw new GraphQLError(`${name} cannot represent ${show(value)}: expected an integer`);
  };
  return new GraphQLScalarType<number, number>({
    name,
    serialize: parse,
    parseValue: parse,
    parseLiteral: (node: ValueNode) => {
      if (node.kind === Kind.INT) return parse(node.value);
      throw new GraphQLError(`${name} cannot represent a literal of kind ${node.kind}: expected an integer`, {
        nodes: node,
      });
    },
  });
}

/** Clients send the greatest 64-bit integer for "no bound"; the greatest safe one means the same here. */
function clampToSafe(number: number): number {
  return Math.min(Math.max(number, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}

function requireJsonValue(value: unknown): JsonValue {
  if (isJsonValue(value)) return value;
  throw new GraphQLError(`JSON cannot represent ${show(value)}`);
}

function isJsonValue(value: unknown): value is JsonValue {
  if (typeof value === "object") return value === null || Object.values(value).every(isJsonValue);
  return ["boolean", "number", "bigint", "string"].includes(typeof value);
}

function show(value: unknown): string {
  return (typeof value === "string" ? JSON.stringify(value) : String(value)).slice(0, 100);
}
