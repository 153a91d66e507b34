/** The server for one machine: one process, one data folder, nothing to install. */
import { pino } from "pino";
import { collectLessOften } from "../../adapters/node/collect-less-often.ts";
import { giveBackMemorySoon } from "../../adapters/node/give-back-memory.ts";
import { parseSmtpSettings } from "../../adapters/smtp/smtp-settings.ts";
import { ServerError } from "../../errors.ts";
import type { Mailer } from "../../ports/mailer.ts";
import { prepareDataFolder } from "./data-folder.ts";
import type { EmbeddedServerOptions } from "./embedded-options.ts";
import { startStorageThreads } from "./storage-threads.ts";

export type { EmbeddedServerOptions } from "./embedded-options.ts";

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
  await using cleanUp = new AsyncDisposableStack();

  const mailer = await createMailer(options);
  await prepareDataFolder(options.dataFolder);
  const starting = startStorageThreads(options.dataFolder, (cause) => {
    logger.fatal({ err: cause }, "the storage thread ended");
    options.onFailure?.(cause);
  });
  // What answers takes as long to load as what stores, so both are loaded at once.
  const loading = import("./application.ts");
  const storage = await starting;
  cleanUp.defer(() => storage.close());
  const { startApplication } = await loading;
  const application = await startApplication({
    options,
    stores: storage.services,
    mailer,
    logger,
    cleanUp,
  });
  const giveBack = giveBackMemorySoon();
  cleanUp.defer(() => giveBack.stop());

  const running = cleanUp.move();
  const urls = options.url === undefined ? application.urls : [options.url, ...application.urls];
  return { urls, adminApiKey: application.newApiKey, close: () => running.disposeAsync() };
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
