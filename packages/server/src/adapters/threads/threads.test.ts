import { MessageChannel } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import { ServerError } from "../../errors.ts";
import { createRemote } from "./create-remote.ts";
import { serveServices } from "./serve-services.ts";

class Greeter {
  readonly #greeting = "hello";
  readonly never: (request?: { readonly bytes: Uint8Array }) => Promise<string> = () =>
    new Promise(() => undefined);

  greet(request: { readonly name: string }): Promise<string> {
    return Promise.resolve(`${this.#greeting} ${request.name}`);
  }

  size(bytes: Uint8Array): Promise<{ readonly size: number; readonly big: bigint }> {
    return Promise.resolve({ size: bytes.length, big: 2n ** 70n });
  }

  refuse(): Promise<string> {
    return Promise.reject(new ServerError("conflict", "not now", { field: "name" }));
  }

  fail(): Promise<string> {
    return Promise.reject(new TypeError("broken"));
  }

  failTwice(): Promise<string> {
    const first = new Error("the first", { cause: new Error("its cause") });
    return Promise.reject(new AggregateError([first, new Error("the second")], "two failures"));
  }

  uncloneable(): Promise<() => void> {
    return Promise.resolve(() => undefined);
  }

  count({ bytes }: { readonly bytes: Uint8Array }): Promise<number> {
    return Promise.resolve(bytes.length);
  }
}

interface Served {
  readonly greeter: Greeter;
  readonly absent: Greeter;
}

const { port1, port2 } = new MessageChannel();
serveServices(port2, { greeter: new Greeter() });
const greeter = createRemote<Served, "greeter">(port1, "greeter");

afterEach(() => {
  port1.ref();
});

test("a remote method returns what the service returns", async () => {
  await expect(greeter.greet({ name: "Ada" })).resolves.toBe("hello Ada");
  await expect(greeter.size(new Uint8Array(7))).resolves.toEqual({ size: 7, big: 2n ** 70n });
});

test("calls run side by side and answers find their callers", async () => {
  const names = Array.from({ length: 50 }, (_, index) => String(index));
  const answers = await Promise.all(names.map((name) => greeter.greet({ name })));
  expect(answers).toEqual(names.map((name) => `hello ${name}`));
});

test("an expected failure keeps its code, field and message", async () => {
  const error: unknown = await greeter.refuse().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ServerError);
  expect(error).toMatchObject({ code: "conflict", field: "name", message: "not now" });
});

test("a defect keeps its name, message and stack", async () => {
  const error: unknown = await greeter.fail().catch((reason: unknown) => reason);
  expect(error).not.toBeInstanceOf(ServerError);
  expect(error).toMatchObject({ name: "TypeError", message: "broken" });
  expect(error instanceof Error && error.stack).toContain("threads.test.ts");
});

test("a defect tells what it came from", async () => {
  const error: unknown = await greeter.failTwice().catch((reason: unknown) => reason);
  for (const text of ["two failures", "the first", "its cause", "the second"]) {
    expect(error instanceof Error && error.stack).toContain(text);
  }
});

test("a value that cannot be cloned and a service that is not there are errors, not silence", async () => {
  await expect(greeter.uncloneable()).rejects.toThrow("could not be cloned");
  await expect(createRemote<Served, "absent">(port1, "absent").greet({ name: "x" })).rejects.toThrow(
    'no service "absent" in this thread',
  );
});

test("calls that may wait go together while earlier ones have no answer, and at once when they have", async () => {
  const { port1: near, port2: far } = new MessageChannel();
  const told: number[] = [];
  far.on("message", (calls: readonly unknown[]) => told.push(calls.length));
  serveServices(far, { greeter: new Greeter() });
  const patient = createRemote<Served, "greeter">(near, "greeter", {
    handsOver: "bytes",
    patienceMs: 10_000,
  });
  const call = (): Promise<number> => patient.count({ bytes: new Uint8Array(3) });
  const first = call();
  await new Promise((resolve) => setImmediate(resolve));
  const others = [call(), call(), call()];
  await expect(Promise.all([first, ...others])).resolves.toEqual([3, 3, 3, 3]);
  expect(told).toEqual([1, 3]);
  near.close();
});

test("a call that may wait waits no longer than that for an answer that does not come", async () => {
  const { port1: near, port2: far } = new MessageChannel();
  serveServices(far, { greeter: new Greeter() });
  const patient = createRemote<Served, "greeter">(near, "greeter", { handsOver: "bytes", patienceMs: 1 });
  void patient.never({ bytes: new Uint8Array(3) }).catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  await expect(patient.count({ bytes: new Uint8Array(3) })).resolves.toBe(3);
  near.close();
});

test("calls that wait when the thread ends, and later ones, are unavailable", async () => {
  const waiting = greeter.never();
  port2.close();
  await expect(waiting).rejects.toMatchObject({ code: "unavailable" });
  await expect(greeter.greet({ name: "Ada" })).rejects.toMatchObject({ code: "unavailable" });
});
