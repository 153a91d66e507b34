// The calling side: a service of another thread that looks like one of this thread.
import type { MessagePort, Worker } from "node:worker_threads";
import { ServerError } from "../../errors.ts";
import type { CallMessage, RemoteFailure, ReplyMessage } from "./messages.ts";
import { Outbox } from "./outbox.ts";

/** How a service of another thread is called. */
export interface RemoteOptions {
  /**
   * The field of arguments whose bytes go over to the other thread: the caller must not touch them again.
   *
   * @default none; everything is copied
   */
  readonly handsOver?: string;
  /**
   * For how long a call with few bytes to hand over may wait for others, while earlier ones are not answered yet: the
   * other thread is busy with those, and one message wakes it as well as twenty.
   *
   * @default not at all
   */
  readonly patienceMs?: number;
}

/** Copying less than this is cheaper than handing it over. */
const minHandedOverBytes = 16 * 1024;

/**
 * The service called `name` of those that the other thread gave to `serveServices`, whose type is `Services`. Its
 * methods reject as they would there: expected failures as `ServerError` with code and field, others as errors that
 * keep name, message and stack; with `unavailable` when the thread has ended.
 */
export function createRemote<Services extends object, Name extends keyof Services & string>(
  thread: Worker | MessagePort,
  name: Name,
  options: RemoteOptions = {},
): Services[Name] {
  const calls = callsOf(thread);
  const methods = new Map<PropertyKey, (argument: unknown) => Promise<unknown>>();
  const handler: ProxyHandler<object> = {
    get(_target, key) {
      // A promise asks every value it is resolved with for `then`.
      if (typeof key === "symbol" || key === "then") return undefined;
      let method = methods.get(key);
      if (method === undefined) {
        method = (argument) => calls.call(name, key, argument, options);
        methods.set(key, method);
      }
      return method;
    },
  };
  // The compiler cannot know what methods the proxy has; the other thread refuses those that the service has not.
  return new Proxy({}, handler) as Services[Name];
}

/** One set of waiting calls a thread, however many services are called there. */
const threads: WeakMap<Worker | MessagePort, Calls> = new WeakMap();

function callsOf(thread: Worker | MessagePort): Calls {
  let calls = threads.get(thread);
  if (calls === undefined) {
    calls = new Calls(thread);
    threads.set(thread, calls);
  }
  return calls;
}

class Calls {
  readonly #outbox: Outbox<CallMessage>;
  readonly #waiting: Map<number, PromiseWithResolvers<unknown>> = new Map();
  /** Calls without an answer that others may wait for. */
  readonly #patient: Set<number> = new Set();
  #lastId = 0;
  #end: Error | undefined;

  constructor(thread: Worker | MessagePort) {
    this.#outbox = new Outbox({
      thread,
      // After everything that has arrived from outside in this turn was looked at.
      schedule: setImmediate,
      onUnsendable: (call, cause) => this.#refuse(call, cause),
    });
    thread.on("message", (replies: readonly ReplyMessage[]) => {
      for (const reply of replies) this.#settle(reply);
      // Nothing is left to wait for.
      if (this.#patient.size === 0) this.#outbox.hurry();
    });
    thread.on("error", (error: unknown) => this.#stop(error));
    thread.on("exit", () => this.#stop(undefined));
    thread.on("close", () => this.#stop(undefined));
  }

  call(
    service: string,
    method: string,
    argument: unknown,
    { handsOver, patienceMs }: RemoteOptions,
  ): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    const bytes = handsOver === undefined ? undefined : bytesIn(argument, handsOver);
    if (handsOver === undefined || bytes === undefined) this.#outbox.add({ id, service, method, argument });
    else {
      const { view, buffer } = toSendable(bytes);
      const sent = Object.assign({}, argument);
      Reflect.set(sent, handsOver, view);
      const mayWait = patienceMs !== undefined && buffer === undefined;
      this.#outbox.add(
        { id, service, method, argument: sent },
        { buffer, patienceMs: mayWait && this.#patient.size > 0 ? patienceMs : 0 },
      );
      if (mayWait) this.#patient.add(id);
    }
    return waiting.promise;
  }

  #refuse({ id, service, method }: CallMessage, cause: unknown): void {
    const error = new Error(`the argument of ${service}.${method} cannot be sent to a thread`, { cause });
    this.#waiting.get(id)?.reject(error);
    this.#forget(id);
  }

  #settle(reply: ReplyMessage): void {
    const waiting = this.#waiting.get(reply.id);
    this.#forget(reply.id);
    if (reply.kind === "value") waiting?.resolve(reply.value);
    else waiting?.reject(revive(reply.error));
  }

  #forget(id: number): void {
    this.#waiting.delete(id);
    this.#patient.delete(id);
  }

  #stop(cause: unknown): void {
    this.#end ??= new ServerError("unavailable", "The storage thread has ended.", { cause });
    for (const waiting of this.#waiting.values()) waiting.reject(this.#end);
    this.#waiting.clear();
    this.#patient.clear();
  }
}

function bytesIn(argument: unknown, field: string): Uint8Array | undefined {
  const bytes: unknown = Reflect.get(Object(argument), field);
  return bytes instanceof Uint8Array ? bytes : undefined;
}

/**
 * Bytes as they should cross: memory of their own is handed over when there is much of it; of memory that others use
 * as well, only these bytes are copied.
 */
function toSendable(bytes: Uint8Array): { readonly view: Uint8Array; readonly buffer?: ArrayBuffer } {
  const { buffer } = bytes;
  const isOwn = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  if (!isOwn) return { view: new Uint8Array(bytes) };
  return bytes.byteLength < minHandedOverBytes ? { view: bytes } : { view: bytes, buffer };
}

function revive(failure: RemoteFailure): Error {
  const origin = new Error(failure.message);
  origin.name = failure.name;
  if (failure.stack !== undefined) origin.stack = failure.stack;
  if (failure.code === undefined) return origin;
  return new ServerError(failure.code, failure.message, {
    cause: origin,
    ...(failure.field !== undefined && { field: failure.field }),
  });
}
