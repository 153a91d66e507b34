/**
 * Clients put names into paths without escaping them, so a bare percent sign and escapes that are no UTF-8 arrive. They
 * are escaped here, for the router refuses what it cannot decode.
 */

const ESCAPES = /(?:%[0-9A-Fa-f]{2})+/g;

/** The same address in a form that can be decoded; what is in order stays as it is. */
export function repairUrl(url: string): string {
  if (!url.includes("%")) return url;
  const question = url.indexOf("?");
  const path = question === -1 ? url : url.slice(0, question);
  const query = question === -1 ? "" : url.slice(question);
  return repairPath(path) + query;
}

function repairPath(path: string): string {
  return path
    .replace(/%(?![0-9A-Fa-f]{2})/g, "%25")
    .replace(ESCAPES, (escapes) => (isUtf8(escapes) ? escapes : escapes.replaceAll("%", "%25")));
}

function isUtf8(escapes: string): boolean {
  const bytes = Buffer.from(escapes.replaceAll("%", ""), "hex");
  return Buffer.from(bytes.toString("utf8"), "utf8").equals(bytes);
}
