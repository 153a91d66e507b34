/** The version of this server, as its manifest states it. */
import manifest from "../package.json" with { type: "json" };

/** Such as `0.1.0`. */
export const SERVER_VERSION: string = manifest.version;
