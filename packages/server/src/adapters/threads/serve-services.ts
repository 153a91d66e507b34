// The called side: answers calls from another thread with the services of this one.
import { isErrorCode } from "@steelyard/protocol";
import type { MessagePort } from "node:worker_threads";
import type { CallMessage, RemoteFailure, ReplyMessage } from "./messages.ts";
import { Outbox } from "./outbox.ts";

/** Services by name; each method takes one argument that can be cloned and returns a promise of a value that can. */
export type ServedServices = Readonly<Record<string, object>>;

/** Answers every call that arrives at `port` until the port closes. Calls run side by side. */
export function serveServices(port: MessagePort, services: ServedServices): void {
  const replies = new Outbox<ReplyMessage>({
    thread: port,
    // When nothing that is ready to go on is left: a commit answers many calls at once.
    schedule: (flush) => process.nextTick(flush),
    onUnsendable: ({ id }, cause) => {
      // The value could not be cloned: the caller must hear of it, or it would wait for ever.
      port.postMessage([{ id, kind: "error", error: describe(cause) } satisfies ReplyMessage]);
    },
  });
  port.on("message", (calls: readonly CallMessage[]) => {
    for (const call of calls) void answer(services, call).then((reply) => replies.add(reply));
  });
}

async function answer(services: ServedServices, call: CallMessage): Promise<ReplyMessage> {
  try {
    const service = Object.hasOwn(services, call.service) ? services[call.service] : undefined;
    if (service === undefined) throw new Error(`no service "${call.service}" in this thread`);
    const method: unknown = Reflect.get(service, call.method);
    if (typeof method !== "function") throw new Error(`no method "${call.method}" in "${call.service}"`);
    const value: unknown = await Reflect.apply(method, service, [call.argument]);
    return { id: call.id, kind: "value", value };
  } catch (error) {
    return { id: call.id, kind: "error", error: describe(error) };
  }
}

function describe(error: unknown): RemoteFailure {
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error), code: undefined, field: undefined, stack: undefined };
  }
  const code =
    "code" in error && typeof error.code === "string" && isErrorCode(error.code) ? error.code : undefined;
  const field = "field" in error && typeof error.field === "string" ? error.field : undefined;
  return { name: error.name, message: error.message, code, field, stack: wholeStack(error) };
}

/** The stack of an error and of what it came from, which the other thread has no other way to see. */
function wholeStack(error: Error): string {
  const several: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  const origins = [...(error.cause === undefined ? [] : [error.cause]), ...several];
  const texts = origins.map((origin) => (origin instanceof Error ? wholeStack(origin) : String(origin)));
  return [error.stack ?? error.message, ...texts].join("\nfrom ");
}
