/** Tables of the artifact modules. */
export interface ArtifactTables {}
