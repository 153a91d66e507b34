// The core of logging and reading with the client of version 0.22.1, which asks the schema what it may ask.
import { startTestServer } from "@steelyard/testing";
import { expect, it } from "vitest";
import { PythonClient } from "./python/run-python.ts";

it.each(["0.30.0", "0.22.1"] as const)(
  "logs, resumes and reads a run with the client %s",
  async (version) => {
    await using server = await startTestServer();
    // Error reporting stays on here: everywhere else it is off to save time.
    await using client = await PythonClient.create(server, {
      version,
      env: { WANDB_ERROR_REPORTING: undefined },
    });
    const run = await client.run("log_core.py", { args: { project: "older" } });
    expect(run.value).toEqual({
      resumedAt: 11,
      state: "finished",
      config: { lr: 0.1, deep: { er: [1, 2] } },
      tags: ["t"],
      notes: "n",
      group: "g",
      jobType: "j",
      summary: { loss: 0.01, best: 0.25, big: 2n ** 60n + 9n },
      history: [
        ...Array.from({ length: 10 }, (_, i) => ({ _step: i, loss: 1 / (i + 1) })),
        { _step: 11, loss: 0.01 },
      ],
      scan: [...Array(12).keys()],
      lastHistoryStep: 11,
      files: expect.arrayContaining([
        "core.txt",
        "config.yaml",
        "output.log",
        "wandb-summary.json",
      ]) as unknown,
      file: "core file",
      runs: ["core"],
    });
  },
);
