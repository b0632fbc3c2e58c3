import { currencies, type Money, money } from "../../domain/money.ts";
import { gatewayName, type PaymentOrder } from "../../domain/payments/payment.ts";
import type { KeptCard } from "../../domain/payments/renewal.ts";
import type { RefundAnswer } from "../../domain/payments/refund.ts";
import { hourMs, instant } from "../../domain/time.ts";
import { Refused } from "../refused.ts";
import type { CardCharge, SavedCards } from "./saved-cards.ts";
import type {
  GatewayCapabilities,
  Invoice,
  PaymentGateway,
  RefundRequest,
  Statement,
  StatementLine,
  UnreadableRow,
} from "./port.ts";

const pageLines = 100;

/**
 * Takes no money. `settle` simulates a customer who pays, and returns what a gateway would report.
 */
export class MemoryPaymentGateway implements PaymentGateway {
  readonly capabilities: GatewayCapabilities;
  readonly #orders = new Map<string, PaymentOrder>();
  readonly #lines: StatementLine[] = [];
  readonly #unreadable: { readonly before: number; readonly row: UnreadableRow }[] = [];
  readonly #returned = new Map<string, number>();
  readonly #refunds = new Set<string>();
  readonly #cancelled = new Set<string>();
  #charges = 0;
  readonly savedCards?: SavedCards;
  /** The cards that were saved, by the orders that they were saved with. */
  readonly #cards = new Map<string, KeptCard>();
  /** Whether charges of saved cards are declined. */
  isDeclining = false;

  constructor(capabilities: Partial<GatewayCapabilities> = {}) {
    this.capabilities = {
      name: gatewayName("memory"),
      account: capabilities.name ?? "memory",
      currencies,
      icon: "🧪",
      refunds: "partial",
      invoiceTtlMs: hourMs,
      notifies: true,
      hasStatement: true,
      ...capabilities,
    };
    if (capabilities.recurring !== "card") return;
    this.savedCards = {
      find: async (consent) => this.#cards.get(consent),
      charge: (charge) => this.#charge(charge),
      remove: async (consent) => void this.#cards.delete(consent),
    };
  }

  async issueInvoice(order: PaymentOrder): Promise<Invoice> {
    const { currency } = order.price;
    if (!this.capabilities.currencies.includes(currency))
      throw new Refused(`${currency} is not taken`);
    this.#orders.set(order.id, order);
    return { kind: "page", reference: order.id, url: `https://memory.invalid/pay/${order.id}` };
  }

  async cancelInvoice({ id }: PaymentOrder): Promise<void> {
    this.#cancelled.add(id);
  }

  async lookup(order: PaymentOrder): Promise<readonly StatementLine[]> {
    return this.#lines.filter(({ about }) => about.kind === "payment" && about.id === order.id);
  }

  async refund({ key, reference, paid, amount }: RefundRequest): Promise<RefundAnswer> {
    const { refunds } = this.capabilities;
    if (refunds === "none") throw new Refused("nothing is given back");
    if (refunds === "whole" && amount.minor < paid.minor) throw new Refused("all or nothing");
    if (this.#refunds.has(key)) return "returned";
    const before = this.#returned.get(reference) ?? 0;
    if (before + amount.minor > paid.minor) throw new Refused("more than is left of the charge");
    this.#refunds.add(key);
    this.giveBack(reference, amount);
    return "returned";
  }

  async statement(cursor: string): Promise<Statement> {
    const from = Number(cursor || 0);
    const lines = this.#lines.slice(from, from + pageLines);
    const end = from + lines.length;
    const unreadable = this.#unreadable
      .filter(({ before }) => before >= from && before <= end)
      .map(({ row }) => row);
    return { lines, unreadable, cursor: String(end), more: end < this.#lines.length };
  }

  /** One that has ended is not charged again. */
  async #charge({ order, token }: CardCharge): Promise<readonly StatementLine[]> {
    const known = await this.lookup(order);
    if (known.length > 0) return known;
    const isKnown = [...this.#cards.values()].some((card) => card.token === token);
    if (isKnown && !this.isDeclining) return [this.settle(order)];
    const invoiceReference = order.id;
    const report = { kind: "declined", final: true, reason: "card", invoiceReference } as const;
    const about = { kind: "payment", id: order.id } as const;
    const line = { about, report, evidence: JSON.stringify(report) };
    this.#lines.push(line);
    return [line];
  }

  /** Appends an unreadable row to the statement. */
  addUnreadable(row: UnreadableRow): void {
    this.#unreadable.push({ before: this.#lines.length, row });
  }

  /** Somebody pays; the invoice may be somebody else's, or closed. */
  settle({ id, price, recurs }: PaymentOrder, paid: Money = price): StatementLine {
    if (recurs === "begins" && this.savedCards !== undefined) {
      const card = { id: `card-${id}`, pan: "220077******7761", expires: "1249" };
      this.#cards.set(id, { ...card, token: `token-of-${id}` });
    }
    const reference = `${this.capabilities.name}-${(this.#charges += 1)}-${id.slice(-6)}`;
    const report = { kind: "paid", reference, paid, at: instant(new Date()) } as const;
    const line: StatementLine = {
      about: { kind: "payment", id },
      report,
      evidence: JSON.stringify(report),
    };
    this.#lines.push(line);
    return line;
  }

  /** The gateway, or a payer's bank, returns money. */
  giveBack(
    reference: string,
    amount: Money,
    kind: "refunded" | "chargedBack" = "refunded",
  ): StatementLine {
    const total = (this.#returned.get(reference) ?? 0) + amount.minor;
    this.#returned.set(reference, total);
    const paid = this.#lines.find(
      ({ report }) => "reference" in report && report.reference === reference,
    );
    const report = { kind, reference, returned: money(total, amount.currency) } as const;
    const about = paid?.about ?? ({ kind: "nobody" } as const);
    const line: StatementLine = { about, report, evidence: JSON.stringify(report) };
    this.#lines.push(line);
    return line;
  }

  /** Whether the invoice of this order was cancelled. */
  isCancelled = ({ id }: Pick<PaymentOrder, "id">): boolean => this.#cancelled.has(id);

  /** What has been returned of a charge, in minor units. */
  returnedOf = (reference: string): number => this.#returned.get(reference) ?? 0;
}
