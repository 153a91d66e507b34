/** What pages of searches need, in one module that loads on first use. */
export {
  FetchAdvancedRegistryFeaturesDocument,
  RegistryCollectionsDocument,
  RegistryVersionsDocument,
} from "../../generated/artifacts-documents.ts";
export { ArtifactCollection } from "../artifact-collections/artifact-collection.ts";
export { Artifact } from "../artifacts/artifact.ts";
export { fromMembership } from "../artifacts/logged-version.ts";
export { toServerFilter } from "./registry-filters.ts";
