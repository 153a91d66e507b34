/** Sends messages to addresses that users chose, which therefore must not be addresses of the operator's own network. */
export interface WebhookSender {
  /**
   * Posts a body once. Ends in bounded time whatever the other side does.
   *
   * @throws {ServerError} `cancelled` when the signal ended it, which says nothing of the other side.
   */
  post(request: WebhookRequest, signal: AbortSignal): Promise<WebhookOutcome>;
  /** Why an address can never be called, as far as it tells itself; undefined when it may be. */
  findFault(url: string): string | undefined;
}

/** What to post. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How it ended. */
export interface WebhookOutcome {
  readonly isDelivered: boolean;
  /** Status of the answer; null when none came. */
  readonly status: number | null;
  /** A sentence; null when it was delivered. */
  readonly error: string | null;
  /** Whether it is worth trying again. */
  readonly isRetryable: boolean;
  /** Time that the other side asked for; null when it did not. */
  readonly retryAfterMs: number | null;
}
