/** What an `Api` can be told. */
import type { Clock } from "./core/clock.ts";
import type { Fetch } from "./core/http.ts";
import type { Logger } from "./core/logger.ts";
import type { Platform } from "./core/platform.ts";
import type { SettingsOverrides } from "./core/settings.ts";

/** Options of `new Api()`. Everything has a default; an existing W&B set-up is found by itself. */
export interface ApiOptions {
  /** Settings that beat the environment and the settings files. */
  readonly overrides?: SettingsOverrides | undefined;
  /**
   * How long one attempt of a request may take, in seconds; for file transfers, how long the server may be silent.
   *
   * @default WANDB_HTTP_TIMEOUT, else 19
   */
  readonly timeout?: number | undefined;
  /**
   * The API key; null sends no credentials of its own (a browser may have a session cookie).
   *
   * @default WANDB_API_KEY or WANDB_IDENTITY_TOKEN_FILE, else netrc, else a settings file
   */
  readonly apiKey?: string | null | undefined;
  /** How many times a failed request is sent again. @default 5 */
  readonly maxRetries?: number | undefined;
  /** Headers to send to the server (and to no other), for proxies that want some. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sends requests. @default the runtime's `fetch` */
  readonly fetch?: Fetch | undefined;
  /** Hears of retries and of problems that do not stop anything. @default nobody */
  readonly logger?: Logger | undefined;
  /** Tells the time, waits, and rolls the dice of retries. @default the machine's */
  readonly clock?: Clock | undefined;
  /**
   * How many bytes of downloaded artifact files are kept in the user's cache folder, to be shared by later downloads; 0
   * keeps none. Single files above a quarter of it are not kept.
   *
   * @default 10 GiB
   */
  readonly artifactCacheBytes?: number | undefined;
  /** Environment, settings files, netrc and disk. @default those of the runtime */
  readonly platform?: Platform | undefined;
}
