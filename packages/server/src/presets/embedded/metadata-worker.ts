/** Entry of the thread of everything but lines. */
import { createRemote } from "../../adapters/threads/create-remote.ts";
import { SharedVersion } from "../../adapters/threads/shared-version.ts";
import type { HistoryServices } from "./history-storage.ts";
import { openMetadataStorage } from "./metadata-storage.ts";
import { readThreadData, serveThread } from "./serve-thread.ts";

const { folder, calls, calledBy, permissions } = readThreadData();
const permissionsVersion = new SharedVersion(permissions);

serveThread(calledBy, () =>
  openMetadataStorage({
    folder,
    history: createRemote<HistoryServices, "history">(calls, "history"),
    onPermissionChange: () => permissionsVersion.raise(),
  }),
);
