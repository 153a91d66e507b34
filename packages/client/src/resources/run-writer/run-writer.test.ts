import { describe, expect, it } from "vitest";

import { jsonBody, startScriptedServer } from "../../../test/scripted-server.ts";
import type { ReceivedRequest, ScriptedAnswer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import { sessionOf } from "../../core/session.ts";
import { MAX_LINE_BYTES, RunWriter } from "./run-writer.ts";
import type { RunWriterOptions } from "./run-writer.ts";

const PLACE = { entity: "team", project: "shop", id: "r1" };

interface Writing {
  readonly posts: ReceivedRequest[];
  readonly writer: RunWriter;
}

/** A writer for a server that answers as the test says, and the posts that the server took. */
async function write(
  use: (writing: Writing) => Promise<void>,
  options: { readonly answer?: (count: number) => ScriptedAnswer } & RunWriterOptions = {},
): Promise<void> {
  const posts: ReceivedRequest[] = [];
  let count = 0;
  await using server = await startScriptedServer((request) => {
    const answer = options.answer?.(count++) ?? { body: { exitcode: null, limits: {} } };
    if ((answer.status ?? 200) === 200) posts.push(request);
    return answer;
  });
  const service = await sessionOf(testApi(server, { maxRetries: 2 })).service();
  await use({ posts, writer: new RunWriter(service, PLACE, options) });
}

describe("RunWriter", () => {
  it("sends rows with the number of their first line, the last values as summary, and the end", async () => {
    await write(async ({ posts, writer }) => {
      await writer.append({ _step: 0, loss: 1, big: 2n ** 60n });
      await writer.append({ _step: 1, loss: NaN });
      await writer.flush();
      await writer.append({ _step: 2, loss: 0.5 });
      await writer.finish();
      expect(posts.map(({ path }) => path)).toEqual(Array(2).fill("/files/team/shop/r1/file_stream"));
      expect(posts.map(jsonBody)).toEqual([
        {
          files: {
            "wandb-history.jsonl": {
              offset: 0,
              content: ['{"_step":0,"loss":1,"big":1152921504606846976}', '{"_step":1,"loss":NaN}'],
            },
          },
        },
        {
          files: {
            "wandb-history.jsonl": { offset: 2, content: ['{"_step":2,"loss":0.5}'] },
            "wandb-summary.json": {
              offset: 0,
              content: ['{"_step":2,"loss":0.5,"big":1152921504606846976}'],
            },
          },
          complete: true,
          exitcode: 0,
        },
      ]);
    });
  });

  it("sends the same lines at the same place after a failure, and loses none", async () => {
    const answer = (count: number): ScriptedAnswer => (count < 4 ? { status: 500, body: "" } : { body: {} });
    await write(
      async ({ posts, writer }) => {
        await writer.append({ _step: 7 });
        await expect(writer.flush()).rejects.toThrow(/500/u);
        await writer.append({ _step: 8 });
        await writer.finish(1);
        expect(posts.map(jsonBody)).toMatchObject([
          {
            files: { "wandb-history.jsonl": { offset: 7, content: ['{"_step":7}', '{"_step":8}'] } },
            complete: true,
            exitcode: 1,
          },
        ]);
      },
      { answer, firstLine: 7 },
    );
  });

  it("sends a post whenever enough has come together", async () => {
    await write(async ({ posts, writer }) => {
      for (let step = 0; step < 2_500; step += 1) await writer.append({ _step: step });
      expect(posts.map(jsonBody)).toMatchObject([
        { files: { "wandb-history.jsonl": { offset: 0 } } },
        { files: { "wandb-history.jsonl": { offset: 1_000 } } },
      ]);
    });
  });

  it("refuses a row that is too long and keeps the others", async () => {
    await write(async ({ posts, writer }) => {
      await writer.append({ _step: 0 });
      await expect(writer.append({ text: "é".repeat(MAX_LINE_BYTES / 2) })).rejects.toThrow(/longer than/u);
      await writer.finish();
      expect(posts.map(jsonBody)).toMatchObject([
        { files: { "wandb-history.jsonl": { content: ['{"_step":0}'] } } },
      ]);
    });
  });

  it("notices that somebody asked the run to stop", async () => {
    await write(
      async ({ writer }) => {
        await writer.append({ _step: 0 });
        expect(writer.isStopped).toBe(false);
        await writer.flush();
        expect(writer.isStopped).toBe(true);
      },
      { answer: () => ({ body: { stopped: true } }) },
    );
  });

  it("posts nothing while there is nothing to say", async () => {
    await write(async ({ posts, writer }) => {
      await writer.flush();
      expect(posts).toEqual([]);
    });
  });
});
