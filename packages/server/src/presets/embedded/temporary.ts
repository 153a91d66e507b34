/** A server for a test: a real one on a real socket, with a folder of its own that goes away with it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedServer } from "./embedded.ts";
import type { EmbeddedServerOptions } from "./embedded.ts";

/** A running server that `close` ends and deletes. */
export interface TemporaryServer {
  readonly url: string;
  /** The first administrator's key. */
  readonly adminKey: string;
  /** Sends a request; `key` is an API key, without one the request is anonymous. */
  request(path: string, init?: RequestInit & { readonly key?: string | undefined }): Promise<Response>;
  /** Sends a document and returns the answer's JSON. */
  graphql(
    query: string,
    options?: { readonly key?: string | undefined; readonly variables?: Readonly<Record<string, unknown>> },
  ): Promise<unknown>;
  /** Makes a user as an operator does, and returns the key. */
  createUser(username: string): Promise<string>;
  close(): Promise<void>;
}

const ADMIN_KEY = `local-${"0a".repeat(24)}`;

/** Starts a server. Throws as `startEmbeddedServer` does. */
export async function startTemporaryServer(
  options: Partial<EmbeddedServerOptions> = {},
): Promise<TemporaryServer> {
  const folder = await mkdtemp(join(tmpdir(), "steelyard-server-"));
  const server = await startEmbeddedServer({
    dataFolder: folder,
    port: 0,
    adminApiKey: ADMIN_KEY,
    ...options,
  });
  const url = server.urls.at(-1) ?? "";
  let users = 0;

  const request: TemporaryServer["request"] = (path, { key, headers, ...init } = {}) => {
    const all = new Headers(headers);
    if (key !== undefined) all.set("authorization", `Basic ${btoa(`api:${key}`)}`);
    return fetch(url + path, { ...init, headers: all });
  };
  return {
    url,
    adminKey: ADMIN_KEY,
    request,
    async graphql(query, { key, variables = {} } = {}) {
      const response = await request("/graphql", {
        method: "POST",
        key,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query, variables }),
      });
      return response.json();
    },
    async createUser(username) {
      users += 1;
      const apiKey = `local-${users.toString(16).padStart(48, "0")}`;
      const response = await request(`/api/admin/users/${encodeURIComponent(username)}`, {
        method: "PUT",
        key: ADMIN_KEY,
        body: JSON.stringify({ apiKey }),
      });
      if (!response.ok) throw new Error(`making ${username}: ${response.status} ${await response.text()}`);
      return apiKey;
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
