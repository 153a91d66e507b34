/** The server for one machine, a parts list: one process, one data folder, nothing to install. */
import { join } from "node:path";
import { pino } from "pino";
import type { Logger } from "pino";
import { FolderBlobStore } from "../../adapters/fs/folder-blob-store.ts";
import { AesSecretBox } from "../../adapters/node/aes-secret-box.ts";
import { collectLessOften } from "../../adapters/node/collect-less-often.ts";
import { CryptoIdSource } from "../../adapters/node/crypto-id-source.ts";
import { giveBackMemorySoon } from "../../adapters/node/give-back-memory.ts";
import { SystemClock } from "../../adapters/node/system-clock.ts";
import { UndiciWebhookSender } from "../../adapters/webhook/undici-webhook-sender.ts";
import { MessageSender } from "../../modules/executions/message-sender.ts";
import { parseSmtpSettings } from "../../adapters/smtp/smtp-settings.ts";
import { ServerError } from "../../errors.ts";
import { AuthenticationService } from "../../modules/users/authentication-service.ts";
import { SetupService } from "../../modules/users/setup-service.ts";
import type { Mailer } from "../../ports/mailer.ts";
import { createApp } from "../../transport/app.ts";
import { listen } from "../../transport/listeners.ts";
import { startBackground } from "./background.ts";
import { loadSecret, prepareDataFolder } from "./data-folder.ts";
import { ThreadedEncoders } from "./export-thread.ts";
import { ThreadedSearch } from "./search-thread.ts";
import { SealingThread } from "./sealing-thread.ts";
import { createServices } from "./services.ts";
import { SERVER_VERSION } from "../../version.ts";
import { startStorageThreads } from "./storage-threads.ts";

/** What an operator may choose. */
export interface EmbeddedServerOptions {
  /** Folder of everything the server knows; made when it is missing. */
  readonly dataFolder: string;
  /** Port to listen on; 0 for any that is free. */
  readonly port: number;
  /** Name or address to listen on. @default 127.0.0.1 and ::1 */
  readonly host?: string | undefined;
  /** Base of all addresses in answers. @default the scheme and host of each request */
  readonly url?: string | undefined;
  /** Believe X-Forwarded-For, -Host and -Proto: only behind a proxy that sets them. @default false */
  readonly trustProxy?: boolean | undefined;
  /** A key for the first administrator. @default a new one on the first start */
  readonly adminApiKey?: string | undefined;
  /** Name of the first administrator. @default admin */
  readonly adminUsername?: string | undefined;
  /** Where the server reports what happens. @default nowhere */
  readonly logger?: Logger | undefined;
  /** A mail server for invitations, as `smtp://user:password@host:587`. @default links are handed on by hand */
  readonly smtpUrl?: string | undefined;
  /** The sender of its mail, such as `Steelyard <runs@example.org>`; needed with `smtpUrl`. */
  readonly mailFrom?: string | undefined;
  /** A run that is being written is sealed when it has so many lines that are not. @default 20,000 */
  readonly sealLines?: number | undefined;
  /** Whether webhooks may lead to addresses of private networks. @default false */
  readonly allowPrivateWebhooks?: boolean | undefined;
  /** Called when the server can no longer work; it should be closed. @default only logged */
  readonly onFailure?: ((cause: unknown) => void) | undefined;
}

/** A server that answers until it is closed. */
export interface EmbeddedServer {
  /** Addresses at which it answers, the best one first. */
  readonly urls: readonly string[];
  /** The administrator's key, only when it was made just now: it cannot be read again. */
  readonly adminApiKey: string | undefined;
  /** Accepts nothing new, finishes what runs, writes everything and frees the folder. Closing twice is no error. */
  close(): Promise<void>;
}

/**
 * Starts a server on a data folder.
 *
 * @throws {ServerError} with one sentence for the operator: `unavailable` for a busy port or a folder that cannot be
 * written, `conflict` when another server uses the folder, `invalid_argument` for a key that clients would refuse.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  collectLessOften();
  const logger = options.logger ?? pino({ level: "silent" });
  const ids = new CryptoIdSource();
  const clock = new SystemClock();
  await using cleanUp = new AsyncDisposableStack();

  const mailer = await createMailer(options);
  await prepareDataFolder(options.dataFolder);
  const storage = await startStorageThreads(options.dataFolder, (cause) => {
    logger.fatal({ err: cause }, "the storage thread ended");
    options.onFailure?.(cause);
  });
  cleanUp.defer(() => storage.close());
  const secret = await loadSecret(options.dataFolder, ids);
  const blobs = await FolderBlobStore.open({ folder: join(options.dataFolder, "blobs"), secret, clock });
  const { newApiKey } = await new SetupService({ ...storage.services, clock, ids }).prepare(options);

  const authentication = new AuthenticationService({ users: storage.services.users, clock });
  const encoders = new ThreadedEncoders();
  cleanUp.defer(() => encoders.end());
  const box = new AesSecretBox(await loadSecret(options.dataFolder, ids, "secrets.key"));
  const webhooks = new UndiciWebhookSender({
    allowsPrivate: options.allowPrivateWebhooks ?? false,
    userAgent: `steelyard/${SERVER_VERSION}`,
  });
  cleanUp.defer(() => webhooks.close());
  const sender = new MessageSender({ ...storage.services, box, webhooks });
  // Nobody else works on this folder: what was leased when the server was killed waits for no one.
  await storage.services.tasks.release();
  const search = new ThreadedSearch();
  cleanUp.defer(() => search.end());
  const services = createServices({
    stores: storage.services,
    blobs,
    authentication,
    encoders,
    box,
    webhooks,
    sender,
    search,
    clock,
    ids,
    mailer,
    onFailure: (what, err) => logger.error({ err }, `${what} failed`),
  });

  const sealing = new SealingThread({
    folder: options.dataFolder,
    services: storage.services,
    ...(options.sealLines !== undefined && { growingLines: options.sealLines }),
  });
  const background = startBackground({
    dataFolder: options.dataFolder,
    stores: storage.services,
    blobs,
    sweepAgents: services.sweepAgents,
    sealing,
    sender,
    clock,
    logger,
  });
  cleanUp.defer(() => background.stop());

  let isReady = false;
  const app = createApp({ services, authentication, ids, logger, options, isReady: () => isReady });
  cleanUp.defer(() => app.close());
  const listeners = await listen(app, options);
  cleanUp.defer(() => listeners.close());
  // Before the sockets, which wait for the answers that go on.
  cleanUp.defer(() => services.live.close());
  isReady = true;
  cleanUp.defer(() => void (isReady = false));
  const giveBack = giveBackMemorySoon();
  cleanUp.defer(() => giveBack.stop());

  const running = cleanUp.move();
  const urls = options.url === undefined ? listeners.urls : [options.url, ...listeners.urls];
  return { urls, adminApiKey: newApiKey, close: () => running.disposeAsync() };
}

async function createMailer({ smtpUrl, mailFrom }: EmbeddedServerOptions): Promise<Mailer | undefined> {
  if (smtpUrl === undefined) return undefined;
  if (mailFrom === undefined) {
    throw new ServerError("invalid_argument", "A mail server needs a sender for its mail", {
      field: "mailFrom",
    });
  }
  const settings = parseSmtpSettings(smtpUrl, mailFrom);
  const { SmtpMailer } = await import("../../adapters/smtp/smtp-mailer.ts");
  return new SmtpMailer(settings);
}
