/** Addresses: what is under the base URL, where the pages are, and which base URLs are refused. */
import { ValueError } from "./errors.ts";

/** The server that W&B's clients talk to by default. */
export const DEFAULT_BASE_URL = "https://api.wandb.ai";

/** Whether an address has the base URL's scheme and host and lies under its path: only these see credentials. */
export function isUnder(baseUrl: string, url: string): boolean {
  if (!URL.canParse(url) || !URL.canParse(baseUrl)) return false;
  const base = new URL(baseUrl);
  const candidate = new URL(url);
  const folder = base.pathname.endsWith("/") ? base.pathname : `${base.pathname}/`;
  return (
    candidate.origin === base.origin &&
    (candidate.pathname === base.pathname || candidate.pathname.startsWith(folder))
  );
}

/**
 * Checks a base URL and returns it without a slash at the end.
 *
 * @throws {ValueError} when it is not an http(s) URL, or is a page of W&B's hosted service instead of its API.
 */
export function parseBaseUrl(text: string): string {
  const trimmed = text.trim().replace(/\/+$/, "");
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new ValueError(`Invalid base URL ${JSON.stringify(text)}: expected http:// or https://`);
  }
  const isHosted = url.hostname === "wandb.ai" || url.hostname.endsWith(".wandb.ai");
  if (isHosted && !url.hostname.startsWith("api.")) {
    throw new ValueError(
      `${JSON.stringify(text)} is a page, not a server: did you mean ${DEFAULT_BASE_URL}?`,
    );
  }
  if (isHosted && url.protocol !== "https:") {
    throw new ValueError(`http is not secure: use ${DEFAULT_BASE_URL}`);
  }
  return trimmed;
}

/** Where the pages of a server are, with one slash at the end: `app.` or nothing in place of a leading `api.`. */
export function appUrlOf(baseUrl: string): string {
  const url = new URL(baseUrl);
  if (!url.hostname.startsWith("api.")) return `${baseUrl}/`;
  const rest = url.host.slice("api.".length);
  const host =
    url.hostname.startsWith("api.wandb.") && url.hostname !== "api.wandb.test" ? rest : `app.${rest}`;
  return `${url.protocol}//${host}${url.pathname.replace(/\/+$/, "")}/`;
}

/** Percent-encodes a part of a path, leaving only letters, digits and `_.-~`. */
export function encodePart(part: string): string {
  return encodeURIComponent(part).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The scheme and host of an address, for messages: the rest may carry a signature. */
export function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "an invalid address";
}
