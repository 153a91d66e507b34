/** What the server says of itself. */
import type { Resolvers } from "../../generated/schema-types.ts";
import { SERVER_VERSION } from "../../version.ts";
import { listFeatures } from "./features.ts";

/** Every client may talk to this server: what it needs is negotiated feature by feature. */
const CLIENT_VERSIONS = { min_cli_version: "0.0.1", max_cli_version: "99.0.0" };

/** Resolvers of `serverInfo`. */
export const serverInfoResolvers: Pick<Resolvers, "Query"> = {
  Query: {
    serverInfo: () => ({
      cliVersionInfo: CLIENT_VERSIONS,
      latestLocalVersionInfo: {
        outOfDate: false,
        latestVersionString: SERVER_VERSION,
        versionOnThisInstanceString: SERVER_VERSION,
      },
      features: listFeatures(),
    }),
  },
};
