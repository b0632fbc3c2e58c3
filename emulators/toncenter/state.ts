import { Address } from "@ton/core";
import * as z from "zod";
import { Calls, type RecordedCall as AnyCall } from "../kit/calls.ts";
import { Blocks } from "./blocks.ts";
import { Chain, type Genesis } from "./chain.ts";
import { Faults } from "./faults.ts";
import { type Indexed, Indexer } from "./indexer.ts";
import type { Jetton } from "./jettons.ts";
import { OperationLog } from "./operation-log.ts";
import { type Operation, operationSchema } from "./operations.ts";
import type { Settings } from "./options.ts";

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

/** An API call. The API key is not kept. */
export interface RecordedCall extends AnyCall {
  readonly query: Readonly<Record<string, string>>;
  /** 0: the connection was dropped. */
  readonly status: number;
}

/** What one operation did. */
export interface Executed {
  readonly transactions: readonly Indexed[];
  readonly jetton?: Jetton | undefined;
}

interface ChainState {
  readonly chain: Chain;
  readonly indexer: Indexer;
  readonly blocks: Blocks;
}

/** The chain, its index, and the faults. Operations run one at a time. */
export class State {
  readonly faults = new Faults();
  readonly calls = new Calls<RecordedCall>();
  readonly #log: OperationLog;
  readonly #settings: Settings;
  #current: ChainState;
  #lastMs: number;
  #done = new Map<string, Executed>();
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(settings: Settings, log: OperationLog, current: ChainState, lastMs: number) {
    this.#settings = settings;
    this.#log = log;
    this.#current = current;
    this.#lastMs = lastMs;
  }

  /** Replays the data file, if there is one. @throws Error when it is of another merchant. */
  static async open(settings: Settings): Promise<State> {
    const log = new OperationLog(settings.dataFile);
    try {
      const [first, ...rest] = log.read();
      const genesis = genesisOf(first, settings);
      const state = new State(settings, log, await begin(genesis), genesis.bornMs);
      if (first === undefined) log.append({ version, ...genesis });
      for (const entry of rest) {
        const { operation, atMs } = parseEntry(entrySchema, entry, settings);
        await state.#perform(operation, atMs).catch(() => undefined);
      }
      return state;
    } catch (error) {
      log.close();
      throw error;
    }
  }

  get chain(): Chain {
    return this.#current.chain;
  }

  get indexer(): Indexer {
    return this.#current.indexer;
  }

  get blocks(): Blocks {
    return this.#current.blocks;
  }

  /** The masterchain's newest block; everything listed is at or below it. */
  get tip(): number {
    return this.blocks.seqnoAt(Math.max(this.#lastMs, this.#settings.now()));
  }

  /**
   * Performs an operation, stores it, and only then shows it.
   * @throws Impossible, or the chain's error for a message that it rejects.
   */
  execute(operation: Operation): Promise<Executed> {
    return this.#inTurn(async () => {
      const id = operation.kind === "pay" ? operation.id : undefined;
      const before = id === undefined ? undefined : this.#done.get(id);
      if (before !== undefined) return before;
      const atMs = Math.max(this.#lastMs, this.#settings.now());
      return this.#perform(operation, atMs, () => this.#log.append({ operation, atMs }));
    });
  }

  /** Reads of the chain itself wait for the operation that is under way. */
  read<Result>(read: (chain: Chain) => Promise<Result>): Promise<Result> {
    return this.#inTurn(() => read(this.chain));
  }

  /** Replaces the chain by a new one. */
  reset(): Promise<void> {
    return this.#inTurn(async () => {
      const genesis = newGenesis(this.#settings);
      const current = await begin(genesis);
      this.#log.clear();
      this.#log.append({ version, ...genesis });
      this.#current = current;
      this.#lastMs = genesis.bornMs;
      this.#done = new Map();
      this.faults.clear();
      this.calls.clear();
    });
  }

  /** Waits for the operation that is under way and closes the data file. */
  async stop(): Promise<void> {
    await this.#queue;
    this.#log.close();
  }

  /**
   * What fails half-way has left its transactions behind, so it is kept as well: a replay fails at
   * the same place.
   */
  async #perform(operation: Operation, atMs: number, keep?: () => void): Promise<Executed> {
    const { chain, indexer, blocks } = this.#current;
    let jetton: Jetton | undefined;
    const transactions: Indexed[] = [];
    try {
      jetton = await chain.perform(operation, atMs);
    } finally {
      keep?.();
      this.#lastMs = atMs;
      for (const caused of chain.takeExecuted()) {
        transactions.push(...(await indexer.add(caused, blocks.seqnoAt(atMs))));
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

async function begin(genesis: Genesis): Promise<ChainState> {
  const chain = await Chain.begin(genesis);
  return { chain, indexer: new Indexer(chain.jettons), blocks: new Blocks(genesis.bornMs) };
}

function newGenesis({ merchant, merchantState, usdtMaster, now }: Settings): Genesis {
  return { merchant, merchantState, usdtMaster, bornMs: now() };
}

function genesisOf(entry: unknown, settings: Settings): Genesis {
  const wanted = newGenesis(settings);
  if (entry === undefined) return wanted;
  const kept = parseEntry(genesisSchema, entry, settings);
  const fits =
    sameAddress(kept.merchant, wanted.merchant) &&
    sameAddress(kept.usdtMaster, wanted.usdtMaster) &&
    kept.merchantState === wanted.merchantState;
  if (fits) return kept;
  throw new Error(
    `${settings.dataFile} holds the chain of another merchant, merchant's state or USDT master: ` +
      "set them as they were, or move the file away",
  );
}

function sameAddress(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Address.parse(one).equals(Address.parse(other));
}

function parseEntry<Schema extends z.ZodType>(
  schema: Schema,
  entry: unknown,
  { dataFile }: Settings,
): z.output<Schema> {
  const read = schema.safeParse(entry);
  if (read.success) return read.data;
  throw new Error(`${dataFile} is not a chain of this version: move the file away to begin anew`);
}
