// The calling side: a service of another thread that looks like one of this thread.
import type { MessagePort, Worker } from "node:worker_threads";
import { ServerError } from "../../errors.ts";
import type { CallMessage, RemoteFailure, ReplyMessage } from "./messages.ts";

/**
 * The service called `name` of those that the other thread gave to `serveServices`, whose type is `Services`. Its
 * methods reject as they would there: expected failures as `ServerError` with code and field, others as errors that
 * keep name, message and stack; with `unavailable` when the thread has ended.
 */
export function createRemote<Services extends object, Name extends keyof Services & string>(
  thread: Worker | MessagePort,
  name: Name,
): Services[Name] {
  const calls = callsOf(thread);
  const methods = new Map<PropertyKey, (argument: unknown) => Promise<unknown>>();
  const handler: ProxyHandler<object> = {
    get(_target, key) {
      // A promise asks every value it is resolved with for `then`.
      if (typeof key === "symbol" || key === "then") return undefined;
      let method = methods.get(key);
      if (method === undefined) {
        method = (argument) => calls.call(name, key, argument);
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
  readonly #thread: Worker | MessagePort;
  readonly #waiting: Map<number, PromiseWithResolvers<unknown>> = new Map();
  #lastId = 0;
  #end: Error | undefined;

  constructor(thread: Worker | MessagePort) {
    this.#thread = thread;
    thread.on("message", (reply: ReplyMessage) => this.#settle(reply));
    thread.on("error", (error: unknown) => this.#stop(error));
    thread.on("exit", () => this.#stop(undefined));
    thread.on("close", () => this.#stop(undefined));
  }

  call(service: string, method: string, argument: unknown): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<unknown>();
    try {
      this.#thread.postMessage({ id, service, method, argument } satisfies CallMessage);
    } catch (error) {
      return Promise.reject(
        new Error(`the argument of ${service}.${method} cannot be sent to a thread`, { cause: error }),
      );
    }
    this.#waiting.set(id, waiting);
    return waiting.promise;
  }

  #settle(reply: ReplyMessage): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.kind === "value") waiting?.resolve(reply.value);
    else waiting?.reject(revive(reply.error));
  }

  #stop(cause: unknown): void {
    this.#end ??= new ServerError("unavailable", "The storage thread has ended.", { cause });
    for (const waiting of this.#waiting.values()) waiting.reject(this.#end);
    this.#waiting.clear();
  }
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
