import { describe, expect, it } from "vitest";

import { readEventStream } from "./event-stream.ts";
import type { ServerEvent } from "./event-stream.ts";

function streamOf(
  parts: readonly string[],
  onCancel: () => void = () => undefined,
): ReadableStream<Uint8Array> {
  const queue = parts.map((part) => new TextEncoder().encode(part));
  return new ReadableStream({
    pull: (controller) => {
      const part = queue.shift();
      if (part === undefined) controller.close();
      else controller.enqueue(part);
    },
    cancel: onCancel,
  });
}

async function read(parts: readonly string[]): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of readEventStream(streamOf(parts))) events.push(event);
  return events;
}

describe("server-sent events", () => {
  const text = 'retry: 5\n\n:\n\nid: 7\nevent: rows\ndata: {"ü":1}\n\ndata:a\ndata: b\nid\n\ndata: cut off';

  it("are read however their bytes are cut", async () => {
    const expected = [
      { event: "rows", data: '{"ü":1}', id: "7" },
      { event: "message", data: "a\nb", id: "" },
    ];
    expect(await read([text])).toEqual(expected);
    expect(await read(Array.from(text))).toEqual(expected);
    expect(await read([text.replaceAll("\n", "\r\n")])).toEqual(expected);
    expect(await read(Array.from(text.replaceAll("\n", "\r\n")))).toEqual(expected);
  });

  it("are no longer asked for when the loop is left", async () => {
    let isCancelled = false;
    const stream = streamOf(["data: 1\n\n", "data: 2\n\n"], () => (isCancelled = true));
    for await (const event of readEventStream(stream)) {
      expect(event.data).toBe("1");
      break;
    }
    expect(isCancelled).toBe(true);
  });
});
