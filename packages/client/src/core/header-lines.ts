/** Headers that a server asks for with an upload come as `Name: value` texts. */

/** Reads `Name: value` texts; only the first colon separates. */
export function readHeaderLines(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  }
  return headers;
}
