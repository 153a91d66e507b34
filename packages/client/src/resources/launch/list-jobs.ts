/** The jobs of a project. */
import { NotFoundError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { ListJobsDocument } from "../../generated/launch-documents.ts";
import type { ListJobsQuery } from "../../generated/launch-documents.ts";

/** A job with its versions. */
export interface ListedJob {
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly {
    /** Global id of the artifact. */
    readonly id: string;
    readonly state: string;
    readonly aliases: readonly string[];
  }[];
}

type Connection = NonNullable<
  NonNullable<NonNullable<ListJobsQuery["project"]>["artifactType"]>["artifactCollections"]
>;
type Collection = NonNullable<Connection["edges"][number]["node"]>;

/**
 * Lists the jobs of a project; none when it has none.
 *
 * @throws {NotFoundError} when there is no such project. Python prints that and answers with an empty list.
 */
export async function listJobs(
  service: Service,
  place: { readonly entity: string; readonly project: string },
  options: ReadOptions,
): Promise<ListedJob[]> {
  const jobs: ListedJob[] = [];
  let cursor: string | null = null;
  for (;;) {
    const variables = { ...place, cursor };
    const answer: ListJobsQuery = await service.graphql.execute(ListJobsDocument, variables, options);
    if (answer.project === null)
      throw new NotFoundError(`Project ${place.entity}/${place.project} not found`);
    const page = answer.project.artifactType?.artifactCollections;
    for (const { node } of page?.edges ?? []) if (node !== null) jobs.push(toJob(node));
    if (page?.pageInfo.hasNextPage !== true) return jobs;
    cursor = page.pageInfo.endCursor;
  }
}

function toJob({ name, artifacts }: Collection): ListedJob {
  const versions = (artifacts?.edges ?? []).map(({ node }) => ({
    id: node.id,
    state: node.state,
    aliases: node.aliases.map(({ alias }) => alias),
  }));
  return { name, versions };
}
