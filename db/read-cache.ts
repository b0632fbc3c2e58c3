import type { TelegramId } from "../domain/ids.ts";

/**
 * A store for cached values. It may lose anything at any time, and may fail: correctness does not
 * depend on it.
 */
export interface CacheStore {
  /** The values of these keys in their order; null: it has none. */
  read(keys: readonly string[]): Promise<(string | null)[]>;
  /** Keeps a value for at most `ttlSeconds`. */
  write(key: string, value: string, ttlSeconds: number): Promise<void>;
  /** Increments the number at `key` and returns it. */
  increment(key: string, ttlSeconds: number): Promise<number>;
}

const valueTtlSeconds = 300;
const versionTtlSeconds = 86_400;

const versionKey = (of: TelegramId) => `user:${of}:version`;

/**
 * Caches reads until the next write. A value carries the version under which it was read, and a
 * write changes the version: a slow reader cannot bring back a value that was replaced.
 */
export class ReadCache {
  readonly #store: CacheStore | undefined;

  constructor(store: CacheStore | undefined) {
    this.#store = store;
  }

  /**
   * The cached value of this person's `what`, or the value of `load`,
   * which is then cached unless undefined.
   */
  async readThrough<Value>(
    of: TelegramId,
    what: string,
    load: () => Promise<Value>,
  ): Promise<Value> {
    const key = `user:${of}:${what}`;
    const found = await this.#store?.read([versionKey(of), key]).catch(() => undefined);
    if (found === undefined) return load();
    const version = found[0] ?? "0";
    const [cachedVersion, cached] = split(found[1] ?? "");
    if (cached !== undefined && cachedVersion === version) return JSON.parse(cached) as Value;
    const value = await load();
    if (value !== undefined) {
      const text = `${version}|${JSON.stringify(value)}`;
      await this.#store?.write(key, text, valueTtlSeconds).catch(() => undefined);
    }
    return value;
  }

  /** Invalidates everything cached of this person. */
  async forget(of: TelegramId): Promise<void> {
    await this.#store?.increment(versionKey(of), versionTtlSeconds).catch(() => undefined);
  }
}

function split(text: string): [string, string | undefined] {
  const bar = text.indexOf("|");
  return bar < 0 ? ["", undefined] : [text.slice(0, bar), text.slice(bar + 1)];
}
