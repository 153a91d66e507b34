/** Exchanges an identity token (a JWT in a file) for access tokens, and renews them shortly before they end. */
import { OIDC_TOKEN_PATH, parseJson } from "@steelyard/protocol";

import type { Clock } from "./clock.ts";
import { asObject, field, float, text } from "./decode.ts";
import { UnsupportedError } from "./errors.ts";
import type { HttpTransport } from "./http.ts";
import type { Platform } from "./platform.ts";
import { readAnswer } from "./unexpected-answer.ts";

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** A token with less time left than this is renewed. */
const RENEWAL_MARGIN_MS = 5 * 60_000;

/** What an exchange needs. */
export interface IdentityTokenOptions {
  readonly tokenFile: string;
  readonly baseUrl: string;
  /** A transport that sends no credentials itself. */
  readonly http: HttpTransport;
  readonly platform: Platform;
  readonly clock: Clock;
}

/** Access tokens for one server; one exchange serves everyone who asks at the same time. */
export class IdentityToken {
  readonly #options: IdentityTokenOptions;
  #current: { readonly token: string; readonly endsAt: number } | undefined;
  #pending: Promise<string> | undefined;

  constructor(options: IdentityTokenOptions) {
    this.#options = options;
  }

  /**
   * An access token that is good for some minutes at least.
   *
   * @throws {AuthenticationError} when the server refuses the identity token.
   * @throws {UnsupportedError} where there is no disk to read the token from.
   */
  async get(): Promise<string> {
    const { clock } = this.#options;
    if (this.#current !== undefined && this.#current.endsAt - clock.now() > RENEWAL_MARGIN_MS) {
      return this.#current.token;
    }
    this.#pending ??= this.#exchange().finally(() => (this.#pending = undefined));
    return this.#pending;
  }

  async #exchange(): Promise<string> {
    const { platform, tokenFile, baseUrl, http, clock } = this.#options;
    if (platform.disk === null) throw new UnsupportedError("Identity token files need a runtime with a disk");
    const assertion = (await platform.disk.readText(tokenFile)).trim();
    const form = new URLSearchParams({ grant_type: GRANT_TYPE, assertion }).toString();
    const request = {
      method: "POST",
      url: `${baseUrl}${OIDC_TOKEN_PATH}`,
      what: "Exchange of the identity token",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: () => form,
      isIdempotent: true,
    } as const;
    const body = await http.send(request, (received) => received.text());
    const { token, seconds } = readAnswer(request.what, () => {
      const answer = asObject(parseJson(body));
      return { token: field(answer, "access_token", text), seconds: field(answer, "expires_in", float) };
    });
    this.#current = { token, endsAt: clock.now() + seconds * 1_000 };
    return token;
  }
}
