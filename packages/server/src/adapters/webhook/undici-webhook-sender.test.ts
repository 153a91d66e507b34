import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import type { WebhookOutcome } from "../../ports/webhook-sender.ts";
import { findUrlFault, isPublicAddress } from "./address-rules.ts";
import { UndiciWebhookSender } from "./undici-webhook-sender.ts";

const servers: Server[] = [];
const senders: UndiciWebhookSender[] = [];
afterEach(async () => {
  for (const sender of senders.splice(0)) await sender.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(handle: RequestListener): Promise<string> {
  const server = createServer(handle);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

function post(url: string, allowsPrivate = true): Promise<WebhookOutcome> {
  const sender = new UndiciWebhookSender({ allowsPrivate, timeoutMs: 300, userAgent: "steelyard/test" });
  senders.push(sender);
  const headers = { "content-type": "application/json", authorization: "Bearer token" };
  return sender.post({ url, headers, body: "{}" }, new AbortController().signal);
}

describe("a webhook", () => {
  it("is delivered when the other side says so, and tried again when its failure may pass", async () => {
    let status = 204;
    const url = await listen((_request, response) =>
      response.writeHead(status, { "retry-after": "7" }).end(),
    );
    expect(await post(url)).toMatchObject({ isDelivered: true, status: 204, error: null });
    for (status of [500, 503, 429, 408]) {
      const outcome = await post(url);
      expect(outcome).toMatchObject({ isDelivered: false, status, isRetryable: true, retryAfterMs: 7000 });
    }
    for (status of [400, 401, 404, 410, 302]) {
      expect(await post(url)).toMatchObject({ isDelivered: false, status, isRetryable: false });
    }
  });

  it("that hangs, or whose port is closed, is given up in time and tried again", async () => {
    const hanging = await listen(() => undefined);
    expect(await post(hanging)).toMatchObject({
      status: null,
      isRetryable: true,
      error: expect.stringContaining("no answer came within 300 ms") as string,
    });
    const [server] = servers.splice(0);
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    expect(await post(hanging)).toMatchObject({ status: null, isRetryable: true });
  });

  it("with an answer that never ends counts by its status", async () => {
    const url = await listen((_request, response) => {
      response.writeHead(200);
      const more = setInterval(() => response.write("x".repeat(64 * 1024)), 1);
      response.on("close", () => clearInterval(more));
    });
    expect(await post(url)).toMatchObject({ isDelivered: true, status: 200 });
  });

  it("follows redirects that keep the message, and shows its token to nobody else", async () => {
    const heard: (string | undefined)[] = [];
    const target = await listen((request, response) => {
      heard.push(request.headers.authorization);
      response.writeHead(200).end();
    });
    const url = await listen((_request, response) => response.writeHead(307, { location: target }).end());
    expect(await post(url)).toMatchObject({ isDelivered: true });
    expect(heard).toEqual([undefined]);
    const circle = await listen((_request, response) =>
      response.writeHead(308, { location: "/again" }).end(),
    );
    expect(await post(circle)).toMatchObject({
      isRetryable: false,
      error: expect.stringContaining("redirects") as string,
    });
  });

  it("never reaches a private address, by number, by name or by redirect", async () => {
    let calls = 0;
    const url = await listen((_request, response) => {
      calls += 1;
      response.end();
    });
    const port = new URL(url).port;
    for (const address of [
      url,
      `http://localhost:${port}`,
      `http://[::1]:${port}`,
      `http://0x7f000001:${port}`,
    ]) {
      const outcome = await post(address, false);
      expect(outcome).toMatchObject({ isDelivered: false, isRetryable: false, status: null });
      expect(outcome.error).toContain("private network");
    }
    expect(calls).toBe(0);
  });
});

describe("the rules for addresses", () => {
  it("tell the open internet from everything else", () => {
    for (const address of ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]) {
      expect([address, isPublicAddress(address)]).toEqual([address, true]);
    }
    for (const address of [
      "127.0.0.1",
      "10.1.2.3",
      "172.16.0.1",
      "192.168.1.1",
      "169.254.169.254",
      "100.64.0.1",
      "0.0.0.0",
      "224.0.0.1",
      "255.255.255.255",
      "::1",
      "::",
      "fe80::1",
      "fd00::1",
      "::ffff:127.0.0.1",
      "64:ff9b::7f00:1",
      "2002:7f00:1::",
      "nonsense",
    ]) {
      expect([address, isPublicAddress(address)]).toEqual([address, false]);
    }
  });

  it("name what is wrong with an address", () => {
    const fault = (url: string, allowsPrivate = false): string | undefined =>
      findUrlFault(url, { allowsPrivate });
    expect(fault("https://hooks.example.org/x")).toBeUndefined();
    expect(fault("ftp://example.org")).toContain("https or http");
    expect(fault("nonsense")).toContain("begins with");
    expect(fault("https://user:secret@example.org")).toContain("user or password");
    expect(fault("http://10.0.0.1")).toContain("private network");
    expect(fault("http://10.0.0.1", true)).toBeUndefined();
  });
});
