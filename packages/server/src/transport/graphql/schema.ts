/** The executable schema: the contract's SDL with the resolvers of every module. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { buildSchema, isAbstractType, isObjectType, isScalarType } from "graphql";
import type { GraphQLFieldResolver, GraphQLNamedType, GraphQLScalarType, GraphQLSchema } from "graphql";
import type { Resolvers } from "../../generated/schema-types.ts";
import { alertResolvers } from "../../modules/alerts/resolvers.ts";
import { artifactResolvers } from "../../modules/artifacts/resolvers.ts";
import { entityResolvers } from "../../modules/entities/resolvers.ts";
import { fileResolvers } from "../../modules/files/resolvers.ts";
import { launchResolvers } from "../../modules/launch/resolvers.ts";
import { inviteResolvers } from "../../modules/invites/resolvers.ts";
import { portfolioResolvers } from "../../modules/portfolios/resolvers.ts";
import { projectResolvers } from "../../modules/projects/resolvers.ts";
import { registryResolvers } from "../../modules/registries/resolvers.ts";
import { automationResolvers } from "../../modules/automations/resolvers.ts";
import { executionResolvers } from "../../modules/executions/resolvers.ts";
import { integrationResolvers } from "../../modules/integrations/resolvers.ts";
import { chartResolvers } from "../../modules/charts/resolvers.ts";
import { reportResolvers } from "../../modules/reports/resolvers.ts";
import { runResolvers } from "../../modules/runs/resolvers.ts";
import { serverInfoResolvers } from "../../modules/server-info/resolvers.ts";
import { sweepResolvers } from "../../modules/sweeps/resolvers.ts";
import { teamResolvers } from "../../modules/teams/resolvers.ts";
import { userResolvers } from "../../modules/users/resolvers.ts";
import { scalars } from "./scalars.ts";

/** One map a module; together they fill the types field by field. */
const modules: readonly Resolvers[] = [
  serverInfoResolvers,
  userResolvers,
  entityResolvers,
  teamResolvers,
  inviteResolvers,
  projectResolvers,
  registryResolvers,
  runResolvers,
  sweepResolvers,
  fileResolvers,
  alertResolvers,
  artifactResolvers,
  portfolioResolvers,
  integrationResolvers,
  automationResolvers,
  executionResolvers,
  launchResolvers,
  reportResolvers,
  chartResolvers,
];

/** Reads the contract and joins it with the resolvers. Throws when a resolver has no place in the contract. */
export function createSchema(): GraphQLSchema {
  const path = createRequire(import.meta.url).resolve("@steelyard/protocol/schema.graphql");
  // The contract is checked when it is put together. Where in its text a type stands is asked by nobody.
  const schema = buildSchema(readFileSync(path, "utf8"), { assumeValid: true, noLocation: true });
  for (const [name, scalar] of Object.entries(scalars)) attachScalar(schema.getType(name), scalar);
  for (const resolvers of modules) {
    for (const [typeName, fields] of Object.entries(resolvers)) {
      for (const [fieldName, resolver] of Object.entries(fields)) {
        attachResolver(schema.getType(typeName), typeName, fieldName, resolver);
      }
    }
  }
  completeResolvers(schema);
  return schema;
}

/** Says of each field without a resolver how it is read. */
export function completeResolvers(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) field.resolve ??= createPropertyResolver(field.name);
  }
}

/** What graphql-js does where there is no resolver; compiled queries would not call functions nor wait for promises. */
function createPropertyResolver(name: string): GraphQLFieldResolver<unknown, unknown> {
  return (source, args, context, info) => {
    if (typeof source !== "object" || source === null) return undefined;
    const value: unknown = Reflect.get(source, name);
    if (typeof value !== "function") return value;
    const called: unknown = Reflect.apply(value, source, [args, context, info]);
    return called;
  };
}

function attachScalar(type: GraphQLNamedType | undefined, scalar: GraphQLScalarType): void {
  if (!isScalarType(type)) throw new Error(`the schema has no scalar "${scalar.name}"`);
  type.serialize = scalar.serialize;
  type.parseValue = scalar.parseValue;
  type.parseLiteral = scalar.parseLiteral;
}

function attachResolver(
  type: GraphQLNamedType | undefined,
  typeName: string,
  fieldName: string,
  resolver: unknown,
): void {
  if (typeof resolver !== "function")
    throw new Error(`the resolver of ${typeName}.${fieldName} is no function`);
  const call = (...args: readonly unknown[]): unknown => Reflect.apply(resolver, undefined, args);
  if (fieldName === "__resolveType" && isAbstractType(type)) {
    type.resolveType = (value, context, info) => {
      const name = call(value, context, info);
      return typeof name === "string" ? name : undefined;
    };
    return;
  }
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  if (field === undefined) throw new Error(`the schema has no field ${typeName}.${fieldName}`);
  if (field.resolve !== undefined) throw new Error(`two modules resolve ${typeName}.${fieldName}`);
  field.resolve = call;
}
