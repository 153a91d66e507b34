import { describe, expect, it } from "vitest";

import { runAnswer, runData } from "../../../test/run-data.ts";
import { graphqlScript, startScriptedServer } from "../../../test/scripted-server.ts";
import type { ScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import { NotFoundError, ValueError } from "../../index.ts";
import type { JsonObject } from "../../index.ts";

const LINES = Array.from({ length: 5 }, (_, number) => ({
  node: {
    number,
    timestamp: number === 0 ? null : `2026-11-20T23:40:0${number}.123456`,
    level: number === 4 ? "error" : null,
    label: "",
    line: `line ${number}`,
  },
}));

/** A server that says too early that there are no more pages. */
function start(hasNextPage: (end: number) => boolean): Promise<ScriptedServer> {
  return startScriptedServer(
    graphqlScript({
      Run: runAnswer(runData("r")),
      RunConsoleLogPage: ({ first, after }: JsonObject) => {
        const from = Number(after ?? 0);
        const end = Math.min(LINES.length, from + Number(first));
        const pageInfo = { endCursor: String(end), hasNextPage: hasNextPage(end) };
        return runAnswer({ logLineCount: 5, logLines: { edges: LINES.slice(from, end), pageInfo } });
      },
      RunConsoleLogTail: ({ last }: JsonObject) =>
        runAnswer({ logLineCount: 5, logLines: { edges: LINES.slice(-Number(last)) } }),
    }),
  );
}

describe("console logs", () => {
  it.each([
    ["honest", (end: number) => end < 5],
    ["too early", () => false],
  ])("come whole from a server whose end is %s", async (_, hasNextPage) => {
    await using server = await start(hasNextPage);
    const logs = (await testApi(server).run("r")).consoleLogs({ perPage: 2 });
    expect((await logs.toArray()).map(String)).toEqual(["line 0", "line 1", "line 2", "line 3", "line 4"]);
    expect(await logs.length()).toBe(5);
  });

  it("have instants in UTC with all digits beside them", async () => {
    await using server = await start((end) => end < 5);
    const logs = (await testApi(server).run("r")).consoleLogs();
    const [first, , third] = await logs.toArray();
    expect([first?.timestamp, first?.level, first?.number]).toEqual([null, "", 0]);
    expect(third?.timestamp?.toISOString()).toBe("2026-11-20T23:40:02.123Z");
    expect(third?.timestampText).toBe("2026-11-20T23:40:02.123456");
  });

  it("can be the last lines alone, in one request", async () => {
    await using server = await start((end) => end < 5);
    const logs = (await testApi(server).run("r")).consoleLogs({ last: 2 });
    const lines = await logs.toArray();
    expect(lines.map(({ content, level }) => [content, level])).toEqual([
      ["line 3", ""],
      ["line 4", "error"],
    ]);
    expect(server.operations).toEqual(["Run", "RunConsoleLogTail"]);
  });

  it("refuse counts that are not positive, and a run that is gone", async () => {
    await using server = await startScriptedServer(
      graphqlScript({ Run: runAnswer(runData("r")), RunConsoleLogPage: { project: { run: null } } }),
    );
    const run = await testApi(server).run("r");
    expect(() => run.consoleLogs({ last: 0 })).toThrow(ValueError);
    expect(() => run.consoleLogs({ perPage: 0 })).toThrow(ValueError);
    await expect(run.consoleLogs().toArray()).rejects.toThrow(NotFoundError);
  });
});
