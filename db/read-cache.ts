import type { TelegramId } from "../domain/ids.ts";

/** What a cache is kept in. It may lose anything at any time, and may fail: nobody depends on it. */
export interface CacheStore {
  read(keys: readonly string[]): Promise<(string | null)[]>;
  write(key: string, value: string, ttlSeconds: number): Promise<void>;
  /** Makes the number at `key` another one. */
  increment(key: string, ttlSeconds: number): Promise<number>;
}

const valueTtlSeconds = 300;
const versionTtlSeconds = 86_400;

const versionKey = (of: TelegramId) => `user:${of}:version`;

/**
 * Answers what was read before, until somebody writes. A value carries the version it was read under, and a
 * write makes a new version: a slow reader cannot bring back what a writer has replaced.
 */
export class ReadCache {
  readonly #store: CacheStore | undefined;

  constructor(store: CacheStore | undefined) {
    this.#store = store;
  }

  async through<Value>(of: TelegramId, what: string, load: () => Promise<Value>): Promise<Value> {
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

  /** Everything read of this person before is read anew from now on. */
  async forget(of: TelegramId): Promise<void> {
    await this.#store?.increment(versionKey(of), versionTtlSeconds).catch(() => undefined);
  }
}

function split(text: string): [string, string | undefined] {
  const bar = text.indexOf("|");
  return bar < 0 ? ["", undefined] : [text.slice(0, bar), text.slice(bar + 1)];
}
