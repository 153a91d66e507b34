// A server of a few queries: it answers history from files or live, exactly as a case says, and counts what the
// client asked for. Each case is there twice: under project "parquet" with its files, under "live" without any.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { printJson } from "@steelyard/protocol";
import type { Case, Stage } from "./cases/case.ts";
import { historyKeys, historyPage, sampledPage, stepOf } from "./live-answers.ts";

/** Everything the client asked for since the last look. */
export interface RequestCounts {
  [kind: string]: number;
}

/** A running server. */
export interface FakeServer extends AsyncDisposable {
  readonly url: string;
}

type Answer = Readonly<Record<string, unknown>>;

/** Starts a server for these cases on a free port of this machine. */
export async function startFakeServer(cases: readonly Case[]): Promise<FakeServer> {
  const runs = new Map<string, Stage>(cases.map((item) => [item.name, item]));
  let counts: RequestCounts = {};
  let url = "";
  const count = (kind: string, amount = 1): void => {
    counts[kind] = (counts[kind] ?? 0) + amount;
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, area, name, index] = (request.url ?? "").split("/").map(decodeURIComponent);
    const body = await readBody(request);
    if (area === "graphql") sendJson(response, answerQuery(body));
    else if (area === "files") sendFile(request, response, runOf(name), Number(index));
    else if (area === "logged") response.end(runOf(name).rows.map(printJson).join("\n"));
    else if (area === "counts") {
      sendJson(response, counts);
      counts = {};
    } else if (area === "advance") {
      advance(name);
      response.end();
    } else response.writeHead(404).end();
  }

  function answerQuery(body: string): Answer {
    const { query, variables } = parseQuery(body);
    const operation = /(?:query|mutation)\s+(\w+)/.exec(query)?.[1] ?? "Viewer";
    count(operation);
    switch (operation) {
      case "Viewer":
      case "GetDefaultEntity":
        return { data: { viewer: { ...viewer, id: "VXNlcjox" } } };
      case "ServerFeaturesQuery":
        return { data: { serverInfo: { features: [] } } };
      case "ProbeRunInput":
        return { data: { RunType: { fields: [{ name: "projectId" }] } } };
    }
    const name = String(variables["run"] ?? variables["runName"] ?? variables["name"]);
    const { rows, files, liveData, liveFrom } = runOf(name);
    const isLive = variables["project"] === "live";
    const liveRows = isLive || liveFrom === undefined ? rows : rows.filter((row) => stepOf(row) >= liveFrom);
    switch (operation) {
      case "Run":
        return answerRun({ ...emptyRun, name, displayName: name });
      case "RunHistoryKeys":
        return answerRun({ historyKeys: historyKeys(rows) });
      case "RunParquetHistory": {
        const parquetUrls = files.map((_, index) => `${url}/files/${encodeURIComponent(name)}/${index}`);
        return answerRun({
          parquetHistory: isLive
            ? { parquetUrls: [], liveData: [] }
            : { parquetUrls, liveData: liveData ?? [] },
        });
      }
      case "HistoryPage":
        return answerRun({ history: historyPage(liveRows, variables) });
      case "SampledHistoryPage":
        return answerRun({ sampledHistory: [sampledPage(liveRows, variables["spec"])] });
      default:
        return { errors: [{ message: `the proof does not answer ${operation}` }] };
    }
  }

  function runOf(name: string | undefined): Stage {
    const run = runs.get(name ?? "");
    if (run === undefined) throw new Error(`there is no run ${name ?? ""}`);
    return run;
  }

  function advance(name: string | undefined): void {
    const next = cases.find((item) => item.name === name)?.next;
    if (name === undefined || next === undefined) throw new Error(`${name ?? ""} has no next stage`);
    runs.set(next.run?.name ?? name, next);
  }

  /** The whole file or the range asked for, as object stores answer. */
  function sendFile(request: IncomingMessage, response: ServerResponse, run: Stage, index: number): void {
    const file = run.files[index];
    if (file === undefined || run.fileStatus !== undefined) {
      response.writeHead(run.fileStatus ?? 404).end("there is no such file");
      return;
    }
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    const start = Number(range?.[1] ?? 0);
    const end = Math.min(Number(range?.[2] ?? file.length - 1), file.length - 1);
    const method = request.method ?? "";
    count(range === null ? `${method} file` : `${method} range`);
    if (method !== "HEAD") count("bytes", end - start + 1);
    response.writeHead(range === null ? 200 : 206, {
      "accept-ranges": "bytes",
      "content-length": end - start + 1,
      ...(range === null ? {} : { "content-range": `bytes ${start}-${end}/${file.length}` }),
    });
    response.end(method === "HEAD" ? undefined : file.subarray(start, end + 1));
  }

  const { promise, resolve } = Promise.withResolvers<undefined>();
  server.listen(0, "127.0.0.1", () => {
    resolve(undefined);
  });
  await promise;
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server listens on no port");
  url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      const closed = Promise.withResolvers<undefined>();
      server.close(() => {
        closed.resolve(undefined);
      });
      await closed.promise;
    },
  };
}

const viewer = { entity: "proof", username: "proof", email: "", flags: "{}", teams: { edges: [] } };

/** What the client selects of a run before it reads history. */
const emptyRun = {
  id: "UnVuOjE6MQ==",
  projectId: "1",
  state: "finished",
  createdAt: "2026-01-01T00:00:00.000Z",
  heartbeatAt: "2026-01-01T00:00:00.000Z",
  config: "{}",
  summaryMetrics: "{}",
  systemMetrics: "{}",
  tags: [],
  user: { name: "proof", username: "proof" },
};

function answerRun(run: Answer): Answer {
  return { data: { project: { run } } };
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(value));
}

function parseQuery(body: string): { query: string; variables: Readonly<Record<string, unknown>> } {
  const parsed: unknown = JSON.parse(body);
  if (
    typeof parsed !== "object" ||
    parsed === null ||
    !("query" in parsed) ||
    typeof parsed.query !== "string"
  ) {
    throw new TypeError("expected a request with a query");
  }
  const variables = "variables" in parsed ? parsed.variables : null;
  return {
    query: parsed.query,
    variables:
      typeof variables === "object" && variables !== null
        ? Object.fromEntries(Object.entries(variables))
        : {},
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
