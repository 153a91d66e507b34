/** What an operator may choose about the HTTP side of the server. */
export interface TransportOptions {
  /** Base of all addresses in answers. @default the scheme and host of each request */
  readonly url?: string | undefined;
  /** Believe X-Forwarded-For, -Host and -Proto: only behind a proxy that sets them. @default false */
  readonly trustProxy?: boolean | undefined;
}
