/**
 * Clients put names into paths without escaping them, so a bare percent sign, bytes that are no UTF-8 and raw
 * letters of any script arrive. They are escaped here, for the router refuses what it cannot decode.
 */

const ESCAPES = /(?:%[0-9A-Fa-f]{2})+/g;

/** The same address in a form that can be decoded; what is in order stays as it is. */
export function repairUrl(url: string): string {
  const question = url.indexOf("?");
  const path = question === -1 ? url : url.slice(0, question);
  const query = question === -1 ? "" : url.slice(question);
  return repairPath(path) + query;
}

function repairPath(path: string): string {
  // Node gives each byte of the request line as one character.
  const ascii = path.replace(/[^\x21-\x7e]/g, (byte) => escapeByte(byte.charCodeAt(0)));
  if (!ascii.includes("%")) return ascii;
  return ascii
    .replace(/%(?![0-9A-Fa-f]{2})/g, "%25")
    .replace(ESCAPES, (escapes) => (isUtf8(escapes) ? escapes : escapes.replaceAll("%", "%25")));
}

function isUtf8(escapes: string): boolean {
  const bytes = Buffer.from(escapes.replaceAll("%", ""), "hex");
  return Buffer.from(bytes.toString("utf8"), "utf8").equals(bytes);
}

function escapeByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
