/** A mail server as an operator names it: one address with what is needed to use it. */
import { ServerError } from "../../errors.ts";

/** Where and how to hand over mail. */
export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** Whether the connection is encrypted: from the start, before anything is said (STARTTLS), or perhaps. */
  readonly tls: "implicit" | "required" | "opportunistic" | "never";
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
  /** The sender's address, with a name or without. */
  readonly from: string;
}

const TLS = ["required", "opportunistic", "never"] as const;
const SUBMISSION_PORT = 587;
const IMPLICIT_TLS_PORT = 465;
const ADDRESS = /^(?:[^<>\r\n]+<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/;

/**
 * Reads `smtp://user:password@host:587` or `smtps://…`, with `?tls=required`, `opportunistic` or `never` for `smtp`.
 * With a password encryption is required unless the address says otherwise.
 *
 * @throws {ServerError} `invalid_argument` with a sentence that never repeats the address, which may hold a password.
 */
export function parseSmtpSettings(address: string, from: string): SmtpSettings {
  const url = URL.parse(address);
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === "") {
    throw invalid("The mail server's address is not understood; expected smtp://user:password@host:587");
  }
  const isImplicit = url.protocol === "smtps:";
  const credentials =
    url.username === "" ? undefined : { user: decode(url.username), password: decode(url.password) };
  const wanted = url.searchParams.get("tls") ?? (credentials === undefined ? "opportunistic" : "required");
  const tls = TLS.find((known) => known === wanted);
  if (tls === undefined) throw invalid(`tls is "${wanted}"; expected one of ${TLS.join(", ")}`);
  if (!ADDRESS.test(from)) {
    throw invalid(`The sender is "${from}"; expected an address such as Steelyard <runs@example.org>`);
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (isImplicit ? IMPLICIT_TLS_PORT : SUBMISSION_PORT) : Number(url.port),
    tls: isImplicit ? "implicit" : tls,
    credentials,
    from,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw invalid("The mail server's user or password has a % that stands for nothing", cause);
  }
}

function invalid(message: string, cause?: unknown): ServerError {
  return new ServerError("invalid_argument", message, { cause });
}
