/** Slows down guessing: so many attempts for a name from an address, so many from an address at all, in a window. */
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";

const WINDOW_MS = 15 * 60_000;
const MAX_PER_NAME = 10;
const MAX_PER_ADDRESS = 50;
/** Beyond this the oldest windows are forgotten, so that memory stays bounded under any load. */
const MAX_WINDOWS = 20_000;

interface Window {
  readonly endsAtMs: number;
  count: number;
}

/** Counts attempts to sign in. */
export class AttemptLimiter {
  readonly #clock: Clock;
  readonly #windows: Map<string, Window> = new Map();

  constructor(parts: { readonly clock: Clock }) {
    this.#clock = parts.clock;
  }

  /** Counts an attempt. Throws `resource_exhausted` when there were too many. */
  attempt(request: { readonly address: string; readonly username: string }): void {
    const network = networkOf(request.address);
    this.#count(`address ${network}`, MAX_PER_ADDRESS);
    this.#count(nameKey(network, request.username), MAX_PER_NAME);
  }

  /** Forgets the attempts for a name after one that succeeded. */
  succeed(request: { readonly address: string; readonly username: string }): void {
    this.#windows.delete(nameKey(networkOf(request.address), request.username));
  }

  #count(key: string, limit: number): void {
    const nowMs = Date.parse(this.#clock.now());
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAtMs <= nowMs) {
      window = { endsAtMs: nowMs + WINDOW_MS, count: 0 };
      this.#windows.delete(key);
      this.#windows.set(key, window);
    }
    window.count += 1;
    if (this.#windows.size > MAX_WINDOWS) {
      const [oldest] = this.#windows.keys();
      if (oldest !== undefined) this.#windows.delete(oldest);
    }
    if (window.count <= limit) return;
    const minutes = Math.ceil((window.endsAtMs - nowMs) / 60_000);
    throw new ServerError("resource_exhausted", `Too many attempts; try again in ${minutes} minutes`);
  }
}

function nameKey(network: string, username: string): string {
  return `name ${network} ${username.toLowerCase().slice(0, 256)}`;
}

/** Whoever has an IPv6 address has the 2^64 of its network. */
function networkOf(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [head = "", tail = ""] = address.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const missing = address.includes("::")
    ? 8 - groups.length - tail.split(":").filter((group) => group !== "").length
    : 0;
  return [...groups, ...Array.from({ length: missing }, () => "0")].slice(0, 4).join(":");
}
