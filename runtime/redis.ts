import { Redis } from "ioredis";
import type { Logger } from "./log.ts";

/**
 * What may be lost: throttles, half-typed dialogues, the read cache. Every method may reject, and
 * whoever calls goes on without.
 */
export interface KeyValueStore {
  read(keys: readonly string[]): Promise<(string | null)[]>;
  write(key: string, value: string, ttlSeconds: number): Promise<void>;
  /** Adds one and answers the new number. */
  increment(key: string, ttlSeconds: number): Promise<number>;
  close(): Promise<void>;
}

/** A Redis that fails at once while it is away, instead of making its callers wait for it. */
export function openRedis(url: string, log: Logger): KeyValueStore {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 500,
    connectTimeout: 2_000,
    retryStrategy: (times) => Math.min(times * 200, 5_000),
  });
  let away = false;
  redis.on("error", (error: Error) => {
    if (!away) log.warn({ reason: error.message }, "Redis is away: going on without it");
    away = true;
  });
  redis.on("ready", () => {
    if (away) log.info("Redis is back");
    away = false;
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
 * The same within one process, where there is no Redis. It is nobody's cache: another process
 * cannot clear it.
 */
export function openMemory(): KeyValueStore {
  const kept = new Map<string, StoredValue>();
  const alive = (key: string) => {
    const found = kept.get(key);
    if (found !== undefined && found.untilMs > Date.now()) return found.value;
    kept.delete(key);
    return null;
  };
  const put = (key: string, value: string, ttlSeconds: number) => {
    if (kept.size >= 10_000) for (const old of kept.keys()) alive(old);
    kept.set(key, { value, untilMs: Date.now() + ttlSeconds * 1_000 });
  };
  return {
    read: async (keys) => keys.map(alive),
    write: async (key, value, ttlSeconds) => put(key, value, ttlSeconds),
    increment: async (key, ttlSeconds) => {
      const count = Number(alive(key) ?? 0) + 1;
      put(key, String(count), ttlSeconds);
      return count;
    },
    close: async () => kept.clear(),
  };
}
