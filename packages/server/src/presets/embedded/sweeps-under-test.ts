/** A server with sweeps and agents that act as the real ones do, for the tests of sweeps. */
import { isJsonArray, isJsonObject, parseJson, parseJsonObject } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";
import { openTestBench } from "./test-bench.ts";
import type { TestBench } from "./test-bench.ts";
import type { UserCaller } from "../../modules/access/caller.ts";
import type { Run } from "../../modules/runs/run.ts";
import type { SweepInput } from "../../modules/sweeps/sweep-input.ts";
import type { UpsertedSweep } from "../../modules/sweeps/sweep-service.ts";
import type { Sweep, SweepAgent } from "../../modules/sweeps/sweep.ts";

/** Where everything happens. */
export const ADDRESS = { entityName: "ann", projectName: "p" } as const;

/** A server to test, and its user. */
export class SweepsUnderTest {
  readonly bench: TestBench;
  readonly caller: UserCaller;

  private constructor(bench: TestBench, caller: UserCaller) {
    this.bench = bench;
    this.caller = caller;
  }

  /** Opens one. */
  static async open(): Promise<SweepsUnderTest> {
    const bench = await openTestBench();
    return new SweepsUnderTest(bench, await bench.createCaller("ann"));
  }

  /** Creates a sweep. */
  async create(config: string, input: SweepInput = {}): Promise<Sweep> {
    return (await this.upsert(ADDRESS, { config, ...input })).sweep;
  }

  /** As `SweepService.upsert`. */
  upsert(
    target: Parameters<TestBench["services"]["sweeps"]["upsert"]>[1],
    input: SweepInput,
  ): Promise<UpsertedSweep> {
    return this.bench.services.sweeps.upsert(this.caller, target, input);
  }

  /** The sweep as it is now. */
  async reload({ id }: Sweep): Promise<Sweep> {
    const sweep = await this.bench.stores.sweeps.find({ sweepId: id });
    if (sweep === undefined) throw new Error("the sweep is gone");
    return sweep;
  }

  /** Registers an agent. */
  async agent({ name: sweepName }: Sweep): Promise<ActingAgent> {
    const request = { sweepName, host: "h" };
    const agent = await this.bench.services.sweepAgents.create(this.caller, ADDRESS, request);
    return new ActingAgent(this, agent);
  }

  /** Sets a run's state, or its summary, as its process would. */
  async setRun(
    runName: string,
    change: { state?: string; summary?: string; sweepName?: string; config?: string },
  ): Promise<void> {
    await this.bench.services.runs.upsert(this.caller, { ...ADDRESS, runName }, change);
  }

  /** A run. */
  run(runName: string): Promise<Run> {
    return this.bench.services.runs.require(this.caller, { ...ADDRESS, runName });
  }

  /** Sends history lines of a run's metric, from its first step on. */
  async log(runName: string, key: string, values: readonly number[]): Promise<void> {
    const project = await this.bench.services.projects.require(this.caller, ADDRESS);
    const content = values.map((value, step) => JSON.stringify({ _step: step, [key]: value }));
    const body = new TextEncoder().encode(
      JSON.stringify({ files: { "wandb-history.jsonl": { offset: 0, content } } }),
    );
    const request = { body, encoding: "identity", writer: "run" } as const;
    await this.bench.services.history.append(this.caller, { project, runName }, request);
  }
}

/** What an agent is told. */
export interface Told {
  readonly type: string;
  readonly runName: string;
  readonly args: JsonObject;
}

/** An agent that carries out what it is told. */
export class ActingAgent {
  readonly #under: SweepsUnderTest;
  readonly record: SweepAgent;

  constructor(under: SweepsUnderTest, record: SweepAgent) {
    this.#under = under;
    this.record = record;
  }

  /** Calls with the runs that it has; undefined when it is told nothing. */
  async call(...runNames: string[]): Promise<Told | undefined> {
    const runState = JSON.stringify(Object.fromEntries(runNames.map((name) => [name, true])));
    const reply = await this.#under.bench.services.sweepAgents.heartbeat(this.#under.caller, {
      agentId: this.record.id,
      runState,
    });
    const commands = parseJson(reply.commands);
    if (!isJsonArray(commands) || commands.length > 1) throw new Error(`odd commands ${reply.commands}`);
    const [command] = commands;
    if (!isJsonObject(command)) return undefined;
    const [type, args] = [command["type"], command["args"]];
    return {
      type: typeof type === "string" ? type : "",
      runName: typeof command["run_id"] === "string" ? command["run_id"] : "",
      args: isJsonObject(args) ? args : {},
    };
  }

  /** Calls for a run and begins it. */
  async begin(): Promise<Told | undefined> {
    const told = await this.call();
    if (told?.type === "run") await this.#under.setRun(told.runName, {});
    return told;
  }

  /** Carries out runs until it is told to end, or `most` of them; tells what it was told to try. */
  async work(
    most: number = Infinity,
    metric: (parameters: JsonObject) => number = () => 0,
  ): Promise<JsonObject[]> {
    const tried: JsonObject[] = [];
    while (tried.length < most) {
      const told = await this.begin();
      if (told?.type === "exit") break;
      if (told?.type !== "run") throw new Error(`told ${JSON.stringify(told)}`);
      const parameters = parseJsonObject(JSON.stringify(unwrap(told.args)));
      tried.push(parameters);
      const summary = JSON.stringify({ loss: metric(parameters) });
      await this.#under.setRun(told.runName, { state: "finished", summary });
    }
    return tried;
  }
}

/** `{"lr": {"value": 0.1}}` as `{"lr": 0.1}`. */
function unwrap(args: JsonObject): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([key, entry]) => [key, isJsonObject(entry) ? entry["value"] : undefined]),
  );
}
