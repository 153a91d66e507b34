/** The form in which names and addresses are compared, so that two that look the same to people are the same. */
export function toNameKey(name: string): string {
  return name.normalize("NFC").toLowerCase();
}
