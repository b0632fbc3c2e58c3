import { Redis } from "ioredis";
import type { Logger } from "./log.ts";

/**
 * Holds what may be lost: throttles, half-finished dialogues, the read cache. Every method may
 * reject; callers then go on without it.
 */
export interface KeyValueStore {
  /** The values in the order of their keys; null where one is absent. */
  read(keys: readonly string[]): Promise<(string | null)[]>;
  /** Writes a value that lasts `ttlSeconds`. */
  write(key: string, value: string, ttlSeconds: number): Promise<void>;
  /** Adds one and returns the new number. */
  increment(key: string, ttlSeconds: number): Promise<number>;
  /** Closes the connection without waiting for running calls. */
  close(): Promise<void>;
}

/** A Redis that fails at once while it is unreachable, instead of making its callers wait. */
export function openRedis(url: string, log: Logger): KeyValueStore {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 500,
    connectTimeout: 2_000,
    retryStrategy: (times) => Math.min(times * 200, 5_000),
  });
  let isAway = false;
  redis.on("error", (error: Error) => {
    if (!isAway) log.warn({ reason: error.message }, "Redis is away: going on without it");
    isAway = true;
  });
  redis.on("ready", () => {
    if (isAway) log.info("Redis is back");
    isAway = false;
  });
  return {
    read: (keys) => redis.mget(...keys),
    write: async (key, value, ttlSeconds) => void (await redis.set(key, value, "EX", ttlSeconds)),
    increment: async (key, ttlSeconds) => {
      const [counted] = (await redis.multi().incr(key).expire(key, ttlSeconds).exec()) ?? [];
      return Number(counted?.[1]);
    },
    close: async () => redis.disconnect(),
  };
}

interface StoredValue {
  readonly value: string;
  readonly untilMs: number;
}

/**
 * A store within this process, where there is no Redis. It cannot serve as a cache: other processes
 * cannot clear it.
 */
export function openMemory(): KeyValueStore {
  const stored = new Map<string, StoredValue>();
  const readValid = (key: string) => {
    const found = stored.get(key);
    if (found !== undefined && found.untilMs > Date.now()) return found.value;
    stored.delete(key);
    return null;
  };
  const store = (key: string, value: string, ttlSeconds: number) => {
    if (stored.size >= 10_000) for (const old of stored.keys()) readValid(old);
    stored.set(key, { value, untilMs: Date.now() + ttlSeconds * 1_000 });
  };
  return {
    read: async (keys) => keys.map(readValid),
    write: async (key, value, ttlSeconds) => store(key, value, ttlSeconds),
    increment: async (key, ttlSeconds) => {
      const count = Number(readValid(key) ?? 0) + 1;
      store(key, String(count), ttlSeconds);
      return count;
    },
    close: async () => stored.clear(),
  };
}
