/** A message to one person. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  /** Plain text; clients make links of addresses in it. */
  readonly text: string;
}

/** Hands messages to a mail server. */
export interface Mailer {
  /** Returns when the mail server has taken the message. Throws `unavailable` with the reason when it does not. */
  send(mail: Mail): Promise<void>;
}
