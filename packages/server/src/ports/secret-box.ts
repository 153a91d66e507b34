/** Keeps texts that must be read again, such as tokens to send, unreadable at rest. */
export interface SecretBox {
  /** The text as it may be stored; twice the same text is sealed differently. */
  seal(text: string): string;
  /** What was sealed. Throws `unavailable` when it was sealed with another key or has been changed. */
  open(sealed: string): string;
}
