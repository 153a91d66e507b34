/** All stores of the embedded preset. The server runs them in two threads; tests open them in their own. */
import { openHistoryStorage } from "./history-storage.ts";
import type { HistoryServices } from "./history-storage.ts";
import { openMetadataStorage } from "./metadata-storage.ts";
import type { MetadataServices } from "./metadata-storage.ts";

/** What the storage threads serve, by name. */
export interface StorageServices extends MetadataServices, HistoryServices {}

/** Open stores. */
export interface Storage {
  readonly services: StorageServices;
  /** Finishes what runs, closes the files and lets another server have the folder. */
  close(): Promise<void>;
}

/**
 * Opens the stores of a data folder, which must exist, in this thread.
 *
 * @throws {ServerError} as `openMetadataStorage` does.
 */
export async function openStorage(folder: string): Promise<Storage> {
  await using cleanUp = new AsyncDisposableStack();
  const metadata = await openMetadataStorage({
    folder,
    // The two know each other; nothing is asked before both are there.
    history: { keysOf: (request) => lines.services.history.keysOf(request) },
    onPermissionChange: () => undefined,
  });
  cleanUp.defer(() => metadata.close());
  const lines = await openHistoryStorage({ folder, runs: metadata.services.runs });
  cleanUp.defer(() => lines.close());
  const opened = cleanUp.move();
  return { services: { ...metadata.services, ...lines.services }, close: () => opened.disposeAsync() };
}
