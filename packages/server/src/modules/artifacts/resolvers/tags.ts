/** Tags as the schema shows them. */
import { encodeGlobalId } from "@steelyard/protocol";
import type { Tag } from "../../../generated/schema-types.ts";
import type { ArtifactTag } from "../artifact.ts";

/** A version's tag. */
export function toTag({ id, name }: ArtifactTag): Tag {
  return { id: encodeGlobalId("Tag", id), name, tagCategoryName: null };
}

/** A collection's tag. */
export function toCollectionTag({ id, name }: ArtifactTag): Tag {
  return { id: encodeGlobalId("CollectionTag", id), name, tagCategoryName: null };
}
