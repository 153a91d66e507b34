// The main operations of the client with variables that are right, so that a test can make one of them wrong at
// a time. Documents are in our own words; what the client really sends is checked in documents.test.ts.

/** A document with variables for a run `R` of entity `E`. */
export interface Operation {
  readonly name: string;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const runArguments = "$entity: String, $project: String, $run: String!";

/** A document that reads one run. */
function readRun(
  name: string,
  declarations: string,
  selection: string,
  variables: Operation["variables"],
): Operation {
  return {
    name,
    document: `query ${name}(${runArguments}${declarations}) {
      project(name: $project, entityName: $entity) { run(name: $run) { ${selection} } }
    }`,
    variables: { entity: "E", project: "graphql", run: "R", ...variables },
  };
}

/** Every main operation; `entity` and `run` are replaced by the real names, `id` by the run's global id. */
export const operations: readonly Operation[] = [
  {
    name: "UpsertBucket",
    document: `mutation UpsertBucket($name: String, $project: String, $entity: String, $groupName: String,
        $displayName: String, $notes: String, $commit: String, $config: JSONString, $host: String, $debug: Boolean,
        $program: String, $repo: String, $jobType: String, $state: String, $sweep: String, $tags: [String!],
        $summaryMetrics: JSONString, $description: String, $id: String) {
      upsertBucket(input: {id: $id, name: $name, groupName: $groupName, modelName: $project, entityName: $entity,
          description: $description, displayName: $displayName, notes: $notes, commit: $commit, config: $config,
          host: $host, debug: $debug, jobProgram: $program, jobRepo: $repo, jobType: $jobType, state: $state,
          sweep: $sweep, tags: $tags, summaryMetrics: $summaryMetrics}) {
        bucket { id name } inserted
      }
    }`,
    variables: {
      name: "upserted",
      project: "graphql",
      entity: "E",
      groupName: "g",
      displayName: "d",
      notes: "n",
      commit: "c",
      config: "{}",
      host: "h",
      debug: false,
      program: "p",
      repo: "r",
      jobType: "j",
      state: "running",
      tags: ["t"],
      summaryMetrics: "{}",
      description: "d",
      sweep: null,
      id: null,
    },
  },
  {
    name: "Runs",
    document: `query Runs($project: String!, $entity: String!, $cursor: String, $perPage: Int, $order: String, $filters: JSONString) {
      project(name: $project, entityName: $entity) {
        runCount(filters: $filters)
        runs(filters: $filters, after: $cursor, first: $perPage, order: $order) {
          edges { node { id name } cursor } pageInfo { endCursor hasNextPage }
        }
      }
    }`,
    variables: {
      project: "graphql",
      entity: "E",
      cursor: null,
      perPage: 5,
      order: "+created_at",
      filters: "{}",
    },
  },
  {
    name: "RunResumeStatus",
    document: `query RunResumeStatus($project: String, $entity: String, $name: String!) {
      model(name: $project, entityName: $entity) {
        bucket(name: $name, missingOk: true) { name historyTail eventsTail config wandbConfig(keys: ["t"]) }
      }
    }`,
    variables: { project: "graphql", entity: "E", name: "R" },
  },
  {
    name: "CreateRunFiles",
    document: `mutation CreateRunFiles($entity: String!, $project: String!, $run: String!, $files: [String!]!) {
      createRunFiles(input: {entityName: $entity, projectName: $project, runName: $run, files: $files}) {
        runID uploadHeaders files { name uploadUrl }
      }
    }`,
    variables: { entity: "E", project: "graphql", run: "R", files: ["a.txt"] },
  },
  {
    name: "RewindRun",
    document: `mutation RewindRun($runName: String!, $entity: String, $project: String, $metricName: String!, $metricValue: Float!) {
      rewindRun(input: {runName: $runName, entityName: $entity, projectName: $project, metricName: $metricName, metricValue: $metricValue}) {
        rewoundRun { id historyLineCount }
      }
    }`,
    variables: { runName: "rewound", entity: "E", project: "graphql", metricName: "_step", metricValue: 2 },
  },
  {
    name: "NotifyScriptableRunAlert",
    document: `mutation NotifyScriptableRunAlert($entityName: String!, $projectName: String!, $runName: String!,
        $title: String!, $text: String!, $severity: AlertSeverity = INFO, $waitDuration: Duration) {
      notifyScriptableRunAlert(input: {entityName: $entityName, projectName: $projectName, runName: $runName,
          title: $title, text: $text, severity: $severity, waitDuration: $waitDuration}) { success }
    }`,
    variables: {
      entityName: "E",
      projectName: "graphql",
      runName: "R",
      title: "t",
      text: "x",
      severity: "WARN",
      waitDuration: 60_000,
    },
  },
  {
    name: "UpdateRunState",
    document: `mutation UpdateRunState($input: UpdateRunStateInput!) { updateRunState(input: $input) { success } }`,
    variables: { input: { id: "ID", state: "failed" } },
  },
  {
    name: "StopRun",
    document: `mutation StopRun($id: ID!) { stopRun(input: {id: $id}) { success } }`,
    variables: { id: "ID" },
  },
  {
    name: "DeleteRun",
    document: `mutation DeleteRun($id: ID!, $deleteArtifacts: Boolean) {
      deleteRun(input: {id: $id, deleteArtifacts: $deleteArtifacts}) { clientMutationId }
    }`,
    variables: { id: "VANISHING", deleteArtifacts: false },
  },
  {
    name: "DeleteFiles",
    document: `mutation DeleteFiles($files: [ID!]!, $projectId: Int) {
      deleteFiles(input: {files: $files, projectId: $projectId}) { success }
    }`,
    variables: { files: [], projectId: 1 },
  },
  {
    name: "CreateProject",
    document: `mutation CreateProject($description: String, $entityName: String, $name: String) {
      upsertModel(input: {description: $description, entityName: $entityName, name: $name}) { project { id name } }
    }`,
    variables: { description: "d", entityName: "E", name: "made-by-a-mutation" },
  },
  readRun(
    "History",
    ", $minStep: Int64, $maxStep: Int64, $samples: Int",
    "history(minStep: $minStep, maxStep: $maxStep, samples: $samples)",
    {
      minStep: 0,
      maxStep: 10,
      samples: 5,
    },
  ),
  readRun("Events", ", $samples: Int", "events(samples: $samples)", { samples: 5 }),
  readRun("SampledHistory", ", $specs: [JSONString!]!", "sampledHistory(specs: $specs)", {
    specs: ['{"keys":["_step","loss"],"samples":5}'],
  }),
  readRun(
    "ParquetHistory",
    ", $liveKeys: [String!]!",
    "parquetHistory(liveKeys: $liveKeys) { parquetUrls liveData }",
    {
      liveKeys: ["_step"],
    },
  ),
  readRun(
    "LogPage",
    ", $first: Int, $after: String",
    "logLines(first: $first, after: $after, useImprovedPagination: true) { edges { node { line } } pageInfo { endCursor } }",
    {
      first: 5,
      after: null,
    },
  ),
  readRun("LogTail", ", $last: Int", "logLines(last: $last) { edges { node { line } } }", { last: 5 }),
  readRun(
    "Files",
    ", $names: [String], $pattern: String, $first: Int, $after: String",
    "files(names: $names, pattern: $pattern, first: $first, after: $after) { edges { node { name } cursor } }",
    {
      names: [],
      pattern: "%",
      first: 5,
      after: null,
    },
  ),
  readRun("Bucket", "", "id name state config summaryMetrics historyKeys", {}),
  {
    name: "Projects",
    document: `query Projects($entity: String, $cursor: String, $perPage: Int) {
      models(entityName: $entity, after: $cursor, first: $perPage) { edges { node { id name } cursor } pageInfo { endCursor hasNextPage } }
    }`,
    variables: { entity: "E", cursor: null, perPage: 5 },
  },
];
