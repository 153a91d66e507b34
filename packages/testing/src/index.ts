export { findFreePort } from "./free-port.ts";
export { startTestServer, type TestServer, type TestServerOptions } from "./test-server.ts";
export {
  arbitraryField,
  arbitraryFilter,
  arbitraryOrder,
  arbitraryRun,
  arbitraryValue,
} from "./oracle/arbitrary-runs.ts";
export { matchesRunFilter } from "./oracle/run-filter-oracle.ts";
export { compareRuns } from "./oracle/run-order-oracle.ts";
