/**
 * Sends HTTP requests: credentials only to addresses under the base URL, a time limit for each attempt, retries by
 * `retry.ts`, and failures as errors of the tree. Everything that leaves the client passes through here.
 */
import { HEADERS } from "@steelyard/protocol";

import { Answer, ExchangeFailure, exchange } from "./answer.ts";
import { AttemptTimer } from "./attempt-timer.ts";
import type { TimeLimit } from "./attempt-timer.ts";
import { reasonOf } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { errorFromStatus } from "./error-from-response.ts";
import { ConnectionError, TimeoutError } from "./errors.ts";
import type { CommError } from "./errors.ts";
import type { Logger } from "./logger.ts";
import { describeNetworkFailure } from "./network-failure.ts";
import { planRetry, readRateLimit, readWait } from "./retry.ts";
import type { FailedAttempt, RetryPolicy } from "./retry.ts";
import { isUnder, originOf } from "./urls.ts";

/** The part of `fetch` that the client uses; inject one for proxies, tests or other runtimes. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What a transport is made of. */
export interface HttpTransportOptions {
  readonly fetch: Fetch;
  /** Credentials and the client's own headers go to addresses under this one only. */
  readonly baseUrl: string;
  /** The value of `Authorization`, or null to send none. */
  readonly authorization: (signal?: AbortSignal) => Promise<string | null>;
  /** Headers for addresses under the base URL. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly retryPolicy: RetryPolicy;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One request. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: string;
  /** What it is for, shown in errors and logs: an operation's name or a file's; never a secret or a signed URL. */
  readonly what: string;
  /** A function is called for each attempt: a resumed transfer asks for what is still missing. */
  readonly headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /** Called once for each attempt, so that a stream can be opened anew. */
  readonly body?: () => BodyInit;
  /** Whether doing it twice is the same as doing it once. */
  readonly isIdempotent: boolean;
  /** What the time limit bounds. @default "answer" */
  readonly limit?: TimeLimit;
  /** Size of the body; the time limit grows by what sending it takes at {@link SLOWEST_UPLOAD}. */
  readonly bodyBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes per second; nobody tells how far an upload is, so a slower one counts as broken. */
const SLOWEST_UPLOAD = 50_000;

interface Failed {
  readonly failure: FailedAttempt;
  readonly error: CommError;
}

/** Sends requests and retries them. */
export class HttpTransport {
  readonly #options: HttpTransportOptions;
  /** Not before this moment: the server said that its rate limit is used up. */
  #notBefore = 0;

  constructor(options: HttpTransportOptions) {
    this.#options = options;
  }

  /**
   * Sends a request and reads its answer; reading is part of the attempt, so it may happen more than once.
   *
   * @throws {CommError} when the answer is an error or there is none, after all retries. An aborted signal's reason
   *   is thrown as it is, and so is what `read` itself throws.
   */
  async send<T>(request: HttpRequest, read: (answer: Answer) => Promise<T>): Promise<T> {
    return this.#attempt(request, async (answer, timer) => {
      const result = await read(answer);
      timer.stop();
      return result;
    });
  }

  /**
   * Sends a request and hands over the body to be read as it comes. Once it has begun it is not retried.
   *
   * @throws {CommError} as {@link send}; the stream fails with the same errors.
   */
  async open(request: HttpRequest): Promise<ReadableStream<Uint8Array>> {
    return this.#attempt({ ...request, limit: "silence" }, (answer, timer) => {
      const chunks = answer.chunks();
      return Promise.resolve(
        new ReadableStream<Uint8Array>({
          pull: async (controller) => {
            try {
              const part = await chunks.next();
              if (!part.done) controller.enqueue(part.value);
              else {
                timer.stop();
                controller.close();
              }
            } catch (error) {
              timer.stop();
              controller.error(
                request.signal?.aborted ? reasonOf(request.signal) : this.#lost(request, timer, error).error,
              );
            }
          },
          cancel: () => timer.abort(),
        }),
      );
    });
  }

  async #attempt<T>(
    request: HttpRequest,
    consume: (answer: Answer, timer: AttemptTimer) => Promise<T>,
  ): Promise<T> {
    const { clock, logger, retryPolicy } = this.#options;
    for (let attempts = 1; ; attempts += 1) {
      await this.#holdOff(request.signal);
      const init = await this.#init(request);
      const timer = new AttemptTimer(this.#limitMs(request), request.limit ?? "answer", request.signal);
      let failed: Failed;
      try {
        const response = await exchange(() =>
          this.#options.fetch(request.url, { ...init, signal: timer.signal }),
        );
        this.#noteRateLimit(response.headers);
        const answer = new Answer(response, timer);
        if (response.ok) return await consume(answer, timer);
        failed = this.#refused(request, response, await answer.text());
        timer.stop();
      } catch (error) {
        timer.stop();
        if (request.signal?.aborted) throw reasonOf(request.signal);
        if (!(error instanceof ExchangeFailure)) throw error;
        failed = this.#lost(request, timer, error);
      }
      const { failure, error } = failed;
      const { isIdempotent } = request;
      const waitMs = planRetry({
        failure,
        attempts,
        isIdempotent,
        policy: retryPolicy,
        random: clock.random(),
      });
      if (waitMs === null) throw error;
      logger.debug("Request failed and will be sent again", { what: request.what, attempts, waitMs, error });
      await clock.sleep(waitMs, request.signal);
    }
  }

  #limitMs({ bodyBytes = 0 }: HttpRequest): number {
    return this.#options.timeoutMs + Math.ceil((bodyBytes / SLOWEST_UPLOAD) * 1_000);
  }

  async #init(request: HttpRequest): Promise<RequestInit> {
    const headers = new Headers(typeof request.headers === "function" ? request.headers() : request.headers);
    if (isUnder(this.#options.baseUrl, request.url)) {
      for (const [name, value] of Object.entries(this.#options.headers)) headers.set(name, value);
      const authorization = await this.#options.authorization(request.signal);
      if (authorization !== null) headers.set("authorization", authorization);
    }
    const body = request.body?.();
    if (body === undefined) return { method: request.method, headers };
    // `duplex` is required by fetch for streams; TypeScript's DOM library does not know it yet.
    const streaming = body instanceof ReadableStream ? { duplex: "half" } : {};
    return { method: request.method, headers, body, ...streaming };
  }

  #refused(request: HttpRequest, response: Response, body: string): Failed {
    const { status, headers } = response;
    const waitMs = readWait(headers, this.#options.clock.now());
    const requestId = headers.get(HEADERS.requestId);
    const error = errorFromStatus({ status, requestId, retryAfterMs: waitMs, what: request.what }, body);
    return { failure: { kind: "status", status, waitMs }, error };
  }

  #lost(request: HttpRequest, timer: AttemptTimer, failure: unknown): Failed {
    const cause = failure instanceof ExchangeFailure ? failure.cause : failure;
    const server = originOf(request.url);
    if (timer.isLate) {
      const missing = request.limit === "silence" ? "nothing more" : "no complete answer";
      const message = `${request.what}: ${missing} from ${server} within ${this.#limitMs(request) / 1_000} s`;
      return { failure: { kind: "lost" }, error: new TimeoutError(message, { cause }) };
    }
    const { reason, isUnreached } = describeNetworkFailure(cause);
    const error = new ConnectionError(`${request.what}: cannot talk to ${server}: ${reason}`, { cause });
    return { failure: { kind: isUnreached ? "unreached" : "lost" }, error };
  }

  #noteRateLimit(headers: Headers): void {
    const { clock, retryPolicy } = this.#options;
    const waitMs = readRateLimit(headers);
    if (waitMs === null) return;
    this.#notBefore = Math.max(this.#notBefore, clock.now() + Math.min(waitMs, retryPolicy.maxDelayMs));
  }

  async #holdOff(signal: AbortSignal | undefined): Promise<void> {
    const waitMs = this.#notBefore - this.#options.clock.now();
    if (waitMs > 0) await this.#options.clock.sleep(waitMs, signal);
  }
}
