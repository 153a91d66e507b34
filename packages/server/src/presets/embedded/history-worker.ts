/** Entry of the thread of lines: their parsing, compressing, storing and reading hold nobody else up. */
import { createRemote } from "../../adapters/threads/create-remote.ts";
import { openHistoryStorage } from "./history-storage.ts";
import type { MetadataServices } from "./metadata-storage.ts";
import { readThreadData, serveThread } from "./serve-thread.ts";

const { folder, calls, calledBy } = readThreadData();

serveThread(calledBy, () =>
  openHistoryStorage({ folder, runs: createRemote<MetadataServices, "runs">(calls, "runs") }),
);
