// Asks the TypeScript Api what `python/scripts/read_everything.py` asks Python's, under the same names: a new
// member becomes one line in both files.
import { Api, type ConsoleLogLine, type File, type HistoryScanOptions, Run } from "@steelyard/client";
import { parseJson } from "@steelyard/protocol";
import type { ReadingPlan, RunPlan } from "./plan.ts";

/** Everything that one reader reported, by probe. */
export type Reading = Readonly<Record<string, unknown>>;

const runProbes: Readonly<Record<string, (run: Run) => unknown>> = {
  id: (run) => run.id,
  storageId: (run) => run.storageId,
  name: (run) => run.name,
  displayName: (run) => run.displayName,
  entity: (run) => run.entity,
  project: (run) => run.project,
  state: (run) => run.state,
  path: (run) => run.path,
  url: (run) => run.url,
  tags: (run) => run.tags,
  group: (run) => run.group,
  jobType: (run) => run.jobType,
  notes: (run) => run.notes,
  description: (run) => run.description,
  commit: (run) => run.commit,
  readOnly: (run) => run.readOnly,
  createdAt: (run) => run.createdAtText,
  heartbeatAt: (run) => run.heartbeatAtText,
  historyLineCount: (run) => run.historyLineCount,
  historyKeys: (run) => run.historyKeys,
  lastHistoryStep: (run) => run.lastHistoryStep(),
  sweepName: (run) => run.sweepName,
  "user.username": (run) => run.user?.username,
  "user.name": (run) => run.user?.name,
  config: (run) => run.config,
  rawConfig: (run) => run.rawConfig,
  jsonConfig: (run) => parseJson(run.jsonConfig),
  summary: (run) => run.summary.toJSON(),
  "summary.keys": (run) => run.summary.keys().sort(),
  "summary.get absent": (run) => run.summary.get("no such key", "default"),
  summaryMetrics: (run) => run.summaryMetrics,
  "systemMetrics.keys": (run) => Object.keys(run.systemMetrics).sort(),
  systemMetrics: (run) => run.systemMetrics,
  metadata: (run) => run.metadata(),
  history: async (run) => (await run.history({ samples: 500 })).rows,
  "history samples=5": async (run) => (await run.history({ samples: 5 })).rows,
  "history system": async (run) => (await run.history({ samples: 500, stream: "system" })).rows,
  scanHistory: (run) => scan(run, {}),
  "scanHistory pageSize=3": (run) => scan(run, { pageSize: 3 }),
  "scanHistory minStep=4 maxStep=9": (run) => scan(run, { minStep: 4, maxStep: 9 }),
  files: async (run) => listFiles(await run.files().toArray()),
  "files.length": (run) => run.files().length(),
  "files perPage=2": async (run) => listFiles(await run.files({ perPage: 2 }).toArray()),
  "files pattern": async (run) => listFiles(await run.files({ pattern: "%.json" }).toArray()),
  consoleLogs: async (run) => (await run.consoleLogs().toArray()).map(lineFacts),
  "consoleLogs perPage=7": async (run) => (await run.consoleLogs({ perPage: 7 }).toArray()).map(lineFacts),
  "consoleLogs last=3": async (run) => (await run.consoleLogs({ last: 3 }).toArray()).map(lineFacts),
};

/** Reads a project as Python's reader does. */
export async function readEverything(
  settings: { url: string; apiKey: string },
  plan: ReadingPlan,
): Promise<Reading> {
  const path = `${plan.entity}/${plan.project}`;
  const newApi = (): Api => new Api({ overrides: { baseUrl: settings.url }, apiKey: settings.apiKey });
  const api = newApi();
  const queries: Record<string, unknown> = {};
  for (const { title, filters, order, perPage } of plan.queries) {
    const runs = api.runs(path, { filters, order, perPage });
    queries[title] = {
      length: await attempt(() => runs.length()),
      ids: await attempt(async () => (await runs.toArray()).map((run) => run.id)),
    };
  }
  const runs: Record<string, unknown> = {};
  for (const run of plan.runs) runs[run.id] = await attempt(() => probeRun(newApi(), path, run));
  return {
    project: await probeProject(api, plan),
    viewer: await probeViewer(api),
    lazy: await attempt(() => probeLazy(api, path)),
    errors: await probeErrors(api, plan),
    queries,
    runs,
  };
}

async function probeRun(api: Api, path: string, plan: RunPlan): Promise<Reading> {
  const run = await api.run(`${path}/${plan.id}`);
  const values: Record<string, unknown> = {};
  for (const [name, probe] of Object.entries(runProbes)) values[name] = await attempt(() => probe(run));
  for (const keys of plan.keySets ?? []) {
    const name = keys.join(",");
    values[`history keys=${name}`] = await attempt(
      async () => (await run.history({ keys, samples: 500, rows: "all-keys" })).rows,
    );
    values[`scanHistory keys=${name}`] = await attempt(() => scan(run, { keys, rows: "all-keys" }));
  }
  for (const [xAxis, keys] of plan.axes ?? []) {
    values[`history xAxis=${xAxis} keys=${keys.join(",")}`] = await attempt(
      async () => (await run.history({ keys, xAxis, samples: 4, rows: "all-keys" })).rows,
    );
  }
  for (const name of plan.files ?? []) {
    values[`file ${name}`] = await attempt(async () => fileFacts(await run.file(name)));
    values[`file content ${name}`] = await attempt(async () => (await run.file(name)).bytes());
    values[`files names=${name}`] = await attempt(async () =>
      listFiles(await run.files({ names: [name] }).toArray()),
    );
  }
  return values;
}

async function probeLazy(api: Api, path: string): Promise<Reading> {
  const lazy = await api.runs(path, { order: "+name", lazy: true }).at(0);
  const full = await api.runs(path, { order: "+name" }).at(0);
  if (lazy === undefined || full === undefined) throw new TypeError("expected a first run, found none");
  await lazy.loadFullData();
  return {
    "lazy config": lazy.config,
    "lazy summary": lazy.summary.toJSON(),
    "full config": full.config,
    "full summary": full.summary.toJSON(),
    slice: (await api.runs(path, { order: "+name", perPage: 2 }).slice(1, 4)).map((run) => run.id),
  };
}

async function probeProject(api: Api, plan: ReadingPlan): Promise<Reading> {
  const project = await api.project(plan.project, { entity: plan.entity });
  return {
    name: project.name,
    entity: project.entity,
    path: project.path,
    url: project.url,
    id: await attempt(() => project.id()),
    createdAt: await attempt(async () => (await project.load()).createdAtText),
    isBenchmark: await attempt(async () => (await project.load()).isBenchmark),
    owner: await attempt(async () => (await project.owner()).username),
    projects: await attempt(async () =>
      (await api.projects(plan.entity).toArray()).map(({ name }) => name).sort(),
    ),
    missing: await attempt(async () => (await api.project("no-such-project", { entity: plan.entity })).id()),
  };
}

async function probeViewer(api: Api): Promise<Reading> {
  const viewer = await api.viewer();
  return {
    id: viewer.id,
    username: viewer.username,
    name: viewer.name,
    email: viewer.email,
    admin: viewer.admin,
    entity: viewer.entity,
    teams: viewer.teams,
    defaultEntity: await api.defaultEntity(),
    deletedAt: viewer.deletedAtText,
  };
}

async function probeErrors(api: Api, plan: ReadingPlan): Promise<Reading> {
  const path = `${plan.entity}/${plan.project}`;
  const [first] = plan.runs;
  return {
    "run not found": await attempt(async () => (await api.run(`${path}/no-such-run`)).id),
    "run path empty": await attempt(async () => (await api.run("")).id),
    "run path too long": await attempt(async () => (await api.run("a/b/c/d/e")).id),
    "runs of no project": await attempt(() => api.runs(`${plan.entity}/no-such-project`).toArray()),
    "unknown operator": await attempt(() =>
      api.runs(path, { filters: { "config.lr": { $frobnicate: 1 } } }).toArray(),
    ),
    "fromPath run": await attempt(async () => nameOf(await api.fromPath(`${path}/${first?.id ?? ""}`))),
    "fromPath project": await attempt(async () => nameOf(await api.fromPath(path))),
  };
}

function nameOf(found: Awaited<ReturnType<Api["fromPath"]>>): string | null {
  return found instanceof Run ? found.id : found.name;
}

async function scan(run: Run, options: HistoryScanOptions): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const row of run.scanHistory(options)) rows.push(row);
  return rows;
}

function listFiles(files: readonly File[]): Reading[] {
  return files.map(fileFacts).sort((a, b) => (String(a["name"]) < String(b["name"]) ? -1 : 1));
}

function fileFacts(file: File): Reading {
  return {
    name: file.name,
    size: file.size,
    sizeBytes: file.sizeBytes,
    mimetype: file.mimetype,
    md5: file.md5,
    url: file.url,
    hasDirectUrl: file.directUrl !== null,
    hasUpdatedAt: file.updatedAt !== null,
  };
}

function lineFacts({ number, timestamp, level, label, content }: ConsoleLogLine): Reading {
  return { number, timestamp, level, label, content };
}

/** The value of an action, or the error that it threw; anything else than an error is a mistake of ours. */
async function attempt(action: () => unknown): Promise<unknown> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
