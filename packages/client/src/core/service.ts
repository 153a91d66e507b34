/**
 * Everything a resource needs to talk to its server, made once per `Api` on first use: settings, credentials, transport,
 * GraphQL, server features. Resources never see where the parts came from.
 */
import { HEADERS } from "@steelyard/protocol";

import type { Api } from "../api.ts";
import { ServerFeaturesDocument } from "../generated/documents.ts";
import type { ArtifactCollection } from "../resources/artifact-collections/artifact-collection.ts";
import type { CollectionAddress } from "../resources/artifacts/artifact-names.ts";
import type { CreateRunOptions } from "../resources/runs/create-run.ts";
import type { Run } from "../resources/runs/run.ts";
import type { Sweep, SweepPlace } from "../resources/sweeps/sweep.ts";
import type { Clock } from "./clock.ts";
import { basicAuthorization, resolveCredentials } from "./credentials.ts";
import type { Credentials } from "./credentials.ts";
import { CommError } from "./errors.ts";
import { GraphqlClient } from "./graphql.ts";
import { HttpTransport } from "./http.ts";
import type { Fetch } from "./http.ts";
import { IdentityToken } from "./identity-token.ts";
import type { Logger } from "./logger.ts";
import type { ReadOptions } from "./paginator.ts";
import type { Platform } from "./platform.ts";
import type { RetryPolicy } from "./retry.ts";
import type { Settings } from "./settings.ts";
import { resolveTimeoutMs } from "./settings.ts";
import { USER_AGENT } from "./version.ts";

/** A connected server. */
export interface Service {
  readonly settings: Settings;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly http: HttpTransport;
  readonly graphql: GraphqlClient;
  /** The key in use; null with an identity token or without credentials. */
  readonly apiKey: string | null;
  /** How large the shared cache of artifact files may grow; 0 for none. */
  readonly artifactCacheBytes: number;
  /** Makes objects of other nouns, which a resource cannot import without a circle. */
  readonly makers: ResourceMakers;
  /** Whether the server announces a feature; asked once. */
  supports(feature: string): Promise<boolean>;
  /** A new `Api` for the same server with the same credentials. */
  createApi(): Api;
}

/** Objects of other nouns, by their place. */
export interface ResourceMakers {
  /** Loads a run. */
  run(
    service: Service,
    place: { readonly entity: string; readonly project: string; readonly id: string },
    options: ReadOptions,
  ): Promise<Run>;
  /** Creates a run, or finds it. */
  createRun(service: Service, options: CreateRunOptions): Promise<Run>;
  /** Loads a sweep, or null where there is none. */
  sweep(service: Service, place: SweepPlace, options: ReadOptions): Promise<Sweep | null>;
  /** Loads a collection. */
  collection(
    service: Service,
    place: CollectionAddress & { readonly type: string },
    options: ReadOptions,
  ): Promise<ArtifactCollection>;
}

/** What {@link openService} is made of. */
export interface ServiceOptions {
  readonly settings: Settings;
  readonly platform: Platform;
  readonly apiKey: string | null | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly retryPolicy: RetryPolicy;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly createApi: () => Api;
  readonly makers: ResourceMakers;
  readonly artifactCacheBytes: number;
}

/**
 * Finds the credentials and puts the parts together; sends nothing.
 *
 * @throws {UsageError | AuthenticationError} when there are no usable credentials.
 */
export async function openService(options: ServiceOptions): Promise<Service> {
  const { settings, platform, clock, logger, createApi } = options;
  const credentials = await resolveCredentials({ apiKey: options.apiKey, settings, platform, logger });
  const transport = {
    fetch: options.fetch,
    baseUrl: settings.baseUrl,
    headers: { ...ownHeaders(), ...options.headers },
    timeoutMs: resolveTimeoutMs(options.timeoutSeconds, platform),
    retryPolicy: options.retryPolicy,
    clock,
    logger,
  };
  const plain = new HttpTransport({ ...transport, authorization: () => Promise.resolve(null) });
  const authorization = authorizer(credentials, { http: plain, baseUrl: settings.baseUrl, platform, clock });
  const http = new HttpTransport({ ...transport, authorization });
  const graphql = new GraphqlClient(http, settings.baseUrl);
  const features = new FeatureList(graphql);
  return {
    settings,
    platform,
    clock,
    http,
    graphql,
    apiKey: credentials.kind === "key" ? credentials.key : null,
    artifactCacheBytes: options.artifactCacheBytes,
    makers: options.makers,
    supports: (feature) => features.has(feature),
    createApi,
  };
}

function authorizer(
  credentials: Credentials,
  parts: { http: HttpTransport; baseUrl: string; platform: Platform; clock: Clock },
): () => Promise<string | null> {
  switch (credentials.kind) {
    case "none":
      return () => Promise.resolve(null);
    case "key": {
      const value = basicAuthorization(credentials.key);
      return () => Promise.resolve(value);
    }
    case "identity": {
      const token = new IdentityToken({ ...parts, tokenFile: credentials.tokenFile });
      return async () => `Bearer ${await token.get()}`;
    }
  }
}

/** Browsers set their own user agent; sending one there only costs a CORS preflight. */
function ownHeaders(): Record<string, string> {
  const isBrowser = "document" in globalThis || "importScripts" in globalThis;
  return { ...(!isBrowser && { "user-agent": USER_AGENT }), [HEADERS.useAdminPrivileges]: "true" };
}

/** The features that a server announces. An answer with GraphQL errors means an old server: none. */
class FeatureList {
  readonly #graphql: GraphqlClient;
  #names: Promise<ReadonlySet<string>> | undefined;

  constructor(graphql: GraphqlClient) {
    this.#graphql = graphql;
  }

  async has(feature: string): Promise<boolean> {
    this.#names ??= this.#load().catch((error: unknown) => {
      this.#names = undefined;
      throw error;
    });
    return (await this.#names).has(feature);
  }

  async #load(): Promise<ReadonlySet<string>> {
    try {
      const { serverInfo } = await this.#graphql.execute(ServerFeaturesDocument, {});
      const features = serverInfo?.features ?? [];
      return new Set(features.filter((feature) => feature.isEnabled).map((feature) => feature.name));
    } catch (error) {
      if (error instanceof CommError && error.code === "graphql_error") return new Set();
      throw error;
    }
  }
}
