import { describe, expect, it } from "vitest";

import { startScriptedServer } from "../../test/scripted-server.ts";
import type { Script, ScriptedServer } from "../../test/scripted-server.ts";
import { instantClock } from "../../test/test-api.ts";
import type { InstantClock } from "../../test/test-api.ts";
import { SYSTEM_CLOCK } from "./clock.ts";
import {
  AuthenticationError,
  CommError,
  ConflictError,
  ConnectionError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  TimeoutError,
  isNotFound,
} from "./errors.ts";
import { HttpTransport } from "./http.ts";
import type { HttpRequest, HttpTransportOptions } from "./http.ts";
import { SILENT_LOGGER } from "./logger.ts";
import { DEFAULT_RETRY_POLICY } from "./retry.ts";

interface Setup extends AsyncDisposable {
  readonly server: ScriptedServer;
  readonly clock: InstantClock;
  readonly transport: HttpTransport;
  get(path: string, request?: Partial<HttpRequest>): Promise<string>;
}

async function setUp(script: Script, options: Partial<HttpTransportOptions> = {}): Promise<Setup> {
  const server = await startScriptedServer(script);
  const clock = instantClock();
  const transport = new HttpTransport({
    fetch: (url, init) => fetch(url, init),
    baseUrl: server.url,
    authorization: () => Promise.resolve("Basic secret"),
    headers: { "user-agent": "test" },
    timeoutMs: 5_000,
    retryPolicy: DEFAULT_RETRY_POLICY,
    clock,
    logger: SILENT_LOGGER,
    ...options,
  });
  return {
    server,
    clock,
    transport,
    get: (path, request) =>
      transport.send(
        { method: "GET", url: `${server.url}${path}`, what: "Test", isIdempotent: true, ...request },
        (answer) => answer.text(),
      ),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error("Expected a failure");
    },
    (error: unknown) => error,
  );
}

describe("credentials", () => {
  it("are sent to addresses under the base URL", async () => {
    await using test = await setUp(() => ({ body: "ok" }));
    await test.get("/files/a");
    expect(test.server.requests[0]?.headers).toMatchObject({
      authorization: "Basic secret",
      "user-agent": "test",
    });
  });

  it("are not sent to another server", async () => {
    await using other = await startScriptedServer(() => ({ body: "ok" }));
    await using test = await setUp(() => ({ body: "ok" }));
    await test.get("/", { url: `${other.url}/signed?key=1` });
    expect(other.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  it("are not sent along when the server redirects to another one", async () => {
    await using other = await startScriptedServer(() => ({ body: "moved" }));
    await using test = await setUp(() => ({
      status: 302,
      headers: { location: `${other.url}/there` },
      body: "",
    }));
    expect(await test.get("/here")).toBe("moved");
    expect(other.requests[0]?.headers).not.toHaveProperty("authorization");
  });
});

describe("errors", () => {
  it.each([
    [400, CommError, "invalid_argument"],
    [401, AuthenticationError, "unauthenticated"],
    [403, PermissionError, "permission_denied"],
    [404, NotFoundError, "not_found"],
    [409, ConflictError, "conflict"],
    [413, CommError, "payload_too_large"],
    [501, CommError, "unsupported"],
  ])("of status %i are final and have their class", async (status, type, code) => {
    await using test = await setUp(() => ({
      status,
      headers: { "x-request-id": "r-7" },
      body: { error: { message: "because" } },
    }));
    const error = await failure(test.get("/x"));
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ code, status, requestId: "r-7" });
    expect(String(error)).toContain("because");
    expect(test.server.requests).toHaveLength(1);
  });

  it.each([
    [{ errors: ["one", { message: "two" }] }, "[one; two]"],
    [{ error: "plain" }, "plain"],
    ["not JSON", "not JSON"],
  ])("take their message from a body like %j", async (body, text) => {
    await using test = await setUp(() => ({ status: 404, body }));
    expect(String(await failure(test.get("/x")))).toContain(text);
  });

  it("are recognised by guards", async () => {
    await using test = await setUp(() => ({ status: 404 }));
    expect(isNotFound(await failure(test.get("/x")))).toBe(true);
    expect(isNotFound(new Error("not found"))).toBe(false);
  });

  it("name the server but neither path nor query, which may hold a signature", async () => {
    await using test = await setUp(() => ({ hangUp: "at once" }), {
      retryPolicy: { ...DEFAULT_RETRY_POLICY, maxRetries: 0 },
    });
    const error = await failure(test.get("/secret-path?signature=abc"));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(String(error)).toContain(test.server.url);
    expect(String(error)).not.toContain("signature");
    expect(error).toHaveProperty("cause");
  });
});

describe("retries", () => {
  it("repeat a read until it succeeds", async () => {
    await using test = await setUp((_, count) => (count < 3 ? { status: 503 } : { body: "at last" }));
    expect(await test.get("/x")).toBe("at last");
    expect(test.clock.waits).toEqual([250, 500, 1_000]);
  });

  it("give up after maxRetries with the last error", async () => {
    await using test = await setUp(() => ({ status: 500, body: { error: "broken" } }), {
      retryPolicy: { ...DEFAULT_RETRY_POLICY, maxRetries: 2 },
    });
    expect(await failure(test.get("/x"))).toMatchObject({ status: 500, code: "internal" });
    expect(test.server.requests).toHaveLength(3);
  });

  it("repeat a read whose connection broke, also in the middle of the body", async () => {
    await using test = await setUp((_, count) => {
      if (count === 0) return { hangUp: "at once" };
      if (count === 1) return { body: "half", headers: { "content-length": "8" }, hangUp: "after body" };
      return { body: "whole" };
    });
    expect(await test.get("/x")).toBe("whole");
  });

  it("do not repeat what is not idempotent when the server may have done it", async () => {
    await using test = await setUp(() => ({ hangUp: "at once" }));
    const request = { method: "POST", body: () => "{}", isIdempotent: false } as const;
    expect(await failure(test.get("/x", request))).toBeInstanceOf(ConnectionError);
    expect(test.server.requests).toHaveLength(1);
  });

  it("repeat what is not idempotent when nobody listened, or the server refused the rate", async () => {
    await using test = await setUp((_, count) => (count === 0 ? { status: 429 } : { body: "done" }));
    const request = { method: "POST", body: () => "{}", isIdempotent: false } as const;
    expect(await test.get("/x", request)).toBe("done");

    const gone = await startScriptedServer(() => ({}));
    await gone[Symbol.asyncDispose]();
    let attempts = 0;
    await using refused = await setUp(() => ({}), {
      fetch: () => {
        attempts += 1;
        return fetch(gone.url);
      },
    });
    expect(await failure(refused.get("/x", request))).toBeInstanceOf(ConnectionError);
    expect(attempts).toBe(6);
  });

  it("wait as long as Retry-After asks, in seconds or until a date", async () => {
    await using test = await setUp((_, count) => {
      if (count === 0) return { status: 429, headers: { "retry-after": "7" } };
      if (count === 1)
        return { status: 503, headers: { "retry-after": new Date(Date.now() + 30_000).toUTCString() } };
      return { body: "ok" };
    });
    await test.get("/x");
    const [first = 0, second = 0] = test.clock.waits;
    expect(first).toBe(7_000);
    expect(second).toBeGreaterThan(15_000);
    expect(second).toBeLessThan(31_000);
  });

  it("give up at once when the server asks for more than a minute", async () => {
    await using test = await setUp(() => ({ status: 429, headers: { "retry-after": "3600" } }));
    const error = await failure(test.get("/x"));
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ retryAfterMs: 3_600_000 });
  });

  it("hold the next request back when the rate limit is used up", async () => {
    await using test = await setUp(() => ({
      body: "ok",
      headers: { "ratelimit-remaining": "0", "ratelimit-reset": "3" },
    }));
    await test.get("/x");
    expect(test.clock.waits).toEqual([]);
    await test.get("/x");
    expect(test.clock.waits[0]).toBeGreaterThan(2_500);
  });
});

describe("time limits and signals", () => {
  it("end an attempt that takes too long", async () => {
    await using test = await setUp(() => ({ delayMs: 2_000 }), {
      timeoutMs: 50,
      retryPolicy: { ...DEFAULT_RETRY_POLICY, maxRetries: 1 },
    });
    expect(await failure(test.get("/x"))).toBeInstanceOf(TimeoutError);
    expect(test.server.requests).toHaveLength(2);
  });

  it("allow a transfer as long as parts keep coming", async () => {
    const part = new TextEncoder().encode("x".repeat(10));
    const slow = (): Promise<Response> => {
      let sent = 0;
      const body = new ReadableStream<Uint8Array>({
        pull: async (controller) => {
          await new Promise((resolve) => setTimeout(resolve, 60));
          sent += 1;
          if (sent > 5) controller.close();
          else controller.enqueue(part);
        },
      });
      return Promise.resolve(new Response(body));
    };
    await using test = await setUp(() => ({}), { timeoutMs: 150, fetch: slow });
    expect(await test.get("/x", { limit: "silence" })).toHaveLength(50);
  });

  it("throw the reason of an aborted signal as it is", async () => {
    await using test = await setUp(() => ({ delayMs: 2_000 }));
    const controller = new AbortController();
    const reason = new Error("changed my mind");
    setTimeout(() => {
      controller.abort(reason);
    }, 30);
    expect(await failure(test.get("/x", { signal: controller.signal }))).toBe(reason);
  });

  it("end a wait between attempts when the signal is aborted", async () => {
    await using test = await setUp(() => ({ status: 503, headers: { "retry-after": "30" } }), {
      clock: SYSTEM_CLOCK,
    });
    const signal = AbortSignal.timeout(50);
    expect(await failure(test.get("/x", { signal }))).toMatchObject({ name: "TimeoutError" });
  });
});

describe("open", () => {
  it("hands the body over as it comes", async () => {
    await using test = await setUp(() => ({ body: "content" }));
    const stream = await test.transport.open({
      method: "GET",
      url: `${test.server.url}/x`,
      what: "Test",
      isIdempotent: true,
    });
    expect(await new Response(stream).text()).toBe("content");
  });

  it("fails the stream with an error of the tree when the connection breaks", async () => {
    await using test = await setUp(() => ({
      body: "half",
      headers: { "content-length": "8" },
      hangUp: "after body",
    }));
    const stream = await test.transport.open({
      method: "GET",
      url: `${test.server.url}/x`,
      what: "Test",
      isIdempotent: true,
    });
    expect(await failure(new Response(stream).text())).toBeInstanceOf(ConnectionError);
  });
});
