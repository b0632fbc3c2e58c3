import type { Address } from "@ton/core";
import type { BlockchainTransaction } from "@ton/sandbox";
import { readTransfer, type Transfer } from "./jetton-messages.ts";
import type { Jettons, JettonWalletState } from "./jettons.ts";

/** A transaction and where the indexer has put it. */
export interface Indexed {
  readonly account: Address;
  readonly lt: bigint;
  /** Seconds since 1970. */
  readonly now: number;
  readonly mcSeqno: number;
  readonly transaction: BlockchainTransaction;
  /** The hash of the transaction everything of this trace began with. */
  readonly traceId: Buffer;
  /** The hash of the external message that began it. */
  readonly externalHash: Buffer | undefined;
}

/**
 * A jetton transfer as the indexer sees it: at the sender's jetton wallet, whether or not the
 * receiver was notified [TI:EventProcessor.cpp]. Its `lt` and hash are of that transaction.
 */
export interface IndexedTransfer extends Transfer {
  readonly at: Indexed;
  readonly source: Address;
  readonly sourceWallet: Address;
  readonly master: Address;
}

/** A wallet whose transactions are indexed. */
export interface IndexedWallet extends JettonWalletState {
  readonly address: Address;
}

/** What toncenter's indexer would have stored, oldest first. */
export class Indexer {
  readonly #jettons: Jettons;
  readonly #transactions: Indexed[] = [];
  readonly #transfers: IndexedTransfer[] = [];
  readonly #wallets = new Map<string, IndexedWallet>();

  constructor(jettons: Jettons) {
    this.#jettons = jettons;
  }

  transactions(): readonly Indexed[] {
    return this.#transactions;
  }

  transfers(): readonly IndexedTransfer[] {
    return this.#transfers;
  }

  /** In the order in which they were first seen. */
  wallets(): IndexedWallet[] {
    return [...this.#wallets.values()];
  }

  /** Adds the transactions of one message, all at once after all are read. */
  async add(caused: readonly BlockchainTransaction[], mcSeqno: number): Promise<Indexed[]> {
    const indexed = place(caused, mcSeqno);
    const wallets: IndexedWallet[] = [];
    for (const address of accountsOf(indexed)) {
      const state = await this.#jettons.read(address);
      if (state !== undefined) wallets.push({ ...state, address });
    }
    for (const wallet of wallets) this.#wallets.set(wallet.address.toRawString(), wallet);
    this.#transactions.push(...indexed);
    this.#transfers.push(...indexed.flatMap((one) => this.#transferOf(one)));
    return indexed;
  }

  #transferOf(at: Indexed): IndexedTransfer[] {
    const wallet = this.#wallets.get(at.account.toRawString());
    const message = at.transaction.inMessage;
    if (wallet === undefined || message?.info.type !== "internal" || message.info.bounced)
      return [];
    const transfer = readTransfer(message.body);
    if (transfer === undefined) return [];
    const { owner: source, address: sourceWallet, master } = wallet;
    return [{ ...transfer, at, source, sourceWallet, master }];
  }
}

function place(caused: readonly BlockchainTransaction[], mcSeqno: number): Indexed[] {
  const [root] = caused;
  if (root === undefined) return [];
  const traceId = root.hash();
  const isExternal = root.inMessage?.info.type === "external-in";
  const externalHash = isExternal ? root.raw.refs[0]?.refs[0]?.hash() : undefined;
  return caused.map((transaction) => {
    const { lt, now } = transaction;
    const account = accountOf(transaction);
    return { account, lt, now, mcSeqno, transaction, traceId, externalHash };
  });
}

/** Only ordinary transactions happen here: each has a message to the account it is of. */
function accountOf({ inMessage }: BlockchainTransaction): Address {
  const to = inMessage?.info.dest;
  if (to == null || !("workChain" in to))
    throw new Error("a transaction without a message came up");
  return to;
}

const accountsOf = (indexed: readonly Indexed[]): Address[] => [
  ...new Map(indexed.map(({ account }) => [account.toRawString(), account])).values(),
];
