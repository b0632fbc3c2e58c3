import type { Address } from "@ton/core";
import type { UnreadableRow } from "../port.ts";
import { addressIn } from "./address.ts";
import type { From, Place, Toncenter, Transaction, TransactionRow } from "./toncenter.ts";

/** A part of an account's history. */
export interface History {
  /** Final ones, oldest first, without gaps except for the rows that cannot be read. */
  readonly transactions: readonly Transaction[];
  readonly unreadable: readonly UnreadableRow[];
  /** How far it reaches, readable or not; undefined where it is empty. */
  readonly last: Place | undefined;
  readonly more: boolean;
}

/**
 * An account's history after `from`, which is an lt that was read before, or a time. Each
 * transaction names the one before it, so that a page which is late, shifted or of another request
 * cannot make us skip one: what precedes a gap is returned, and a gap at the very start is an
 * outage. An unreadable row is passed once a later one follows it.
 * @throws Error when toncenter leaves out a transaction at the start, or answers another request.
 */
export async function readHistory(
  toncenter: Toncenter,
  account: Address,
  { from, limit }: { readonly from: From; readonly limit: number },
): Promise<History> {
  // The last transaction that was read is requested again, to see that the next one follows it.
  const count = limit + 1;
  const page = await toncenter.listTransactions(account, from, count);
  const chain = new Chain(account, from);
  for (const row of page) {
    const end = chain.take(row);
    if (end !== undefined) return chain.history(end === "gap");
  }
  return chain.history(chain.isLonger && page.length >= count);
}

/** The rows of a page, up to the first that does not follow the one before it. */
class Chain {
  readonly #account: Address;
  readonly #from: From;
  readonly #transactions: Transaction[] = [];
  readonly #unreadable: UnreadableRow[] = [];
  /** Rows without a place: they are somewhere between the last row and the next that has one. */
  #pending: UnreadableRow[] = [];
  #last: Place | undefined;

  constructor(account: Address, from: From) {
    this.#account = account;
    this.#from = from;
  }

  get isLonger(): boolean {
    return this.#last !== undefined;
  }

  /** Rows without a place at the end are reported, and again until another row follows them. */
  history = (more: boolean): History => ({
    transactions: this.#transactions,
    unreadable: [...this.#unreadable, ...this.#pending],
    last: this.#last,
    more,
  });

  /** Takes a row; says why the page ends with it, or undefined where it goes on. */
  take(row: TransactionRow): "gap" | "notFinal" | undefined {
    const place = row.kind === "transaction" ? row.transaction : row.place;
    if (place === undefined) {
      if (row.kind === "unreadable") this.#pending.push(row.row);
      return undefined;
    }
    if (isOfAnotherRequest(place, this.#account, this.#from)) throw wrongAnswer(this.#account);
    const before = this.#last?.lt ?? ("lt" in this.#from ? String(this.#from.lt) : undefined);
    const lt = before === undefined ? undefined : BigInt(before);
    if (lt !== undefined && BigInt(place.lt) <= lt) return undefined;
    if (!isFinal(place)) return "notFinal";
    // The unreadable row lies between the two.
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

/**
 * A transaction is final once a masterchain block refers to it; before that it can still vanish.
 */
const isFinal = ({ mc_block_seqno, emulated }: Place): boolean =>
  typeof mc_block_seqno === "number" && emulated !== true;

/** An account that was deleted for a while (nothing left for its rent) begins again at zero. */
const follows = ({ prev_trans_lt }: Place, last: bigint | undefined): boolean =>
  last === undefined || BigInt(prev_trans_lt) === last || BigInt(prev_trans_lt) === 0n;

function isOfAnotherRequest({ account, lt, now }: Place, expected: Address, from: From): boolean {
  if (addressIn(account)?.equals(expected) !== true) return true;
  return "lt" in from ? BigInt(lt) < from.lt : now < from.utime;
}

const wrongAnswer = (account: Address): Error =>
  new Error(`toncenter answered another question than for ${account.toRawString()}`);

const gap = (account: Address, { lt, prev_trans_lt }: Place): Error =>
  new Error(
    `toncenter left out ${account.toRawString()} at lt ${prev_trans_lt}, before ${lt}. ` +
      "It is asked again; if this persists, TONCENTER_URL must be an index of the whole history",
  );

/** Orders oldest first: by the chain's clock, and within a second by logical time. */
export function inOrder(one: Place, other: Place): number {
  if (one.now !== other.now) return one.now - other.now;
  return BigInt(one.lt) < BigInt(other.lt) ? -1 : 1;
}

/**
 * Histories of several accounts, cut where the first incomplete one ends for now: later rows come
 * with a later page, after what lies between. Rows that cannot be read are then reported again.
 */
export function cutAtTheSameTime<Read extends History>(histories: readonly Read[]): Read[] {
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
