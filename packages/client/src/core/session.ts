/** The settings and the service of one `Api`, resolved on first use and then shared. */
import type { Api } from "../api.ts";
import type { ApiOptions } from "../api-options.ts";
import { SYSTEM_CLOCK } from "./clock.ts";
import { checkApiKey } from "./credentials.ts";
import { UsageError } from "./errors.ts";
import { loadPlatform } from "./load-platform.ts";
import { SILENT_LOGGER } from "./logger.ts";
import type { Platform } from "./platform.ts";
import { DEFAULT_RETRY_POLICY } from "./retry.ts";
import { openService } from "./service.ts";
import type { ResourceMakers, Service } from "./service.ts";
import { resolveSettings } from "./settings.ts";
import type { Settings } from "./settings.ts";

const DEFAULT_CACHE_BYTES = 10 * 2 ** 30;

/** One `Api`'s way to its server. Making one does nothing. */
export class Session {
  readonly #options: ApiOptions;
  readonly #createApi: (options: ApiOptions) => Api;
  readonly #makers: ResourceMakers;
  #platform: Promise<Platform> | undefined;
  #settings: Promise<Settings> | undefined;
  #service: Promise<Service> | undefined;

  /** @throws {AuthenticationError} when the option `apiKey` is malformed. */
  constructor(options: ApiOptions, createApi: (options: ApiOptions) => Api, makers: ResourceMakers) {
    if (typeof options.apiKey === "string") checkApiKey(options.apiKey, "the option `apiKey`");
    this.#options = options;
    this.#createApi = createApi;
    this.#makers = makers;
  }

  /** The settings in force. */
  async settings(): Promise<Settings> {
    const resolving = (this.#settings ??= this.#resolveSettings());
    // A failure is not kept: the next call may find a repaired file.
    resolving.catch(() => (this.#settings = undefined));
    return resolving;
  }

  /** The connected server. */
  async service(): Promise<Service> {
    const opening = (this.#service ??= this.#openService());
    opening.catch(() => (this.#service = undefined));
    return opening;
  }

  async #resolveSettings(): Promise<Settings> {
    return resolveSettings(this.#options.overrides ?? {}, await this.#loadPlatform());
  }

  async #openService(): Promise<Service> {
    const options = this.#options;
    const settings = await this.settings();
    return openService({
      settings,
      platform: await this.#loadPlatform(),
      apiKey: options.apiKey,
      timeoutSeconds: options.timeout,
      retryPolicy: {
        ...DEFAULT_RETRY_POLICY,
        ...(options.maxRetries !== undefined && { maxRetries: options.maxRetries }),
      },
      headers: options.headers ?? {},
      // Called through a function: browsers refuse a detached `fetch`.
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      clock: options.clock ?? SYSTEM_CLOCK,
      logger: options.logger ?? SILENT_LOGGER,
      createApi: () => this.#createApi(options),
      makers: this.#makers,
      artifactCacheBytes: options.artifactCacheBytes ?? DEFAULT_CACHE_BYTES,
    });
  }

  async #loadPlatform(): Promise<Platform> {
    this.#platform ??=
      this.#options.platform === undefined ? loadPlatform() : Promise.resolve(this.#options.platform);
    return this.#platform;
  }
}

const SESSIONS = new WeakMap<object, Session>();

/** Remembers the session of an `Api`, so that resource classes can find it without it being public. */
export function registerSession(api: object, session: Session): void {
  SESSIONS.set(api, session);
}

/**
 * The session of an `Api`.
 *
 * @throws {UsageError} when the object is not an `Api` of this copy of the package.
 */
export function sessionOf(api: object): Session {
  const session = SESSIONS.get(api);
  if (session === undefined) throw new UsageError("Expected an Api of this copy of @steelyard/client");
  return session;
}
