import type { Address } from "@ton/core";
import { decimalOf, type Money } from "../../../domain/money.ts";
import { memoOf } from "../../../domain/payments/memo.ts";
import { gatewayName, type PaymentOrder } from "../../../domain/payments/payment.ts";
import type { RefundAnswer } from "../../../domain/payments/refund.ts";
import { hourMs, minuteMs, toMs } from "../../../domain/time.ts";
import { Refused } from "../../refused.ts";
import type {
  GatewayCapabilities,
  Invoice,
  PaymentGateway,
  Statement,
  StatementLine,
} from "../port.ts";
import { unreadableRow } from "../wire.ts";
import { rawOf } from "./address.ts";
import { cursorOf, placeOf, placesIn } from "./cursor.ts";
import {
  type Arrival,
  coinsIn,
  type Deposit,
  isMemo,
  isUnclear,
  jettonsIn,
  lineOf,
} from "./deposit.ts";
import { cutAtTheSameTime, type History, readHistory, inOrder } from "./history.ts";
import type { TonCurrency, TonSettings } from "./settings.ts";
import { type From, Toncenter, type Transaction } from "./toncenter.ts";

/** Our account where one currency arrives. */
interface Account {
  readonly currency: TonCurrency;
  readonly account: Address;
  readonly depositIn: (transaction: Transaction) => Deposit | undefined;
}

interface AccountPage extends History {
  readonly source: Account;
}

/** How the gateway calls toncenter; by default as its settings say. */
export interface ReadOptions {
  readonly pageRows?: number;
  /** Milliseconds from one call to the next. */
  readonly gapMs?: number;
}

/** What toncenter allows with a free key, and without a key. */
const callsPerSecond = { withKey: 10, withoutKey: 1 } as const;
/** The chain makes a block every 400 ms: polling faster hardly shows more. */
const shortestPollMs = 250;
/** How far the chain's clock may be behind ours. */
const clockSlackMs = 5 * minuteMs;

/**
 * Coins (GRAM) and USDT on TON, paid to one wallet and told apart by their comments. Each currency
 * is read at the account where it arrives, the wallet or its jetton wallet: an account's
 * transactions are a chain without gaps, and nothing new can appear before one that was read.
 * (toncenter's list of jetton transfers is ordered by the senders' transactions: older rows can
 * appear later, and it does not say whether the units arrived.)
 */
export class TonGateway implements PaymentGateway {
  readonly capabilities: GatewayCapabilities;
  readonly #settings: TonSettings;
  readonly #toncenter: Toncenter;
  readonly #pageRows: number;
  #opened: Promise<readonly Account[]> | undefined;

  constructor(settings: TonSettings, { pageRows = 100, gapMs }: ReadOptions = {}) {
    const { toncenterUrl: url, toncenterKey: apiKey, currencies } = settings;
    const usualRate = callsPerSecond[apiKey === undefined ? "withoutKey" : "withKey"];
    const allowedMs = 1_000 / (settings.callsPerSecond ?? usualRate);
    this.#settings = settings;
    this.#pageRows = pageRows;
    this.#toncenter = new Toncenter({ url, apiKey, gapMs: gapMs ?? allowedMs });
    this.capabilities = {
      name: gatewayName("ton"),
      account: `ton/${rawOf(settings.wallet.address)}`,
      currencies,
      refunds: "none",
      invoiceTtlMs: hourMs,
      icon: "💎",
      notifies: false,
      // A poll is one call per currency. Waiting as long again leaves half
      // of the allowance to others.
      pollIntervalMs: Math.max(shortestPollMs, allowedMs * currencies.length),
      hasStatement: true,
    };
  }

  /** Needs no call: the chain has no invoices. The memo names the payment there. */
  async issueInvoice(order: PaymentOrder): Promise<Invoice> {
    const { memo, price } = order;
    this.#check(price);
    if (!isMemo(memo))
      throw new Refused("a memo has 1 to 120 characters, and no spaces around them");
    const { address: wallet, forTests: testOnly } = this.#settings.wallet;
    // Not bounceable: a wallet that was never deployed would send the money back.
    const address = wallet.toString({ bounceable: false, testOnly });
    const url = this.#payUrl(order, address);
    return { kind: "transfer", reference: memo, address, comment: memo, url };
  }

  async lookup({ memo, openedAt }: PaymentOrder): Promise<readonly StatementLine[]> {
    const utime = Math.floor((toMs(openedAt) - clockSlackMs) / 1_000);
    const arrivals: Arrival[] = [];
    for (const source of await this.#findSources()) {
      let from: From = { utime };
      for (let more = true; more;) {
        const read = await this.#read(source, from);
        arrivals.push(...this.#arrivalsIn(read));
        if (read.last !== undefined) from = { lt: BigInt(read.last.lt) };
        more = read.more;
      }
    }
    const wanted = memoOf(memo);
    return linesOf(arrivals).filter(({ about }) => about.kind === "memo" && about.memo === wanted);
  }

  async refund(): Promise<RefundAnswer> {
    throw new Refused("a transfer on TON cannot be returned: send the money from the wallet");
  }

  async statement(cursor: string): Promise<Statement> {
    const places = placesIn(cursor);
    const pages: AccountPage[] = [];
    for (const source of await this.#findSources()) {
      pages.push(await this.#read(source, { lt: placeOf(places, source.account) }));
    }
    const kept = cutAtTheSameTime(pages);
    const lasts = kept.flatMap(({ source, last }) =>
      last === undefined ? [] : [[rawOf(source.account), last.lt] as const],
    );
    return {
      lines: linesOf(kept.flatMap((page) => this.#arrivalsIn(page))),
      unreadable: kept.flatMap(({ unreadable }) => unreadable),
      cursor: cursorOf({ ...places, ...Object.fromEntries(lasts) }),
      more: pages.some(({ more }) => more),
    };
  }

  /** @throws Refused for a price that would not be recognised when it is paid. */
  #check(price: Money): void {
    const { currency, minor } = price;
    const taken = this.#settings.currencies.find((one) => one === currency);
    if (taken === undefined) {
      throw new Refused(`${currency} is not taken on TON: TON_CURRENCIES does not name it`);
    }
    const least = this.#settings.leastDeposit[taken];
    if (minor >= least.minor) return;
    const problem = `${decimalOf(price)} ${currency} is below TON_MIN_DEPOSIT_${currency}`;
    throw new Refused(`${problem}, ${decimalOf(least)}: such a deposit is ignored`);
  }

  #payUrl({ memo, price, lapsesAt }: PaymentOrder, address: string): string {
    const { payUrl: base, usdtMaster: master } = this.#settings;
    const query = new URLSearchParams({
      amount: String(price.minor),
      text: memo,
      exp: String(Math.floor(toMs(lapsesAt) / 1_000)),
      ...(price.currency === "USDT" ? { jetton: master.toString() } : {}),
    });
    const url = new URL(address, base);
    // Not every wallet reads a plus sign as a space.
    url.search = query.toString().replaceAll("+", "%20");
    return url.href;
  }

  async #read(source: Account, from: From): Promise<AccountPage> {
    const page = { from, limit: this.#pageRows };
    const history = await readHistory(this.#toncenter, source.account, page);
    if (source.currency !== "USDT") return { source, ...history };
    const unclear = history.transactions.filter(isUnclear);
    const rows = unclear.map(({ verbatim }) =>
      unreadableRow(verbatim, '"description.aborted" is absent'),
    );
    return {
      ...history,
      source,
      transactions: history.transactions.filter((one) => !unclear.includes(one)),
      unreadable: [...history.unreadable, ...rows],
    };
  }

  #arrivalsIn({ source: { currency, depositIn }, transactions }: AccountPage): Arrival[] {
    const { wallet, leastDeposit } = this.#settings;
    const { forTests } = wallet;
    const least = BigInt(leastDeposit[currency].minor);
    return transactions.flatMap((transaction) => {
      const deposit = depositIn(transaction);
      if (deposit === undefined || deposit.units < least) return [];
      return [{ ...deposit, currency, transaction, forTests }];
    });
  }

  /** Opened once; the next call retries after a failure. */
  #findSources(): Promise<readonly Account[]> {
    this.#opened ??= this.#openSources().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #openSources(): Promise<readonly Account[]> {
    const { wallet, usdtMaster: master, currencies: taken } = this.#settings;
    const jettonWallets: Address[] = [];
    if (taken.includes("USDT")) {
      const own = await this.#toncenter.findJettonWallet(master, wallet.address);
      if (own === undefined) {
        const problem = `TON_USDT_MASTER, ${master.toString()}, is not the master of a jetton`;
        throw new Error(`${problem} on the network of TONCENTER_URL`);
      }
      jettonWallets.push(own);
    }
    const coins = (transaction: Transaction) => coinsIn(transaction, jettonWallets);
    const native = { currency: "GRAM", account: wallet.address, depositIn: coins } as const;
    const usdt = jettonWallets.map((account) => {
      return { currency: "USDT", account, depositIn: jettonsIn } as const;
    });
    return taken.includes("GRAM") ? [native, ...usdt] : usdt;
  }
}

const linesOf = (arrivals: readonly Arrival[]): StatementLine[] =>
  arrivals
    .toSorted(({ transaction: one }, { transaction: other }) => inOrder(one, other))
    .map(lineOf);
