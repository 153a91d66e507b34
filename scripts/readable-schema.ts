/**
 * The schema as the client reads it: interfaces and unions of one member are plain objects, and enums are texts, so that
 * a kind or a value that only a newer server knows is data and not an error. Documents are validated against the real one.
 */
import { Kind, visit } from "graphql";
import type { DocumentNode, FieldDefinitionNode, TypeNode } from "graphql";

/** What stands for `__typename` where types are generated: the name of a type is a text, not one of a closed list. */
export const KIND_FIELD = "typenameText";

/** A schema whose outputs have no interfaces, unions or enums. */
export function readableSchema(schema: DocumentNode): DocumentNode {
  const enums = new Set<string>();
  const unions = new Map<string, string>();
  for (const definition of schema.definitions) {
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION) enums.add(definition.name.value);
    const [member, ...others] =
      definition.kind === Kind.UNION_TYPE_DEFINITION ? (definition.types ?? []) : [];
    if (definition.kind === Kind.UNION_TYPE_DEFINITION && member !== undefined && others.length === 0)
      unions.set(definition.name.value, member.name.value);
  }
  const rename = (type: TypeNode): TypeNode => {
    if (type.kind === Kind.LIST_TYPE) return { ...type, type: rename(type.type) };
    if (type.kind === Kind.NON_NULL_TYPE) {
      const inner = rename(type.type);
      return inner.kind === Kind.NON_NULL_TYPE ? inner : { ...type, type: inner };
    }
    const name = enums.has(type.name.value) ? "String" : unions.get(type.name.value);
    return name === undefined ? type : { ...type, name: { ...type.name, value: name } };
  };
  const readable = (fields: readonly FieldDefinitionNode[] | undefined): readonly FieldDefinitionNode[] => [
    ...(fields ?? []).map((field) => ({ ...field, type: rename(field.type) })),
    KIND_DEFINITION,
  ];
  return visit(schema, {
    ObjectTypeDefinition: (node) => ({ ...node, interfaces: [], fields: readable(node.fields) }),
    InterfaceTypeDefinition: (node) => ({
      ...node,
      kind: Kind.OBJECT_TYPE_DEFINITION,
      interfaces: [],
      fields: readable(node.fields),
    }),
    UnionTypeDefinition: (node) => (unions.has(node.name.value) ? null : undefined),
  });
}

const KIND_DEFINITION: FieldDefinitionNode = {
  kind: Kind.FIELD_DEFINITION,
  name: { kind: Kind.NAME, value: KIND_FIELD },
  type: {
    kind: Kind.NON_NULL_TYPE,
    type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: "String" } },
  },
};

/** A document for that schema: `__typename` becomes a text, and a spread on a union's only member its fields. */
export function markKinds(document: DocumentNode): DocumentNode {
  return visit(document, {
    Field: (node) =>
      node.name.value === "__typename"
        ? { ...node, alias: node.alias ?? node.name, name: { ...node.name, value: KIND_FIELD } }
        : undefined,
  });
}
