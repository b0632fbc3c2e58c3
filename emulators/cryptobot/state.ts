import type { CallOutcome, Calls } from "../kit/calls.ts";
import { GatewayStore } from "../kit/gateway-store.ts";
import { parseAmount } from "./amounts.ts";
import { conversionOf, gainOf, payableAssets, type PaymentChoice } from "./conversion.ts";
import { Currencies } from "./currencies.ts";
import { Faults } from "./faults.ts";
import { type Invoice, Invoices } from "./invoices.ts";
import type { Settings } from "./options.ts";
import { invalid, Refusal } from "./refusal.ts";
import { Transfers } from "./transfers.ts";
import { Webhook } from "./webhook.ts";
import { wireInvoice } from "./wire.ts";

/** An API call, and the invoice or transfer it was about. */
export interface RecordedCall extends CallOutcome {
  readonly invoice_id?: number | undefined;
  readonly spend_id?: string | undefined;
}

/** One app: its invoices, its balance, its webhook. */
export class State {
  readonly options: Settings;
  readonly store: GatewayStore<RecordedCall>;
  readonly faults = new Faults();
  readonly currencies: Currencies;
  readonly invoices: Invoices;
  readonly transfers: Transfers;
  readonly calls: Calls<RecordedCall>;
  readonly webhook: Webhook;

  constructor(options: Settings) {
    this.options = options;
    const { now, spendIdRepeat: onRepeat } = options;
    const { faults } = this;
    const store = (this.store = new GatewayStore(options));
    this.calls = store.calls;
    const currencies = (this.currencies = new Currencies(options.coinOfTon));
    this.invoices = new Invoices(store.table("invoices"), now);
    const balances = store.table<string>("balances");
    const rows = store.table<never>("transfers");
    this.transfers = new Transfers({ rows, balances, currencies, onRepeat, now });
    store.beginOnce(() => this.#fillBalances());
    this.webhook = new Webhook({ store, faults, settings: options });
  }

  /** A person pays. @throws Refusal unless the invoice is active and takes this asset. */
  pay(invoice: Invoice, choice: PaymentChoice): Invoice {
    if (invoice.status === "paid") throw new Refusal(400, "INVOICE_ALREADY_PAID");
    if (invoice.status === "expired") throw new Refusal(400, "INVOICE_EXPIRED");
    const accepted = payableAssets(invoice, this.currencies);
    const asset = choice.asset ?? accepted[0] ?? "";
    if (!accepted.includes(asset)) throw invalid("asset");
    const { feePercent, now } = this.options;
    const terms = { currencies: this.currencies, feePercent, nowMs: now() };
    const paid = conversionOf(invoice, { ...choice, asset }, terms);
    const settled = this.invoices.settle(invoice, paid);
    const gain = gainOf(paid);
    this.transfers.credit(gain.asset, gain.amount);
    const payload = wireInvoice(settled, this.options.publicUrl);
    this.webhook.announcePaid({ ...payload, invoice_id: settled.invoice_id });
    return settled;
  }

  /** An invoice as clients see it. */
  wire(invoice: Invoice): Record<string, unknown> {
    return wireInvoice(invoice, this.options.publicUrl);
  }

  /** Forgets everything, faults included; the webhook's URL stays. */
  reset(): void {
    this.faults.clear();
    this.webhook.deliveries.clear();
    for (const part of [this.invoices, this.transfers, this.calls]) part.clear();
    this.#fillBalances();
  }

  /** Makes what changed outlive the process. */
  save(): void {
    this.store.save();
  }

  /** Nothing is kept or sent after this. */
  stop(): void {
    this.webhook.deliveries.stop();
    this.store.close();
  }

  #fillBalances(): void {
    const amount = parseAmount(this.options.openingBalance);
    if (amount === undefined) throw new Error("the opening balance is not a decimal number");
    for (const asset of this.currencies.assets()) this.transfers.credit(asset, amount);
  }
}
