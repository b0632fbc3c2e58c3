import { Address } from "@ton/core";
import * as z from "zod";

import { Calls } from "../kit/calls.ts";
import { Blocks } from "./blocks.ts";
import type { RecordedCall } from "./calls.ts";
import { Chain, type Genesis } from "./chain.ts";
import { Faults } from "./faults.ts";
import { type Indexed, Indexer } from "./indexer.ts";
import type { Jetton } from "./jettons.ts";
import { Journal } from "./journal.ts";
import { type Operation, operationSchema } from "./operations.ts";

/** Grows when the same operations no longer give the same transactions. */
const version = 1;

const genesisSchema = z.strictObject({
  version: z.literal(version),
  merchant: z.string().optional(),
  merchantState: z.enum(["active", "uninit"]),
  usdtMaster: z.string().optional(),
  bornMs: z.int(),
});
const entrySchema = z.strictObject({ operation: operationSchema, atMs: z.int() });

export interface WorldOptions {
  readonly genesis: Omit<Genesis, "bornMs">;
  readonly dataFile?: string | undefined;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** What one operation did. */
export interface Done {
  readonly transactions: readonly Indexed[];
  readonly jetton?: Jetton | undefined;
}

interface State {
  readonly chain: Chain;
  readonly indexer: Indexer;
  readonly blocks: Blocks;
}

/** The chain, what is known of it, and how this server misbehaves. One operation at a time. */
export class World {
  readonly faults = new Faults();
  readonly calls = new Calls<RecordedCall>();
  readonly #journal: Journal;
  readonly #options: WorldOptions;
  #state: State;
  #lastMs: number;
  #done = new Map<string, Done>();
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(options: WorldOptions, journal: Journal, state: State, lastMs: number) {
    this.#options = options;
    this.#journal = journal;
    this.#state = state;
    this.#lastMs = lastMs;
  }

  /** Replays the data file, if there is one. Throws when it is of another merchant. */
  static async open(options: WorldOptions): Promise<World> {
    const journal = new Journal(options.dataFile);
    try {
      const [first, ...rest] = journal.read();
      const genesis = genesisOf(first, options);
      const world = new World(options, journal, await begin(genesis), genesis.bornMs);
      if (first === undefined) journal.append({ version, ...genesis });
      for (const entry of rest) {
        const { operation, atMs } = checked(entrySchema, entry, options);
        await world.#perform(operation, atMs).catch(() => undefined);
      }
      return world;
    } catch (error) {
      journal.close();
      throw error;
    }
  }

  get chain(): Chain {
    return this.#state.chain;
  }

  get indexer(): Indexer {
    return this.#state.indexer;
  }

  get blocks(): Blocks {
    return this.#state.blocks;
  }

  /** The masterchain's newest block: nothing that was told of lies behind it. */
  get tip(): number {
    return this.blocks.at(Math.max(this.#lastMs, this.#options.clock()));
  }

  /**
   * Does it, keeps it, and only then shows it. Throws `Impossible`, or whatever the chain says of a
   * message that it does not take.
   */
  do(operation: Operation): Promise<Done> {
    return this.#inTurn(async () => {
      const id = operation.kind === "pay" ? operation.id : undefined;
      const before = id === undefined ? undefined : this.#done.get(id);
      if (before !== undefined) return before;
      const atMs = Math.max(this.#lastMs, this.#options.clock());
      return this.#perform(operation, atMs, () => this.#journal.append({ operation, atMs }));
    });
  }

  /** Reads of the chain itself wait for the operation that is under way. */
  look<Result>(read: (chain: Chain) => Promise<Result>): Promise<Result> {
    return this.#inTurn(() => read(this.chain));
  }

  /** A new chain; whatever was, is gone. */
  reset(): Promise<void> {
    return this.#inTurn(async () => {
      const genesis = { ...this.#options.genesis, bornMs: this.#options.clock() };
      const state = await begin(genesis);
      this.#journal.clear();
      this.#journal.append({ version, ...genesis });
      this.#state = state;
      this.#lastMs = genesis.bornMs;
      this.#done = new Map();
      this.faults.clear();
      this.calls.clear();
    });
  }

  async close(): Promise<void> {
    await this.#queue;
    this.#journal.close();
  }

  /**
   * What fails half-way has left its transactions behind, so it is kept as well: a replay fails at
   * the same place.
   */
  async #perform(operation: Operation, atMs: number, keep?: () => void): Promise<Done> {
    const { chain, indexer, blocks } = this.#state;
    let jetton: Jetton | undefined;
    const transactions: Indexed[] = [];
    try {
      jetton = await chain.perform(operation, atMs);
    } finally {
      keep?.();
      this.#lastMs = atMs;
      for (const caused of chain.takeExecuted()) {
        transactions.push(...(await indexer.add(caused, blocks.at(atMs))));
      }
    }
    const done = { transactions, jetton };
    if (operation.kind === "pay" && operation.id !== undefined) this.#done.set(operation.id, done);
    return done;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}

async function begin(genesis: Genesis): Promise<State> {
  const chain = await Chain.begin(genesis);
  return { chain, indexer: new Indexer(chain.jettons), blocks: new Blocks(genesis.bornMs) };
}

function genesisOf(entry: unknown, options: WorldOptions): Genesis {
  const { genesis: wanted, clock, dataFile } = options;
  if (entry === undefined) return { ...wanted, bornMs: clock() };
  const kept = checked(genesisSchema, entry, options);
  const fits =
    sameAddress(kept.merchant, wanted.merchant) &&
    sameAddress(kept.usdtMaster, wanted.usdtMaster) &&
    kept.merchantState === wanted.merchantState;
  if (fits) return kept;
  throw new Error(
    `${dataFile} holds the chain of another merchant, merchant's state or USDT master: ` +
      "set them as they were, or move the file away",
  );
}

function sameAddress(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Address.parse(one).equals(Address.parse(other));
}

function checked<Schema extends z.ZodType>(
  schema: Schema,
  entry: unknown,
  { dataFile }: WorldOptions,
): z.output<Schema> {
  const read = schema.safeParse(entry);
  if (read.success) return read.data;
  throw new Error(`${dataFile} is no chain of this version: move the file away to begin anew`);
}
