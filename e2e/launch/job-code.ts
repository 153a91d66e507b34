// A program that leaves a job behind, and the ways to start it anew.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PythonClient } from "../python/run-python.ts";
import { runCommand, startCommand, type StartedCommand } from "../python/run-command.ts";
import { venvPython } from "../python/venv.ts";

/** The job that the program becomes, without its entity. */
export const JOB = "demo/job-source-demo-train.py:latest";

/** Starts the program; what the client itself writes into the job does not work with a released Python. */
export const ENTRYPOINT: readonly string[] = ["python", "train.py"];

const PROGRAM = `
import os
import wandb

with wandb.init(project="demo", config={"lr": 0.1, "epochs": 2, "fails": False}) as run:
    if "WANDB_LAUNCH" not in os.environ:
        run.log_code(".")
    for epoch in range(run.config["epochs"]):
        run.log({"loss": run.config["lr"] / (epoch + 1)})
    if run.config["fails"]:
        raise SystemExit(3)
`;

/** Runs the program once where it is, which makes the job. */
export async function makeJob(client: PythonClient): Promise<void> {
  const folder = join(client.home, "code");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "train.py"), PROGRAM);
  const env = { ...client.environment(), WANDB_DISABLE_JOB_CREATION: "false" };
  const result = await runCommand(venvPython("0.30.0"), ["train.py"], { cwd: folder, env });
  if (result.code !== 0) throw new Error(`the program failed:\n${result.stdout}\n${result.stderr}`);
}

/** Starts `wandb launch-agent` on a queue. */
export function startAgent(client: PythonClient, queue: string): Promise<StartedCommand> {
  const args = ["-X", "utf8", "-m", "wandb", "launch-agent", "-q", queue, "--max-jobs", "4", "-v"];
  return startCommand(venvPython("0.30.0"), args, { cwd: client.home, env: client.environment() });
}
