/** What an operator chooses, for the parts that are built from it. */
import type { Logger } from "pino";

/** What an operator may choose. */
export interface EmbeddedServerOptions {
  /** Folder of everything the server knows; made when it is missing. */
  readonly dataFolder: string;
  /** Port to listen on; 0 for any that is free. */
  readonly port: number;
  /** Name or address to listen on. @default 127.0.0.1 and ::1 */
  readonly host?: string | undefined;
  /** Base of all addresses in answers. @default the scheme and host of each request */
  readonly url?: string | undefined;
  /** Believe X-Forwarded-For, -Host and -Proto: only behind a proxy that sets them. @default false */
  readonly trustProxy?: boolean | undefined;
  /** A key for the first administrator. @default a new one on the first start */
  readonly adminApiKey?: string | undefined;
  /** Name of the first administrator. @default admin */
  readonly adminUsername?: string | undefined;
  /** Where the server reports what happens. @default nowhere */
  readonly logger?: Logger | undefined;
  /** A mail server for invitations, as `smtp://user:password@host:587`. @default links are handed on by hand */
  readonly smtpUrl?: string | undefined;
  /** The sender of its mail, such as `Steelyard <runs@example.org>`; needed with `smtpUrl`. */
  readonly mailFrom?: string | undefined;
  /** A run that is being written is sealed when it has so many lines that are not. @default 20,000 */
  readonly sealLines?: number | undefined;
  /** Whether webhooks may lead to addresses of private networks. @default false */
  readonly allowPrivateWebhooks?: boolean | undefined;
  /** Called when the server can no longer work; it should be closed. @default only logged */
  readonly onFailure?: ((cause: unknown) => void) | undefined;
}
