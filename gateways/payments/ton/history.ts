import type { Address } from "@ton/core";
import type { UnreadableRow } from "../port.ts";
import { addressIn } from "./address.ts";
import type { From, Place, Toncenter, Transaction, TransactionRow } from "./toncenter.ts";

export interface History {
  /** Final, oldest first, without a gap but for the rows that cannot be read. */
  readonly transactions: readonly Transaction[];
  readonly unreadable: readonly UnreadableRow[];
  /** How far it reaches, read or not; undefined: nowhere. */
  readonly last: Place | undefined;
  readonly more: boolean;
}

/**
 * What happened at an account behind `from`, which is an lt that was read before, or a moment. Each
 * transaction names the one before it, so that a page which came late, shifted or to another
 * question cannot make us step over one: what stands before the gap is returned, and a gap at the
 * very start is an outage. A row that cannot be read is passed once a later one stands behind it.
 */
export async function historyOf(
  toncenter: Toncenter,
  account: Address,
  { from, limit }: { readonly from: From; readonly limit: number },
): Promise<History> {
  // The transaction that was read last is asked for once more, to see that the next one follows it.
  const asked = limit + 1;
  const page = await toncenter.transactions(account, from, asked);
  const chain = new Chain(account, from);
  for (const row of page) {
    const end = chain.take(row);
    if (end !== undefined) return chain.history(end === "gap");
  }
  return chain.history(chain.isLonger && page.length >= asked);
}

/** The rows of a page, as far as each follows the one before it. */
class Chain {
  readonly #account: Address;
  readonly #from: From;
  readonly #transactions: Transaction[] = [];
  readonly #unreadable: UnreadableRow[] = [];
  /** Rows without a place: they stand somewhere between the last and the next that has one. */
  #pending: UnreadableRow[] = [];
  #last: Place | undefined;

  constructor(account: Address, from: From) {
    this.#account = account;
    this.#from = from;
  }

  get isLonger(): boolean {
    return this.#last !== undefined;
  }

  /** Rows without a place at its end are told, and told again until something stands behind them. */
  history = (more: boolean): History => ({
    transactions: this.#transactions,
    unreadable: [...this.#unreadable, ...this.#pending],
    last: this.#last,
    more,
  });

  /** Why the page ends here; undefined: it goes on. */
  take(row: TransactionRow): "gap" | "notFinal" | undefined {
    const place = row.kind === "transaction" ? row.transaction : row.place;
    if (place === undefined) {
      if (row.kind === "unreadable") this.#pending.push(row.row);
      return undefined;
    }
    if (isAstray(place, this.#account, this.#from)) throw stray(this.#account);
    const before = this.#last?.lt ?? ("lt" in this.#from ? String(this.#from.lt) : undefined);
    const lt = before === undefined ? undefined : BigInt(before);
    if (lt !== undefined && BigInt(place.lt) <= lt) return undefined;
    if (!isFinal(place)) return "notFinal";
    // What is between the two is the row that nobody can read.
    if (!follows(place, lt) && this.#pending.length === 0) {
      if (this.#last === undefined) throw gap(this.#account, place);
      return "gap";
    }
    this.#add(row, place);
    return undefined;
  }

  #add(row: TransactionRow, place: Place): void {
    this.#unreadable.push(...this.#pending);
    this.#pending = [];
    this.#last = place;
    if (row.kind === "transaction") this.#transactions.push(row.transaction);
    else this.#unreadable.push(row.row);
  }
}

/** Final is what a block of the masterchain refers to; everything before that can still vanish. */
const isFinal = ({ mc_block_seqno, emulated }: Place): boolean =>
  typeof mc_block_seqno === "number" && emulated !== true;

/** An account that was gone for a while (nothing left for its rent) begins anew at zero. */
const follows = ({ prev_trans_lt }: Place, last: bigint | undefined): boolean =>
  last === undefined || BigInt(prev_trans_lt) === last || BigInt(prev_trans_lt) === 0n;

function isAstray({ account, lt, now }: Place, asked: Address, from: From): boolean {
  if (addressIn(account)?.equals(asked) !== true) return true;
  return "lt" in from ? BigInt(lt) < from.lt : now < from.utime;
}

const stray = (account: Address): Error =>
  new Error(`toncenter answered another question than for ${account.toRawString()}`);

const gap = (account: Address, { lt, prev_trans_lt }: Place): Error =>
  new Error(
    `toncenter left out ${account.toRawString()} at lt ${prev_trans_lt}, before ${lt}. ` +
      "It is asked again; should this stay, TONCENTER_URL must be an index of the whole history",
  );

/** Oldest first: by the chain's clock, and within a second by its logical time. */
export function inOrder(one: Place, other: Place): number {
  if (one.now !== other.now) return one.now - other.now;
  return BigInt(one.lt) < BigInt(other.lt) ? -1 : 1;
}

/**
 * Histories of several accounts, cut where the first of them to go on ends for now: what stands
 * behind that comes with a later page, after what lies between. What cannot be read is told once
 * more then.
 */
export function upToTheSameMoment<Read extends History>(histories: readonly Read[]): Read[] {
  const ends = histories.flatMap(({ more, last }) => (more && last !== undefined ? [last] : []));
  const end = ends.toSorted(inOrder)[0];
  if (end === undefined) return [...histories];
  return histories.map((history) => {
    const { transactions, last } = history;
    if (last === undefined || inOrder(end, last) >= 0) return history;
    const kept = transactions.filter((one) => inOrder(end, one) >= 0);
    return { ...history, transactions: kept, last: kept.at(-1) };
  });
}
