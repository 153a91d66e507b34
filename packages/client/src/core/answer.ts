/** An answer whose body is read with failures that can be told apart from those of the reader's own work. */
import type { AttemptTimer } from "./attempt-timer.ts";

/** The connection broke, or the time was up, while a request was sent or its answer read. */
export class ExchangeFailure extends Error {
  override readonly name: string = "ExchangeFailure";
}

/** A successful answer, as the readers of a transport see it. */
export class Answer {
  readonly #response: Response;
  readonly #timer: AttemptTimer;

  constructor(response: Response, timer: AttemptTimer) {
    this.#response = response;
    this.#timer = timer;
  }

  /** The answer's status, from 200 to 299. */
  get status(): number {
    return this.#response.status;
  }

  /** The answer's headers. */
  get headers(): Headers {
    return this.#response.headers;
  }

  /** The whole body as text. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  /** The whole body. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of this.chunks()) {
      parts.push(part);
      size += part.length;
    }
    const whole = new Uint8Array(size);
    let offset = 0;
    for (const part of parts) {
      whole.set(part, offset);
      offset += part.length;
    }
    return whole;
  }

  /** The body in parts, as they come; only the time in which one is waited for counts as silence. Leaving the loop early closes the connection. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = this.#response.body?.getReader();
    if (reader === undefined) return;
    let isComplete = false;
    try {
      for (;;) {
        this.#timer.listen();
        const part = await exchange(() => reader.read());
        this.#timer.pause();
        isComplete = part.done;
        if (part.done) return;
        yield part.value;
      }
    } finally {
      if (!isComplete) this.#timer.abort();
    }
  }
}

/** Runs a step of talking to the server; its failure becomes an {@link ExchangeFailure} with the cause. */
export async function exchange<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    throw new ExchangeFailure("The exchange with the server failed", { cause });
  }
}
