export { findFreePort } from "./free-port.ts";
export { startTestServer, type TestServer, type TestServerOptions } from "./test-server.ts";
