import { accountOf } from "./addresses.ts";
import type { PageFault } from "./faults.ts";
import type { Indexed, IndexedTransfer, IndexedWallet } from "./indexer.ts";
import { addressBook, metadata, transferRow, walletRow } from "./jetton-rows.ts";
import {
  includes,
  isWithin,
  type Page,
  readAddresses,
  readBounds,
  readPage,
  Refusal,
} from "./list-query.ts";
import type { State } from "./state.ts";
import { type Finality, transactionRow } from "./transaction-row.ts";

/** A list call and what it is answered from. */
export interface ListCall {
  readonly state: State;
  readonly query: URLSearchParams;
  readonly fault: PageFault | undefined;
  readonly defaultLimit: number;
}

/** `GET /transactions` [TON:v3.yaml, TI:crud_transactions.go]. `exclude_account` does nothing. */
export function listTransactions(call: ListCall): object {
  const { query, state } = call;
  const accounts = readAddresses(query, "account");
  const bounds = readBounds(query);
  const hashes = query.getAll("hash");
  const lt = query.get("lt");
  const block = query.get("mc_seqno");
  const page = readPage(query, call.defaultLimit);
  const found = state.indexer
    .transactions()
    .filter(
      (one) =>
        includes(accounts, one.account) &&
        isWithin(bounds, one.lt, one.now) &&
        (hashes.length === 0 || hashes.some((hash) => isHash(one, hash))) &&
        (lt === null || one.lt.toString() === lt) &&
        (block === null || String(one.mcSeqno) === block),
    );
  const shown = pageOf(call, page, found);
  const rows = shown.map(({ row, finality }) => transactionRow(row, finality));
  const parties = shown.flatMap(({ row }) => [row.account]);
  return { transactions: rows, address_book: addressBook(parties) };
}

/** A hash may be asked for in hex or either base64. */
const isHash = ({ transaction }: Indexed, text: string): boolean => {
  const given = Buffer.from(text, /^[\da-f]{64}$/iu.test(text) ? "hex" : "base64");
  return transaction.hash().equals(given);
};

/** `GET /jetton/transfers`: those that were not aborted [TI:crud_jettons.go]. */
export function listTransfers(call: ListCall): object {
  const { query, state } = call;
  const owners = readAddresses(query, "owner_address") ?? readAddresses(query, "address");
  const wallets = readAddresses(query, "jetton_wallet");
  const masters = readAddresses(query, "jetton_master");
  const bounds = readBounds(query);
  const isSide = directionOf(query.get("direction"));
  const found = state.indexer
    .transfers()
    .filter(
      (one) =>
        !isAborted(one.at) &&
        (owners === undefined ||
          (isSide.out && includes(owners, one.source)) ||
          (isSide.in && includes(owners, one.destination))) &&
        includes(wallets, one.sourceWallet) &&
        includes(masters, one.master) &&
        isWithin(bounds, one.at.lt, one.at.now),
    );
  const shown = pageOf(call, readPage(query, call.defaultLimit), found).map(({ row }) => row);
  return {
    jetton_transfers: shown.map(transferRow),
    address_book: addressBook(shown.flatMap((row) => [row.source, row.destination, row.master])),
    metadata: metadata(
      shown.map((row) => row.master),
      state.chain.jettons,
    ),
  };
}

function directionOf(text: string | null): { readonly in: boolean; readonly out: boolean } {
  if (text === null || text === "" || text === "both") return { in: true, out: true };
  if (text === "in" || text === "out") return { in: text === "in", out: text === "out" };
  throw new Refusal(422, "direction should be one of: in, out");
}

const isAborted = ({ transaction: { description } }: Indexed): boolean =>
  description.type === "generic" && description.aborted;

/**
 * `GET /jetton/wallets`. With `sort` they are ordered by balance, so their pages are not stable.
 * @throws Refusal 422 when the query is wrong, or has several jettons without exactly one owner.
 */
export function listWallets(call: ListCall): object {
  const { query, state } = call;
  const addresses = readAddresses(query, "address");
  const owners = readAddresses(query, "owner_address");
  const masters = readAddresses(query, "jetton_address");
  if ((masters?.length ?? 0) > 1 && owners?.length !== 1) {
    throw new Refusal(422, "exact one owner_address required for multiple jetton_address");
  }
  const page = readPage(query, call.defaultLimit);
  const wantsFull = query.get("exclude_zero_balance") === "true";
  const found = state.indexer
    .wallets()
    .filter(
      (one) =>
        includes(addresses, one.address) &&
        includes(owners, one.owner) &&
        includes(masters, one.master) &&
        (!wantsFull || one.balance > 0n),
    );
  const sorted = page.sort === undefined ? found : byBalance(found, page.sort);
  const start = begin(page, call.fault);
  const shown = sorted.slice(start, start + page.limit);
  return {
    jetton_wallets: shown.map(walletRow),
    address_book: addressBook(shown.flatMap((row) => [row.address, row.owner, row.master])),
    metadata: metadata(
      shown.map((row) => row.master),
      state.chain.jettons,
    ),
  };
}

function byBalance(wallets: IndexedWallet[], sort: "asc" | "desc"): IndexedWallet[] {
  const sign = sort === "asc" ? 1 : -1;
  return wallets.toSorted((one, other) => sign * Number(one.balance - other.balance));
}

interface PageRow<Row> {
  readonly row: Row;
  readonly finality: Finality;
}

/** The rows of a page, newest first unless asked otherwise, as a fault lets them be seen. */
function pageOf<Row extends Indexed | IndexedTransfer>(
  { state, fault }: ListCall,
  page: Page,
  rows: readonly Row[],
): PageRow<Row>[] {
  const tip = fault?.page === "lag" ? state.tip - fault.blocks : state.tip;
  const seen = rows.filter((row) => of(row).mcSeqno <= tip);
  const sorted = seen.toSorted((one, other) => compare(of(one), of(other)));
  const final = sorted.length - (fault?.page === "not-final" ? fault.rows : 0);
  const marked = sorted.map((row, index): PageRow<Row> => {
    const isOpen = fault?.page === "not-final" && index >= final;
    return { row, finality: isOpen ? fault.finality : "finalized" };
  });
  const hides = fault?.page === "not-final" && fault.shown === "hidden";
  const kept = hides ? marked.filter(({ finality }) => finality === "finalized") : marked;
  const ordered = page.sort === "asc" ? kept : kept.toReversed();
  const start = begin(page, fault);
  return ordered.slice(start, start + page.limit);
}

const begin = ({ offset }: Page, fault: PageFault | undefined): number =>
  Math.max(0, offset + (fault?.page === "shift" ? fault.by : 0));

const of = (row: Indexed | IndexedTransfer): Indexed => ("at" in row ? row.at : row);

function compare(one: Indexed, other: Indexed): number {
  if (one.lt !== other.lt) return one.lt < other.lt ? -1 : 1;
  return accountOf(one.account) < accountOf(other.account) ? -1 : 1;
}
