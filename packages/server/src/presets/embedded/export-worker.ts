/** Entry of the thread that encodes exports. */
import { parentPort } from "node:worker_threads";
import { TableEncoders } from "../../adapters/exports/table-encoders.ts";
import { serveServices } from "../../adapters/threads/serve-services.ts";

if (parentPort === null) throw new Error("export-worker.ts runs as a worker thread only");
serveServices(parentPort, { encoders: new TableEncoders() });
