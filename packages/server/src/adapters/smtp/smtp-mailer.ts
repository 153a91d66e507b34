/** Mail over SMTP. Messages are handed over while the caller waits, so that a refusal is known at once. */
import { createTransport } from "nodemailer";
import type { Transporter } from "nodemailer";
import { ServerError } from "../../errors.ts";
import type { Mail, Mailer } from "../../ports/mailer.ts";
import type { SmtpSettings } from "./smtp-settings.ts";

/** A mail server that says nothing for so long is taken for unreachable; clients wait for the answer. */
const TIMEOUT_MS = 8_000;

/** `Mailer` by nodemailer. */
export class SmtpMailer implements Mailer {
  readonly #from: string;
  readonly #transport: Transporter;

  constructor(settings: SmtpSettings) {
    const { host, port, tls, credentials } = settings;
    this.#from = settings.from;
    this.#transport = createTransport({
      host,
      port,
      secure: tls === "implicit",
      requireTLS: tls === "required",
      ignoreTLS: tls === "never",
      ...(credentials !== undefined && { auth: { user: credentials.user, pass: credentials.password } }),
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      // Texts are ours and names in them are anybody's: nothing in a message is ever fetched or read from the disk.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async send({ to, subject, text }: Mail): Promise<void> {
    try {
      await this.#transport.sendMail({ from: this.#from, to: { name: "", address: to }, subject, text });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ServerError("unavailable", `The mail server did not take the message: ${reason}`, { cause });
    }
  }
}
