/** What a page of collections needs, in one module that loads on first use. */
export {
  ArtifactTypeArtifactCollectionsDocument,
  PlainArtifactCollectionsDocument,
  PlainTypeArtifactCollectionsDocument,
  ProjectArtifactCollectionsDocument,
} from "../../generated/artifacts-documents.ts";
export { ArtifactCollection } from "./artifact-collection.ts";
