/** Entry of the thread that sweeps' searches run in. */
import { parentPort } from "node:worker_threads";
import { serveServices } from "../../adapters/threads/serve-services.ts";
import { LocalSearch } from "../../modules/sweeps/local-search.ts";

if (parentPort === null) throw new Error("search-worker.ts runs as a worker thread only");
serveServices(parentPort, { search: new LocalSearch() });
