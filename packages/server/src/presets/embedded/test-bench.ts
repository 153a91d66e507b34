/**
 * The whole server but for its socket, threads and loops, on a temporary folder and with a clock that stands until it is
 * set: what tests of services, resolvers and routes work on.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { TableEncoders } from "../../adapters/exports/table-encoders.ts";
import { FolderBlobStore } from "../../adapters/fs/folder-blob-store.ts";
import { AesSecretBox } from "../../adapters/node/aes-secret-box.ts";
import { CryptoIdSource } from "../../adapters/node/crypto-id-source.ts";
import { UndiciWebhookSender } from "../../adapters/webhook/undici-webhook-sender.ts";
import type { UserCaller } from "../../modules/access/caller.ts";
import { MessageSender } from "../../modules/executions/message-sender.ts";
import { LocalSearch } from "../../modules/sweeps/local-search.ts";
import { AuthenticationService } from "../../modules/users/authentication-service.ts";
import { generateApiKeyText, hashApiKey } from "../../modules/users/api-key-text.ts";
import type { ApiKeyScope } from "../../modules/users/api-key.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Mailer } from "../../ports/mailer.ts";
import { createApp } from "../../transport/app.ts";
import type { Services } from "../../transport/services.ts";
import { createServices } from "./services.ts";
import { openStorage } from "./storage.ts";
import type { StorageServices } from "./storage.ts";

/** A server to test. */
export interface TestBench {
  readonly services: Services;
  readonly stores: StorageServices;
  readonly blobs: FolderBlobStore;
  /** The HTTP application, to be given requests with `inject`. */
  readonly app: FastifyInstance;
  readonly clock: StandingClock;
  readonly sender: MessageSender;
  /** Creates an account with a personal entity of the same name. */
  createCaller(username: string, limits?: Partial<UserCaller>): Promise<UserCaller>;
  /** The Authorization header of a new key. */
  authorize(caller: UserCaller, scope?: ApiKeyScope): Promise<string>;
  close(): Promise<void>;
}

/** A clock that shows what it was set to. */
export class StandingClock implements Clock {
  #now = "2026-01-01T12:00:00.000Z";

  now(): string {
    return this.#now;
  }

  /** Moves on by some seconds. */
  advance(seconds: number): void {
    this.#now = new Date(Date.parse(this.#now) + seconds * 1000).toISOString();
  }
}

/** Opens a bench without accounts; mail goes nowhere unless a mailer is given. */
export async function openTestBench(options: { readonly mailer?: Mailer } = {}): Promise<TestBench> {
  const folder = await mkdtemp(join(tmpdir(), "steelyard-bench-"));
  const storage = await openStorage(folder);
  const stores = storage.services;
  const clock = new StandingClock();
  const ids = new CryptoIdSource();
  const secret = Buffer.from(ids.hex(32), "hex");
  const blobs = await FolderBlobStore.open({ folder: join(folder, "blobs"), secret, clock });
  const authentication = new AuthenticationService({ users: stores.users, clock });
  const box = new AesSecretBox(secret);
  const webhooks = new UndiciWebhookSender({ allowsPrivate: true, userAgent: "steelyard/test" });
  const sender = new MessageSender({ ...stores, box, webhooks });
  const services = createServices({
    stores,
    blobs,
    authentication,
    encoders: new TableEncoders(),
    box,
    webhooks,
    sender,
    search: new LocalSearch(),
    clock,
    ids,
    mailer: options.mailer,
    onFailure: (what, cause) => {
      throw new Error(`${what} failed`, { cause });
    },
  });
  const logger = pino({ level: "silent" });
  const app = createApp({ services, authentication, ids, logger, options: {}, isReady: () => true });
  await app.ready();
  return {
    services,
    stores,
    blobs,
    app,
    clock,
    sender,
    createCaller: async (username, limits) => {
      const user = await stores.users.create({
        username,
        name: username,
        email: null,
        isAdmin: false,
        accountType: "USER",
        createdAt: clock.now(),
      });
      return { kind: "user", user, scope: "admin", onlyProjectId: null, ...limits };
    },
    authorize: async ({ user, onlyProjectId }, scope = "admin") => {
      const text = generateApiKeyText(ids);
      await stores.users.addKey({
        userId: user.id,
        hash: hashApiKey(text),
        mask: "",
        description: null,
        scope,
        projectId: onlyProjectId,
        expiresAt: null,
        createdAt: clock.now(),
      });
      return `Basic ${btoa(`api:${text}`)}`;
    },
    close: async () => {
      services.live.close();
      await app.close();
      await webhooks.close();
      await storage.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
