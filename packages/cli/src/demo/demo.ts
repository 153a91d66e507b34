/** The example project: logs a few trainings for real on the first start, then reads them back with `Api`. */
import { Api, isNotFound } from "@steelyard/client";
import { printJson } from "@steelyard/protocol";
import Table from "cli-table3";
import { train, type TrainingSettings } from "./iris-network.ts";
import { RunLogger, type LogTarget } from "./run-logger.ts";

const PROJECT = "iris-example";

const common = { momentum: 0.9, batchSize: 16, epochs: 60, seed: 7 } as const;

/** The settings that the example compares. */
const trainings: readonly TrainingSettings[] = [0.3, 0.03, 0.003].flatMap((learningRate) =>
  [2, 8].map((hiddenUnits) => ({ ...common, learningRate, hiddenUnits })),
);

/** Where the example goes, and who is told how far it is. */
export interface DemoOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Prints one line. */
  readonly print: (line: string) => void;
}

/** Logs the example project unless it is there, and prints the table of its runs. Throws when the server refuses something. */
export async function runDemo({ baseUrl, apiKey, print }: DemoOptions): Promise<void> {
  const api = new Api({ apiKey, overrides: { baseUrl } });
  const path = `${(await api.defaultEntity()) ?? ""}/${PROJECT}`;
  if ((await countRuns(api, path)) === 0) await logTrainings({ baseUrl, apiKey, project: PROJECT }, print);
  print(`The example project, best run first: api.runs("${path}", { order: "+summary_metrics.val_loss" })`);
  print(await tableOfRuns(api, path));
}

async function countRuns(api: Api, path: string): Promise<number> {
  try {
    return await api.runs(path).length();
  } catch (error) {
    if (isNotFound(error)) return 0;
    throw error;
  }
}

async function logTrainings(target: LogTarget, print: (line: string) => void): Promise<void> {
  print(`Logging ${PROJECT}: ${trainings.length} trainings of a small network on iris flowers.`);
  for (const [index, settings] of trainings.entries()) {
    await logTraining(target, settings);
    const { learningRate, hiddenUnits, epochs } = settings;
    print(
      `  ${index + 1}/${trainings.length} learning rate ${learningRate}, ${hiddenUnits} hidden, ${epochs} epochs`,
    );
  }
}

async function logTraining(target: LogTarget, settings: TrainingSettings): Promise<void> {
  const { learningRate, hiddenUnits, momentum, batchSize, epochs, seed } = settings;
  const name = `iris-lr${learningRate}-h${hiddenUnits}`.replaceAll(".", "_");
  const run = await RunLogger.start(target, {
    name,
    displayName: `lr ${learningRate}, ${hiddenUnits} hidden`,
    config: { lr: learningRate, hidden_units: hiddenUnits, momentum, batch_size: batchSize, epochs, seed },
    tags: ["example"],
    notes: "A network with one hidden layer learns to tell three kinds of iris flowers apart.",
  });
  for (const result of train(settings)) {
    run.log({
      epoch: result.epoch,
      loss: result.loss,
      accuracy: result.accuracy,
      val_loss: result.heldBackLoss,
      val_accuracy: result.heldBackAccuracy,
      gradient_norm: result.gradientNorm,
    });
  }
  await run.finish();
}

async function tableOfRuns(api: Api, path: string): Promise<string> {
  const table = new Table({
    head: ["run", "state", "lr", "hidden", "loss", "val_loss", "val_accuracy"],
    style: { head: [], border: [] },
  });
  for await (const run of api.runs(path, { order: "+summary_metrics.val_loss" })) {
    const { summary } = run;
    table.push([
      run.displayName ?? run.id,
      run.state,
      ...["lr", "hidden_units"].map((key) => printJson(run.config[key] ?? null)),
      ...["loss", "val_loss", "val_accuracy"].map((key) => Number(summary.get(key)).toFixed(4)),
    ]);
  }
  return table.toString();
}
