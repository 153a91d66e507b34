/**
 * How much one document may ask for. Client documents stay far below: the largest known has some 400 tokens, 10 levels
 * and 120 fields, and asks for pages of 1,000 runs.
 */
import { Kind } from "graphql";
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionSetNode,
} from "graphql";
import { ServerError } from "../../errors.ts";

/** Words and signs in a document. */
export const MAX_TOKENS = 4000;
/** Brackets within brackets, before anything is understood. */
export const MAX_NESTING = 100;
/** Levels of fields within fields. */
export const MAX_DEPTH = 25;
/** Fields after all fragments are put in, aliases counted one by one. */
export const MAX_FIELDS = 2000;
/** Fields times the sizes of the pages that they are in. */
export const MAX_COST = 2_000_000;

type Variables = Readonly<Record<string, unknown>>;

/** Throws `invalid_argument` when the operation asks for more than the limits. The document must be valid. */
export function checkLimits(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const defaults = Object.fromEntries(
    (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue?.kind === Kind.INT ? Number(defaultValue.value) : undefined,
    ]),
  );
  new Measure(fragments, { ...defaults, ...variables }).walk(operation.selectionSet, 1, 1);
}

class Measure {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #variables: Variables;
  #fields = 0;
  #cost = 0;

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>, variables: Variables) {
    this.#fragments = fragments;
    this.#variables = variables;
  }

  walk(selections: SelectionSetNode, depth: number, pageSize: number): void {
    if (depth > MAX_DEPTH) throw tooMuch("levels", MAX_DEPTH);
    for (const selection of selections.selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        this.walk(selection.selectionSet, depth, pageSize);
      } else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = this.#fragments.get(selection.name.value);
        if (fragment !== undefined) this.walk(fragment.selectionSet, depth, pageSize);
      } else {
        this.#count(selection, depth, pageSize);
      }
    }
  }

  #count(field: FieldNode, depth: number, pageSize: number): void {
    this.#fields += 1;
    this.#cost += pageSize;
    if (this.#fields > MAX_FIELDS) throw tooMuch("fields", MAX_FIELDS);
    if (this.#cost > MAX_COST) throw tooMuch("fields times page sizes", MAX_COST);
    if (field.selectionSet !== undefined) {
      this.walk(field.selectionSet, depth + 1, pageSize * this.#pageSizeOf(field));
    }
  }

  #pageSizeOf(field: FieldNode): number {
    const value = field.arguments?.find((argument) => argument.name.value === "first")?.value;
    const size =
      value?.kind === Kind.INT
        ? Number(value.value)
        : value?.kind === Kind.VARIABLE
          ? this.#variables[value.name.value]
          : undefined;
    return typeof size === "number" && size > 1 ? size : 1;
  }
}

function tooMuch(what: string, limit: number): ServerError {
  return new ServerError(
    "invalid_argument",
    `The document asks for too much: at most ${limit} ${what} are allowed`,
  );
}
