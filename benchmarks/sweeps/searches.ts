// The searches that are compared, behind one port: ours in this process, the peers in Python.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { isJsonArray, isJsonObject, parseJson, printJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { nextParameters } from "../../packages/server/src/modules/sweeps/search/next-parameters.ts";
import { createSeededRandom } from "../../packages/server/src/modules/sweeps/search/seeded-random.ts";
import type { Trial } from "../../packages/server/src/modules/sweeps/search/trial.ts";
import { parseSweepConfig } from "../../packages/server/src/modules/sweeps/sweep-config.ts";

/** A search that goes on. */
export interface Search {
  ask(count: number): Promise<readonly JsonObject[]>;
  tell(values: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

/** Begins a search. */
export type StartSearch = (parameters: JsonObject, seed: number) => Promise<Search>;

/** Our search, by one of its methods. */
export function ourSearch(method: "bayes" | "random"): StartSearch {
  return (parameters, seed) => {
    const { config } = parseSweepConfig({ method, metric: { name: "loss", goal: "minimize" }, parameters });
    const random = createSeededRandom(seed);
    const ended: Trial[] = [];
    let underWay: Trial[] = [];
    return Promise.resolve({
      ask(count) {
        underWay = [];
        while (underWay.length < count) {
          const next = nextParameters({ config, trials: [...ended, ...underWay], random });
          if (!("parameters" in next)) throw new Error("expected a search without an end");
          underWay.push({ parameters: next.parameters, metric: null, state: "running" });
        }
        return Promise.resolve(underWay.map((trial) => trial.parameters));
      },
      tell(values) {
        for (const [index, metric] of values.entries()) {
          const parameters = underWay[index]?.parameters ?? {};
          ended.push({ parameters, metric, state: "finished" });
        }
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    });
  };
}

/** A peer's search, in a Python process of its own. */
export function peerSearch(python: string, peer: string): StartSearch {
  return async (parameters, seed) => {
    const script = fileURLToPath(new URL("peers.py", import.meta.url));
    const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
    const ended = once(child, "close");
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const question = async (asked: JsonObject): Promise<JsonValue> => {
      child.stdin.write(`${printJson(asked)}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error(`${peer} ended without an answer`);
      return parseJson(line.value);
    };
    await question({ start: peer, space: parameters, seed });
    return {
      async ask(count) {
        const points = await question({ ask: count });
        return isJsonArray(points) ? points.filter(isJsonObject) : [];
      },
      async tell(values) {
        await question({ tell: [...values] });
      },
      async close() {
        child.stdin.end();
        await ended;
      },
    };
  };
}
