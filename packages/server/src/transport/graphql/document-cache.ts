/** Parsed and validated documents, kept because clients send the same few again and again. */
import { GraphQLError, Kind, Lexer, Source, TokenKind, parse, validate, visit } from "graphql";
import type { DocumentNode, GraphQLSchema } from "graphql";
import { MAX_NESTING, MAX_TOKENS } from "./document-limits.ts";

/** What is known of a document's text. */
export interface PreparedDocument {
  readonly document: DocumentNode | undefined;
  /** Why it cannot be executed; empty when it can. */
  readonly errors: readonly GraphQLError[];
  /** Whether it asks what the schema is. */
  readonly isIntrospection: boolean;
}

const MAX_DOCUMENTS = 500;
/** Longer ones are prepared each time, so that the cache stays below 10 million characters. */
const MAX_CACHED_LENGTH = 20_000;

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** Prepares documents against one schema. */
export class DocumentCache {
  readonly #schema: GraphQLSchema;
  readonly #documents: Map<string, PreparedDocument> = new Map();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** The document of a text; the same object for the same text while it is remembered. */
  prepare(text: string): PreparedDocument {
    const known = this.#documents.get(text);
    if (known !== undefined) {
      // Moved to the end: the first one in the map is the one that was not used for longest.
      this.#documents.delete(text);
      this.#documents.set(text, known);
      return known;
    }
    const prepared = this.#parse(text);
    if (text.length <= MAX_CACHED_LENGTH) {
      const [oldest] = this.#documents.keys();
      if (this.#documents.size >= MAX_DOCUMENTS && oldest !== undefined) this.#documents.delete(oldest);
      this.#documents.set(text, prepared);
    }
    return prepared;
  }

  #parse(text: string): PreparedDocument {
    try {
      checkNesting(text);
      const document = parse(text, { noLocation: false, maxTokens: MAX_TOKENS });
      const errors = validate(this.#schema, document);
      return { document, errors, isIntrospection: asksForSchema(document) };
    } catch (error) {
      if (error instanceof GraphQLError)
        return { document: undefined, errors: [error], isIntrospection: false };
      throw error;
    }
  }
}

/** The parser and the validator go down one call a level, so a document is measured before they see it. */
function checkNesting(text: string): void {
  const lexer = new Lexer(new Source(text));
  let levels = 0;
  for (let token = lexer.advance(), seen = 0; token.kind !== TokenKind.EOF && seen <= MAX_TOKENS; seen++) {
    if (OPENING.has(token.kind)) levels++;
    else if (CLOSING.has(token.kind)) levels--;
    if (levels > MAX_NESTING) throw new GraphQLError(`A document has at most ${MAX_NESTING} levels`);
    token = lexer.advance();
  }
}

function asksForSchema(document: DocumentNode): boolean {
  let isFound = false;
  visit(document, {
    [Kind.FIELD]: (field) => {
      isFound ||= field.name.value === "__schema" || field.name.value === "__type";
    },
  });
  return isFound;
}
