/** The package's version, sent as part of the user agent. A test compares it with package.json. */
export const VERSION = "0.1.0";

/** What the client calls itself. */
export const USER_AGENT: string = `steelyard-client/${VERSION}`;
