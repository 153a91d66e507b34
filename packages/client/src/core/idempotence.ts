/** Which mutations may be sent twice. Anything not listed here is sent again only if it certainly was not done. */

const IDEMPOTENT_MUTATIONS: Readonly<Record<string, boolean>> = {
  /** `upsertBucket` by project and id: the second call finds the run of the first. */
  CreateRun: true,
  UpdateRun: true,
  UpdateRunSummary: true,
  UpdateRunState: true,
  StopRun: true,
  /** Deleting what is gone changes nothing. */
  DeleteRun: true,
  DeleteRunWithArtifacts: true,
  DeleteFiles: true,
  DeleteApiKey: true,
  /** `upsertModel` by entity and name. */
  CreateProject: true,
  /** Announcing files twice gives two sets of addresses for the same files. */
  CreateRunFiles: true,
  MarkRunFilesUploaded: true,
  /** The draft's own id makes the second call find the version of the first. */
  CreateArtifact: true,
  CreateArtifactManifest: true,
  UploadArtifactManifest: true,
  CreateArtifactFiles: true,
  CommitArtifact: true,
  UseArtifact: true,
  UpdateArtifact: true,
  AddAliases: true,
  DeleteAliases: true,
  UpdateArtifactManifest: true,
  /** The second call finds the file put together. */
  CompleteMultipartUploadArtifact: true,
  DeleteArtifact: true,
  UpdateArtifactSequence: true,
  UpdateArtifactSequenceType: true,
  AddArtifactCollectionTags: true,
  DeleteArtifactCollectionTags: true,
  DeleteArtifactSequence: true,
  DeleteArtifactPortfolio: true,
  UpdateArtifactPortfolio: true,
  LinkArtifact: true,
  UnlinkArtifact: true,
  /** By its name; a second call answers that it was there, which looks like another's. */
  UpsertRegistry: false,
  RenameRegistry: false,
  DeleteRegistry: true,
  CreateRegistryMembers: true,
  DeleteRegistryMembers: true,
  UpdateUserRegistryRole: true,
  UpdateTeamRegistryRole: true,
  /** The same chart again is no error. W&B's server does not say so, hence only when it was not carried out. */
  CreateCustomChart: false,
  /** A second key would stay behind, known to nobody. */
  GenerateApiKey: false,
  /** A second call is refused because the first one made the user. */
  CreateUserFromAdmin: false,
};

/** Whether a mutation of this package may be sent twice. */
export function isIdempotentMutation(name: string): boolean {
  return IDEMPOTENT_MUTATIONS[name] ?? false;
}
