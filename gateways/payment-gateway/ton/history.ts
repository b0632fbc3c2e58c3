import type { Address } from "@ton/core";
import { addressIn } from "./address.ts";
import type { From, Toncenter, Transaction } from "./toncenter.ts";

export interface History {
  /** Final, oldest first, without a gap. */
  readonly transactions: readonly Transaction[];
  readonly more: boolean;
}

/**
 * What happened at an account behind `from`, which is an lt that was read before, or a moment. Each
 * transaction names the one before it, so that a page which came late, shifted or to another
 * question cannot make us step over one: what stands before the gap is returned, and a gap at the
 * very start is an outage.
 */
export async function historyOf(
  toncenter: Toncenter,
  account: Address,
  { from, limit }: { readonly from: From; readonly limit: number },
): Promise<History> {
  // The transaction that was read last is asked for once more, to see that the next one follows it.
  const asked = limit + 1;
  const page = await toncenter.transactions(account, from, asked);
  const read: Transaction[] = [];
  let last = "lt" in from ? from.lt : undefined;
  for (const transaction of page) {
    const lt = BigInt(transaction.lt);
    if (isAstray(transaction, account, from)) throw stray(account);
    if (last !== undefined && lt <= last) continue;
    if (!isFinal(transaction)) return { transactions: read, more: false };
    if (!follows(transaction, last)) {
      if (read.length === 0) throw gap(account, transaction);
      return { transactions: read, more: true };
    }
    read.push(transaction);
    last = lt;
  }
  return { transactions: read, more: read.length > 0 && page.length >= asked };
}

/** Final is what a block of the masterchain refers to; everything before that can still vanish. */
const isFinal = ({ mc_block_seqno, emulated }: Transaction): boolean =>
  typeof mc_block_seqno === "number" && emulated !== true;

/** An account that was gone for a while (nothing left for its rent) begins anew at zero. */
const follows = ({ prev_trans_lt }: Transaction, last: bigint | undefined): boolean =>
  last === undefined || BigInt(prev_trans_lt) === last || BigInt(prev_trans_lt) === 0n;

function isAstray({ account, lt, now }: Transaction, asked: Address, from: From): boolean {
  if (addressIn(account)?.equals(asked) !== true) return true;
  return "lt" in from ? BigInt(lt) < from.lt : now < from.utime;
}

const stray = (account: Address): Error =>
  new Error(`toncenter answered another question than for ${account.toRawString()}`);

const gap = (account: Address, { lt, prev_trans_lt }: Transaction): Error =>
  new Error(
    `toncenter left out ${account.toRawString()} at lt ${prev_trans_lt}, before ${lt}. ` +
      "It is asked again; should this stay, TONCENTER_URL must be an index of the whole history",
  );

/** Oldest first: by the chain's clock, and within a second by its logical time. */
export function inOrder(one: Transaction, other: Transaction): number {
  if (one.now !== other.now) return one.now - other.now;
  return BigInt(one.lt) < BigInt(other.lt) ? -1 : 1;
}

/**
 * Histories of several accounts, cut where the first of them to go on ends for now: what stands
 * behind that comes with a later page, after what lies between.
 */
export function upToTheSameMoment<Read extends History>(histories: readonly Read[]): Read[] {
  const ends = histories.filter(({ more }) => more).map(({ transactions }) => newest(transactions));
  const end = ends.toSorted(inOrder)[0];
  if (end === undefined) return [...histories];
  return histories.map((history) => {
    const { transactions } = history;
    const over = transactions.findIndex((one) => inOrder(end, one) < 0);
    return over === -1 ? history : { ...history, transactions: transactions.slice(0, over) };
  });
}

/** Of a page that goes on, which is never empty. */
const newest = (transactions: readonly Transaction[]): Transaction =>
  transactions.reduce((one, other) => (inOrder(one, other) < 0 ? other : one));
