/** What the embedded server is above its storage threads, a parts list. It is loaded while these load what they are. */
import { join } from "node:path";
import type { Logger } from "pino";
import { FolderBlobStore } from "../../adapters/fs/folder-blob-store.ts";
import { AesSecretBox } from "../../adapters/node/aes-secret-box.ts";
import { CryptoIdSource } from "../../adapters/node/crypto-id-source.ts";
import { SystemClock } from "../../adapters/node/system-clock.ts";
import { UndiciWebhookSender } from "../../adapters/webhook/undici-webhook-sender.ts";
import { MessageSender } from "../../modules/executions/message-sender.ts";
import { AuthenticationService } from "../../modules/users/authentication-service.ts";
import { SetupService } from "../../modules/users/setup-service.ts";
import type { Mailer } from "../../ports/mailer.ts";
import { createApp } from "../../transport/app.ts";
import { listen } from "../../transport/listeners.ts";
import { startBackground } from "./background.ts";
import { loadSecret } from "./data-folder.ts";
import type { EmbeddedServerOptions } from "./embedded-options.ts";
import { ThreadedEncoders } from "./export-thread.ts";
import { ThreadedSearch } from "./search-thread.ts";
import { SealingThread } from "./sealing-thread.ts";
import { createServices } from "./services.ts";
import type { StorageServices } from "./storage.ts";
import { SERVER_VERSION } from "../../version.ts";

/** What the application is built from. */
export interface ApplicationParts {
  readonly options: EmbeddedServerOptions;
  readonly stores: StorageServices;
  readonly mailer: Mailer | undefined;
  readonly logger: Logger;
  /** Told how to end each part, in the order in which they were started. */
  readonly cleanUp: AsyncDisposableStack;
}

/** A running application. */
export interface Application {
  /** Addresses at which it listens, the best one first. */
  readonly urls: readonly string[];
  /** The administrator's key, only when it was made just now. */
  readonly newApiKey: string | undefined;
}

/** Starts everything that answers or works by itself. Throws as `startEmbeddedServer` does. */
export async function startApplication(parts: ApplicationParts): Promise<Application> {
  const { options, stores, mailer, logger, cleanUp } = parts;
  const ids = new CryptoIdSource();
  const clock = new SystemClock();
  const secret = await loadSecret(options.dataFolder, ids);
  const blobs = await FolderBlobStore.open({ folder: join(options.dataFolder, "blobs"), secret, clock });
  const { newApiKey } = await new SetupService({ ...stores, clock, ids }).prepare(options);

  const authentication = new AuthenticationService({ users: stores.users, clock });
  const encoders = new ThreadedEncoders();
  cleanUp.defer(() => encoders.end());
  const box = new AesSecretBox(await loadSecret(options.dataFolder, ids, "secrets.key"));
  const webhooks = new UndiciWebhookSender({
    allowsPrivate: options.allowPrivateWebhooks ?? false,
    userAgent: `steelyard/${SERVER_VERSION}`,
  });
  cleanUp.defer(() => webhooks.close());
  const sender = new MessageSender({ ...stores, box, webhooks });
  // Nobody else works on this folder: what was leased when the server was killed waits for no one.
  await stores.tasks.release();
  const search = new ThreadedSearch();
  cleanUp.defer(() => search.end());
  const services = createServices({
    stores,
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
    services: stores,
    ...(options.sealLines !== undefined && { growingLines: options.sealLines }),
  });
  const background = startBackground({
    dataFolder: options.dataFolder,
    stores,
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
  return { urls: listeners.urls, newApiKey };
}
