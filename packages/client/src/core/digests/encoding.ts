/** Bytes as base64 and hexadecimal text; ids of artifacts are written in both. */

/** Bytes as padded base64. */
export function bytesToBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Bytes as lower-case hexadecimal. */
export function bytesToHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Base64 as hexadecimal, or null when it is not base64. */
export function base64ToHex(text: string): string | null {
  try {
    return Array.from(atob(text), (sign) => sign.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  } catch {
    return null; // `atob` refuses what is not base64.
  }
}

/** Hexadecimal as padded base64, or null when it is not hexadecimal. */
export function hexToBase64(text: string): string | null {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) return null;
  const bytes = text.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return bytesToBase64(Uint8Array.from(bytes));
}
