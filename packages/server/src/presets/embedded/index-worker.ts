/** Entry of the thread that builds columns: reads runs by a connection of its own, and writes nothing but the index. */
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { SegmentBuilder } from "../../adapters/sql/segment-builder.ts";
import type { DueProject } from "../../adapters/sql/segment-builder.ts";
import type { MetadataTables } from "../../adapters/sql/tables.ts";
import { openSqliteDatabase } from "../../adapters/sqlite/database.ts";
import { giveWay } from "../../adapters/threads/give-way.ts";
import { serveServices } from "../../adapters/threads/serve-services.ts";
import type { ColumnBuilding } from "./column-upkeep.ts";
import { openIndexStorage } from "./index-storage.ts";
import type { IndexStorage } from "./index-storage.ts";

if (parentPort === null) throw new Error("index-worker.ts runs as a worker thread only");
const folder = String(workerData);
giveWay();

interface Opened {
  readonly index: IndexStorage;
  readonly builder: SegmentBuilder;
  close(): Promise<void>;
}

let opened: Opened | undefined;
/** Projects of this round, each of which is looked at once. */
const built = new Set<number>();
let due: { readonly project: DueProject; readonly segments: number[] } | undefined;

async function open(): Promise<Opened> {
  const index = await openIndexStorage(folder);
  const metadata = openSqliteDatabase<MetadataTables>(join(folder, "metadata.sqlite"));
  return {
    index,
    builder: new SegmentBuilder({ ...metadata, ...index }),
    close: async () => {
      await metadata.close();
      await index.close();
    },
  };
}

const building: ColumnBuilding = {
  async open() {
    opened = await open();
  },
  async buildNext() {
    if (opened === undefined) throw new Error("the index is not open");
    const { builder, index } = opened;
    if (due === undefined) {
      const project = await builder.findDue(built);
      if (project !== undefined) due = { project, segments: [...project.segments] };
    }
    const current = due;
    if (current === undefined) {
      built.clear();
      return { isMoreWaiting: false, discarded: index.takeDiscarded() };
    }
    built.add(current.project.projectId);
    // Forgotten until it is done, so that a failure does not come again and again.
    due = undefined;
    const next = current.segments.shift();
    if (next !== undefined) await builder.build(current.project, next);
    if (current.segments.length === 0) await builder.finish(current.project);
    else due = current;
    return { isMoreWaiting: true, discarded: index.takeDiscarded() };
  },
  async close() {
    await opened?.close();
    opened = undefined;
  },
};

serveServices(parentPort, { building });
