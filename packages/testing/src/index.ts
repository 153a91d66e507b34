export { findFreePort } from "./free-port.ts";
export { startTestServer, type TestServer, type TestServerOptions } from "./test-server.ts";
export {
  arbitraryField,
  arbitraryFilter,
  arbitraryOrder,
  arbitraryRun,
  arbitraryValue,
} from "./oracle/arbitrary-runs.ts";
export { aggregateRuns, toGroupName } from "./oracle/run-aggregate-oracle.ts";
export type { OracleGroup, OracleQuestion } from "./oracle/run-aggregate-oracle.ts";
export { verifyFolder } from "./verify-folder.ts";
export { matchesRunFilter } from "./oracle/run-filter-oracle.ts";
export { compareRuns } from "./oracle/run-order-oracle.ts";
