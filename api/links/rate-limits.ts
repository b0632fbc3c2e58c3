import type { IncomingMessage } from "node:http";
import { isIP, isIPv6 } from "node:net";
import { BoundedMap } from "./bounded-map.ts";

/** So many at once, and one more after each `refillMs`. */
export interface RateLimit {
  readonly burst: number;
  readonly refillMs: number;
}

/** Entries that are kept: some megabytes. The ones that were used longest ago are dropped. */
const mostKept = 20_000;

interface Kept {
  left: number;
  atMs: number;
}

/** Token buckets by key. What it keeps may be lost. */
export class RateLimits {
  readonly #limit: RateLimit;
  readonly #kept = new BoundedMap<string, Kept>(mostKept);

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  /** @returns 0 where it may be done now; otherwise after how many seconds. */
  take(key: string, cost = 1): number {
    const { burst, refillMs } = this.#limit;
    const now = performance.now();
    const kept = this.#kept.get(key) ?? { left: burst, atMs: now };
    const left = Math.min(burst, kept.left + (now - kept.atMs) / refillMs);
    const isFree = left >= 1;
    // A debt is bounded, so that nobody waits longer than one burst.
    this.#kept.set(key, { left: isFree ? Math.max(-burst, left - cost) : left, atMs: now });
    return isFree ? 0 : Math.max(1, Math.ceil(((1 - left) * refillMs) / 1_000));
  }
}

/** Addresses from which a reverse proxy of ours may come. */
const near = /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|::1$|f[cd]|fe80)/iu;

/**
 * Who asks: the peer's address, or, where the peer is a proxy beside us, the one that it names
 * last. IPv6 counts by its /64, which is one line of one customer.
 */
export function addressOf({ socket, headers }: IncomingMessage): string {
  const peer = (socket.remoteAddress ?? "").replace(/^::ffff:/u, "");
  const named = String(headers["x-forwarded-for"] ?? "")
    .split(",")
    .at(-1)
    ?.trim();
  const address = near.test(peer) && named !== undefined && isIP(named) !== 0 ? named : peer;
  return isIPv6(address) ? networkOf(address) : address;
}

function networkOf(address: string): string {
  const [head = "", tail] = address.split("::");
  const parts = head.split(":").filter(Boolean);
  const rest = tail === undefined ? [] : tail.split(":").filter(Boolean);
  const zeros = Array.from<string>({ length: Math.max(0, 8 - parts.length - rest.length) });
  return [...parts, ...zeros.fill("0"), ...rest].slice(0, 4).join(":");
}
