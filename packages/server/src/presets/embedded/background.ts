/** What the embedded server does by itself, a parts list: one loop a duty. */
import type { Logger } from "pino";
import { compileRe2 } from "../../adapters/re2/regex.ts";
import { ArtifactSweeper } from "../../modules/artifacts/artifact-sweeper.ts";
import { RemovalReport } from "../../modules/artifacts/removal-report.ts";
import { AutomationEngine } from "../../modules/automations/engine/automation-engine.ts";
import { BackgroundLoop } from "../../modules/background/background-loop.ts";
import { FeedReader } from "../../modules/background/feed-reader.ts";
import { TaskRunner } from "../../modules/background/task-runner.ts";
import { Delivery } from "../../modules/executions/delivery.ts";
import { DELIVERY_TASK } from "../../modules/executions/execution-store.ts";
import type { MessageSender } from "../../modules/executions/message-sender.ts";
import { CrashDetector } from "../../modules/runs/crash-detector.ts";
import { RunCleanup } from "../../modules/runs/run-cleanup.ts";
import type { SweepAgentService } from "../../modules/sweeps/sweep-agent-service.ts";
import { SweepUpkeep } from "../../modules/sweeps/sweep-upkeep.ts";
import type { BlobStore } from "../../ports/blob-store.ts";
import type { Clock } from "../../ports/clock.ts";
import { ColumnUpkeep } from "./column-upkeep.ts";
import type { SealingThread } from "./sealing-thread.ts";
import type { StorageServices } from "./storage.ts";

/** What the loops are built from. */
export interface BackgroundParts {
  readonly dataFolder: string;
  readonly stores: StorageServices;
  readonly blobs: BlobStore;
  readonly sweepAgents: SweepAgentService;
  readonly sealing: SealingThread;
  readonly sender: MessageSender;
  readonly clock: Clock;
  readonly logger: Logger;
}

const SECOND_MS = 1000;
/** With the work of a round, statistics lag behind what was acknowledged by a second at most. */
const TAIL_INDEX_PAUSE_MS = 500;
/** An event is noticed and delivered a second later at most, as far as that depends on us. */
const AUTOMATIONS_PAUSE_MS = 500;
const DELIVERIES_PAUSE_MS = 500;
const SEALING_PAUSE_MS = SECOND_MS;
const HOUR_MS = 60 * 60 * SECOND_MS;
/** Events that everybody is done with are kept for a day, for whoever looks into what happened. */
const EVENT_LIFE_MS = 24 * HOUR_MS;
/** What automations did can be read for so long. */
const EXECUTION_LIFE_MS = 90 * 24 * HOUR_MS;

/** Starts every loop; `stop` ends them after the rounds that run. */
export function startBackground(parts: BackgroundParts): { stop(): Promise<void> } {
  const { dataFolder, stores, blobs, sweepAgents, sealing, sender, clock, logger } = parts;
  const loops: BackgroundLoop[] = [];
  const run = (name: string, pauseMs: number, round: (signal: AbortSignal) => Promise<boolean>): void => {
    const onFailure = (loop: string, err: unknown): void =>
      logger.error({ err, loop }, "background loop failed");
    loops.push(new BackgroundLoop({ name, pauseMs, round, onFailure }));
  };

  const crashes = new CrashDetector({ runs: stores.runs, clock });
  run("crash detection", 10 * SECOND_MS, async () => {
    const crashed = await crashes.detect(clock.now());
    for (const { projectId, runId, name } of crashed) logger.info({ projectId, runId, name }, "run crashed");
    return false;
  });

  const sweeps = new SweepUpkeep({ ...stores, clock, lostBefore: () => sweepAgents.lostBefore() });
  run("sweeps", 10 * SECOND_MS, async () => {
    await sweeps.round();
    return false;
  });

  const cleanup = new FeedReader({
    feed: stores.feed,
    consumer: new RunCleanup({ ...stores, blobs, clock }),
  });
  run("cleanup", SECOND_MS, () => cleanup.readOn());

  const sweeper = new ArtifactSweeper({ ...stores, blobs });
  run("artifact sweeping", 60 * SECOND_MS, () => sweeper.sweep(clock.now()));

  const removals = new RemovalReport({
    ...stores,
    tell: (removal) => logger.info(removal, "artifacts removed"),
  });
  run("removal report", 10 * SECOND_MS, () => removals.readOn());

  run("event pruning", HOUR_MS, async () => {
    const createdBefore = new Date(Date.parse(clock.now()) - EVENT_LIFE_MS).toISOString();
    return (await stores.feed.prune({ createdBefore })) > 0;
  });

  run("tail index", TAIL_INDEX_PAUSE_MS, async () => {
    await stores.tailIndexer.update();
    return false;
  });

  run("sealing", SEALING_PAUSE_MS, async (signal) => {
    await sealing.round(signal);
    return false;
  });

  const columns = new ColumnUpkeep({
    folder: dataFolder,
    kept: stores.columns,
    onDiscard: (reason) => logger.warn(reason),
  });
  run("columns", 30 * SECOND_MS, async (signal) => {
    await columns.round(signal);
    return false;
  });

  const automations = new AutomationEngine({ ...stores, clock, regex: compileRe2 });
  run("automations", AUTOMATIONS_PAUSE_MS, () => automations.readOn());

  // Apart from other tasks, so that an address that hangs keeps nothing but deliveries waiting.
  const delivery = new Delivery({ ...stores, sender, clock });
  const deliveries = new TaskRunner({
    tasks: stores.tasks,
    clock,
    handlers: { [DELIVERY_TASK]: (task, signal) => delivery.run(task, signal) },
    onFailure: (task, err) => logger.error({ err, key: task.key }, "delivery failed"),
  });
  run("deliveries", DELIVERIES_PAUSE_MS, (signal) => deliveries.runDue(signal));

  run("execution pruning", HOUR_MS, async () => {
    const endedBefore = new Date(Date.parse(clock.now()) - EXECUTION_LIFE_MS).toISOString();
    return (await stores.executions.prune({ endedBefore })) > 0;
  });

  const tasks = new TaskRunner({
    tasks: stores.tasks,
    clock,
    handlers: {},
    onFailure: (task, err) => logger.error({ err, kind: task.kind, key: task.key }, "task failed"),
  });
  run("tasks", SECOND_MS, (signal) => tasks.runDue(signal));

  for (const loop of loops) loop.start();
  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
      await sealing.close();
      await columns.close();
    },
  };
}
