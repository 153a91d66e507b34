/** What `run.logArtifact` does with drafts and with versions that are logged already. */
import { CommError, ValueError } from "../../../core/errors.ts";
import type { ReadOptions } from "../../../core/paginator.ts";
import type { Service } from "../../../core/service.ts";
import { CreateArtifactDocument, UseArtifactDocument } from "../../../generated/artifacts-documents.ts";
import type { Run } from "../../runs/run.ts";
import type { Artifact, LogOptions } from "../artifact.ts";
import { checkAliases, checkTags } from "../draft/draft-names.ts";

/** Logs a draft by a run, or declares a logged version an output of it. */
export async function logRunArtifact(
  service: Service,
  run: Run,
  artifact: Artifact,
  options: LogOptions,
): Promise<Artifact> {
  const { signal } = options;
  const aliases = checkAliases(options.aliases ?? []);
  const tags = checkTags(options.tags ?? []);
  const historyStep = (await run.lastHistoryStep({ signal })) + 1;
  const place = { entity: run.entity, project: run.project, run: run.id, historyStep };
  if (artifact.isDraft()) {
    await artifact.log(service, { ...place, aliases, tags }, options);
    return artifact;
  }
  const { source, fields } = artifact.logged;
  if (source.entity !== run.entity || source.project !== run.project)
    throw new ValueError(`${artifact.qualifiedName} was logged to another project than the run's`);
  const input = {
    entityName: run.entity,
    projectName: run.project,
    runName: run.id,
    artifactTypeName: fields.artifactType.name,
    artifactCollectionName: source.collection,
    digest: fields.digest,
    digestAlgorithm: "MANIFEST_MD5",
    aliases: aliases.map((alias) => ({ artifactCollectionName: source.collection, alias })),
    tags: tags.map((tagName) => ({ tagName })),
    enableDigestDeduplication: true,
    historyStep,
  } as const;
  const { createArtifact } = await service.graphql.execute(CreateArtifactDocument, { input }, { signal });
  if (createArtifact?.artifact.id !== fields.id)
    throw new CommError(`The server did not take ${artifact.qualifiedName} as output of ${run.id}`);
  return artifact;
}

/** Declares that a run used a logged version. */
export async function useRunArtifact(
  service: Service,
  run: Run,
  artifact: Artifact,
  options: ReadOptions & { readonly useAs?: string },
): Promise<void> {
  const variables = {
    entityName: run.entity,
    projectName: run.project,
    runName: run.id,
    artifactID: artifact.logged.fields.id,
    usedAs: options.useAs ?? artifact.name,
  };
  await service.graphql.execute(UseArtifactDocument, variables, options);
}
