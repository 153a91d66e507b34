/** What a page of versions needs, in one module that loads on first use. */
export { ProjectArtifactsDocument } from "../../generated/artifacts-documents.ts";
export { Artifact } from "./artifact.ts";
export { fromListed } from "./logged-version.ts";
