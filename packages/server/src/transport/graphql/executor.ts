/** Executes documents: prepared once, bounded, and answered whatever happens. */
import { GraphQLError, OperationTypeNode, execute, getOperationAST } from "graphql";
import type { DocumentNode, GraphQLFormattedError, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { Kind } from "graphql";
import { scopeOfMutation } from "../../modules/access/mutation-scopes.ts";
import type { RequestContext } from "../context.ts";
import { CompiledQueries } from "./compiled-queries.ts";
import { DocumentCache } from "./document-cache.ts";
import { checkLimits } from "./document-limits.ts";
import { topFieldNames } from "./mutation-names.ts";
import { formatError, statusOfErrors } from "./errors.ts";

/** A request as it came over the wire. */
export interface GraphqlRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
}

/** The answer to a request. */
export interface GraphqlAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** Printed by `JSON.stringify` as it is. */
  readonly body: GraphqlBody;
}

/** The body of an answer. */
export interface GraphqlBody {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Told of failures that callers are not told of. */
export type DefectListener = (defect: unknown, requestId: string) => void;

/** Answers GraphQL requests. */
export class GraphqlExecutor {
  readonly #schema: GraphQLSchema;
  readonly #documents: DocumentCache;
  readonly #compiled: CompiledQueries;
  readonly #onDefect: DefectListener;

  constructor(parts: { readonly schema: GraphQLSchema; readonly onDefect: DefectListener }) {
    this.#schema = parts.schema;
    this.#documents = new DocumentCache(parts.schema);
    this.#compiled = new CompiledQueries(parts.schema);
    this.#onDefect = parts.onDefect;
  }

  /** Never rejects for anything that the request or a resolver did: that is in `errors`. */
  async execute(request: GraphqlRequest, context: RequestContext): Promise<GraphqlAnswer> {
    const prepared = this.#documents.prepare(request.query);
    const { document } = prepared;
    if (document === undefined || prepared.errors.length > 0) return this.#refuse(prepared.errors, context);
    if (prepared.isIntrospection && context.caller.kind === "anonymous") {
      return this.#refuse([new GraphQLError("Sign in to ask for the schema")], context);
    }
    const operation = chooseOperation(document, request.operationName);
    if (operation === undefined) {
      return this.#refuse([new GraphQLError("operationName names no operation of the document")], context);
    }
    try {
      checkLimits(document, operation, request.variables);
      if (operation.operation === OperationTypeNode.MUTATION) requireScopes(document, operation, context);
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      return this.#refuse([new GraphQLError(cause.message, { originalError: cause })], context);
    }
    const { variables } = request;
    const result =
      (await this.#compiled.execute({ document, operation, variables, context })) ??
      (await execute({
        schema: this.#schema,
        document,
        contextValue: context,
        variableValues: variables,
        operationName: operation.name?.value ?? null,
      }));
    const { data, errors } = result;
    if (errors === undefined) return { status: 200, body: { data } };
    const { status, body } = this.#refuse(errors, context);
    return { status, body: { ...body, ...(data !== undefined && { data }) } };
  }

  #refuse(errors: readonly GraphQLError[], context: RequestContext): GraphqlAnswer {
    const formatted = errors.map((error) => formatError(error, context.requestId));
    for (const { defect } of formatted) {
      if (defect !== undefined) this.#onDefect(defect, context.requestId);
    }
    return { status: statusOfErrors(errors), body: { errors: formatted.map(({ error }) => error) } };
  }
}

/** Throws `permission_denied` when the caller's key may not do what the mutation does. */
function requireScopes(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  { caller, services }: RequestContext,
): void {
  // What strangers may do is for the services to say.
  if (caller.kind === "anonymous") return;
  for (const name of topFieldNames(document, operation)) {
    if (!name.startsWith("__")) services.access.requireScope(caller, scopeOfMutation(name));
  }
}

/** The operation of that name; the only one whatever its name, because some clients send another or none. */
function chooseOperation(
  document: DocumentNode,
  name: string | undefined,
): OperationDefinitionNode | undefined {
  const operations = document.definitions.filter(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (operations.length === 1) return operations[0];
  return getOperationAST(document, name) ?? undefined;
}
