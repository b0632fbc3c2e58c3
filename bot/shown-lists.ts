import { type KeyValueStore, openMemory } from "../runtime/redis.ts";

const ttlSeconds = 3_600;

/**
 * What a page has listed, so that a button below it means exactly that. Also kept in this process,
 * so that it works while Redis is unreachable; what is lost has to be listed again.
 */
export class ShownLists<Row> {
  readonly #shared: KeyValueStore;
  readonly #own = openMemory();

  constructor(shared: KeyValueStore) {
    this.#shared = shared;
  }

  /** Keeps a list for an hour under the mark of its button. */
  async keep(mark: string, rows: readonly Row[]): Promise<void> {
    const text = JSON.stringify(rows);
    await this.#own.write(keyOf(mark), text, ttlSeconds);
    await this.#shared.write(keyOf(mark), text, ttlSeconds).catch(() => undefined);
  }

  /** The list under this mark; undefined: it is too old. */
  async find(mark: string): Promise<readonly Row[] | undefined> {
    const [shared] = await this.#shared.read([keyOf(mark)]).catch(() => []);
    const text = shared ?? (await this.#own.read([keyOf(mark)]))[0];
    return text ? (JSON.parse(text) as readonly Row[]) : undefined;
  }
}

const keyOf = (mark: string) => `listed:${mark}`;
