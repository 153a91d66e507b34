/** Reads server-sent events from a stream of bytes, as the standard says; `fetch` has no reader of its own for them. */

/** An event. */
export interface ServerEvent {
  /** Its name. @default "message" */
  readonly event: string;
  readonly data: string;
  /** Where to go on after it; empty when the server names none. */
  readonly id: string;
}

/** The events of a stream, as they come. Leaving the loop early cancels the stream. */
export async function* readEventStream(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerEvent, void, undefined> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let fields: Fields = newFields();
  let isOver = false;
  try {
    for (;;) {
      const part = await reader.read();
      if (part.done) break;
      const lines = (rest + decoder.decode(part.value, { stream: true })).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line !== "") take(fields, line);
        else {
          const { event, data, id } = fields;
          if (data.length > 0) yield { event, data: data.join("\n"), id };
          fields = newFields();
        }
      }
    }
    isOver = true;
  } finally {
    if (!isOver) await reader.cancel();
  }
}

interface Fields {
  event: string;
  readonly data: string[];
  id: string;
}

function newFields(): Fields {
  return { event: "message", data: [], id: "" };
}

/** A line that begins with a colon is a comment. */
function take(fields: Fields, line: string): void {
  const colon = line.indexOf(":");
  const name = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
  if (name === "event") fields.event = value;
  else if (name === "data") fields.data.push(value);
  else if (name === "id") fields.id = value;
}
