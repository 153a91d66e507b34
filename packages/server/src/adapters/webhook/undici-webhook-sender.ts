/** Posts webhooks with undici: bounded in time and size, and never to addresses that are not to be called. */
import type { Agent, Dispatcher } from "undici";
import { ServerError } from "../../errors.ts";
import type { WebhookOutcome, WebhookRequest, WebhookSender } from "../../ports/webhook-sender.ts";
import { findUrlFault } from "./address-rules.ts";
import { lookUpPublic, RefusedAddressError } from "./checked-lookup.ts";

/** What an operator may choose. */
export interface UndiciWebhookSenderOptions {
  /** Whether addresses of private networks may be called. @default false */
  readonly allowsPrivate?: boolean;
  /** Time for everything: name, connection, request and answer. @default 10,000 */
  readonly timeoutMs?: number;
  /** Names the program in requests. */
  readonly userAgent: string;
}

const MAX_REDIRECTS = 3;
/** Of the answer, which nobody reads, so that the connection can be used again. */
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_RETRY_AFTER_S = 60 * 60;
/** Redirects that keep the method and the body; others would turn the message into a question. */
const REDIRECTS: ReadonlySet<number> = new Set([307, 308]);
const RETRYABLE: ReadonlySet<number> = new Set([408, 425, 429]);

/** `WebhookSender` by undici. */
export class UndiciWebhookSender implements WebhookSender {
  readonly #allowsPrivate: boolean;
  readonly #timeoutMs: number;
  readonly #userAgent: string;
  #agent: Agent | undefined;

  constructor({ allowsPrivate = false, timeoutMs = 10_000, userAgent }: UndiciWebhookSenderOptions) {
    this.#allowsPrivate = allowsPrivate;
    this.#timeoutMs = timeoutMs;
    this.#userAgent = userAgent;
  }

  findFault(url: string): string | undefined {
    return findUrlFault(url, { allowsPrivate: this.#allowsPrivate });
  }

  async post(message: WebhookRequest, signal: AbortSignal): Promise<WebhookOutcome> {
    // Loaded here, because most servers call nobody.
    const { Agent, request } = await import("undici");
    const agent = (this.#agent ??= new Agent(this.#agentOptions()));
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    let { url, headers } = message;
    try {
      for (let redirects = 0; ; redirects += 1) {
        const fault = this.findFault(url);
        if (fault !== undefined) return refused(`The address cannot be called: ${fault}`);
        const answer = await request(url, {
          method: "POST",
          headers: { ...headers, "user-agent": this.#userAgent },
          body: message.body,
          dispatcher: agent,
          signal: AbortSignal.any([signal, timeout]),
        });
        await drain(answer);
        const target = redirectTarget(answer, url);
        if (target === undefined) return toOutcome(answer);
        if (redirects === MAX_REDIRECTS)
          return refused(`The address redirects more than ${MAX_REDIRECTS} times`);
        // What proves who we are goes to nobody but the one it was meant for.
        if (new URL(target).origin !== new URL(url).origin) headers = withoutCredentials(headers);
        url = target;
      }
    } catch (error) {
      if (signal.aborted) throw new ServerError("cancelled", "The server stops", { cause: error });
      return this.#failed(error, timeout.aborted);
    }
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.#agent?.destroy();
  }

  #agentOptions(): Agent.Options {
    const timeout = this.#timeoutMs;
    return {
      connect: { timeout, ...(this.#allowsPrivate ? {} : { lookup: lookUpPublic }) },
      headersTimeout: timeout,
      bodyTimeout: timeout,
      maxResponseSize: MAX_ANSWER_BYTES,
    };
  }

  #failed(error: unknown, isLate: boolean): WebhookOutcome {
    const refusal = causesOf(error).find((cause) => cause instanceof RefusedAddressError);
    if (refusal !== undefined) return refused(`The address cannot be called: ${refusal.message}`);
    const reason = isLate
      ? `no answer came within ${this.#timeoutMs} ms`
      : causesOf(error)
          .map(({ message }) => message)
          .filter((text) => text !== "")
          .slice(-1)
          .join();
    const told = `The address could not be reached: ${reason}`;
    return { isDelivered: false, status: null, error: told, isRetryable: true, retryAfterMs: null };
  }
}

async function drain({ body }: Dispatcher.ResponseData): Promise<void> {
  try {
    await body.dump({ limit: MAX_ANSWER_BYTES });
  } catch {
    // The status came, and it is all that matters; a body that never ends is cut off by the limits.
    body.destroy();
  }
}

function redirectTarget({ statusCode, headers }: Dispatcher.ResponseData, url: string): string | undefined {
  const location = headers["location"];
  if (!REDIRECTS.has(statusCode) || typeof location !== "string") return undefined;
  return URL.canParse(location, url) ? new URL(location, url).href : undefined;
}

function toOutcome({ statusCode: status, headers }: Dispatcher.ResponseData): WebhookOutcome {
  const isDelivered = status >= 200 && status < 300;
  const after = Number(headers["retry-after"] ?? Number.NaN);
  return {
    isDelivered,
    status,
    error: isDelivered ? null : `The address answered with status ${status}`,
    isRetryable: status >= 500 || RETRYABLE.has(status),
    retryAfterMs: after >= 0 ? Math.min(after, MAX_RETRY_AFTER_S) * 1000 : null,
  };
}

function refused(error: string): WebhookOutcome {
  return { isDelivered: false, status: null, error, isRetryable: false, retryAfterMs: null };
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const secret = new Set(["authorization", "x-wandb-signature"]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secret.has(name.toLowerCase())));
}

function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 8;) {
    causes.push(cause);
    cause = cause instanceof AggregateError ? cause.errors[0] : cause.cause;
  }
  return causes;
}
