import type { TelegramId } from "../../domain/ids.ts";
import type { Currency, Money } from "../../domain/money.ts";
import type { GatewayName, PaymentOrder } from "../../domain/payments/payment.ts";
import type { RefundAnswer } from "../../domain/payments/refund.ts";
import type { Language } from "../../domain/people/customer.ts";
import type { SavedCards } from "./saved-cards.ts";
import type { StatementLine } from "./statement-line.ts";

export type { PaymentSubject, StatementLine } from "./statement-line.ts";

/** How a person pays; `reference` is the gateway's own name of the invoice. */
export type Invoice =
  /** On a page of the gateway. */
  | { readonly kind: "page"; readonly reference: string; readonly url: string }
  /**
   * From a wallet: to this address, with exactly this comment.
   * `url` opens a wallet with both filled in.
   */
  | {
      readonly kind: "transfer";
      readonly reference: string;
      readonly address: string;
      readonly comment: string;
      readonly url: string;
    };

/** How to issue an invoice. */
export interface IssueOptions {
  /** The gateway was never asked for this order, so it has no invoice to find again. */
  readonly isFirst: boolean;
}

/** What an invoice shows to the person who pays it. */
export interface InvoiceText {
  readonly title: string;
  readonly description: string;
  /** The language of both, in which the gateway's page is shown where it can be. */
  readonly language?: Language;
}

/** A row of a statement that cannot be read. It is kept for people, and the other rows go on. */
export interface UnreadableRow {
  /** The row as the gateway sent it. */
  readonly evidence: string;
  /** What is wrong with it, without its content. */
  readonly reason: string;
}

/** A page of a gateway's statement. */
export interface Statement {
  /** Oldest first; a line may come twice. */
  readonly lines: readonly StatementLine[];
  /**
   * Rows that could not be read. The cursor passes them, so they must be kept.
   * A row may come twice.
   */
  readonly unreadable: readonly UnreadableRow[];
  /** Where the next call continues. */
  readonly cursor: string;
  /** Whether the next page can be read at once. */
  readonly more: boolean;
}

/**
 * Returns `amount` of a charge of `paid`; `alreadyReturned` is what the database knows
 * to be returned.
 */
export interface RefundRequest {
  /**
   * The same key is the same refund, however often it is requested:
   * at most 64 letters, digits and -.
   */
  readonly key: string;
  /** What the money was paid for; undefined for an unmatched payment. */
  readonly order?: PaymentOrder;
  /** Who paid, where that is known. */
  readonly payer?: TelegramId;
  /** The charge. */
  readonly reference: string;
  readonly paid: Money;
  readonly alreadyReturned: Money;
  readonly amount: Money;
}

/** A change of a subscription that the gateway charges by itself. */
export interface RecurringChange {
  readonly payer: TelegramId;
  /** Its first charge. */
  readonly reference: string;
  /** False: the payer may take it up again. */
  readonly isCanceled: boolean;
}

/** What a gateway can do. */
export interface GatewayCapabilities {
  readonly name: GatewayName;
  /**
   * Whose statement it is, e.g. `stars/<bot id>`: another account's is read from its beginning.
   * Never a secret.
   */
  readonly account: string;
  readonly currencies: readonly Currency[];
  /** The sign before its name on buttons: one emoji. */
  readonly icon: string;
  readonly refunds: "none" | "whole" | "partial";
  /** How long an invoice stays open. */
  readonly invoiceTtlMs: number;
  /** Whether the gateway itself reports payments; where it does not, open invoices are polled. */
  readonly notifies: boolean;
  /** How long to wait between two polls of open invoices, where the gateway does not notify. */
  readonly pollIntervalMs?: number;
  /** Whether it has a statement; without one each invoice is looked up. */
  readonly hasStatement: boolean;
  /** Its pages are not fixed: newer rows move older ones to later pages. */
  readonly pagesMove?: true;
  /**
   * `stars`: an order that begins a recurring payment is charged again by the gateway itself.
   * `card`: it saves the card, which `savedCards` charges.
   */
  readonly recurring?: "stars" | "card";
  /** How many invoices may be looked up per minute, where there is no statement. */
  readonly lookupsPerPass?: number;
}

/**
 * A company, or a blockchain, that takes money for us. Amounts are never converted.
 * @throws Refused when it refuses.
 * @throws SlowDown when it asks us to wait.
 * @throws Error on an outage.
 */
export interface PaymentGateway {
  readonly capabilities: GatewayCapabilities;
  /**
   * Requests the payment. The same order twice gives the same invoice, unless `options.isFirst`.
   * An order that `begins` lets the gateway save the card; one that `renews` is paid by
   * `savedCards.charge` alone.
   */
  issueInvoice(order: PaymentOrder, text: InvoiceText, options?: IssueOptions): Promise<Invoice>;
  /**
   * Closes an invoice that nobody has paid, so that it cannot be paid any more. One that is paid or
   * closed already is left as it is, and money is never returned by it. Undefined where the gateway
   * cannot: money that comes all the same counts.
   */
  cancelInvoice?(order: PaymentOrder, invoiceReference: string): Promise<void>;
  /**
   * Everything the gateway knows about this invoice now;
   * empty while nobody has paid, or where it cannot say.
   */
  lookup(order: PaymentOrder, invoiceReference: string): Promise<readonly StatementLine[]>;
  /**
   * Returns money. The same key never moves money twice, even if the first answer was lost: the
   * adapter checks before it repeats. Only where `capabilities.refunds` allows it.
   */
  refund(request: RefundRequest): Promise<RefundAnswer>;
  /**
   * Cancels a subscription that the gateway charges by itself, or lets its payer take it up again.
   * Only where `capabilities.recurring` is `stars`.
   */
  changeRecurring?(change: RecurringChange): Promise<void>;
  /** The cards that it keeps. Only where `capabilities.recurring` is `card`. */
  readonly savedCards?: SavedCards;
  /** What moved after the cursor ("" is the beginning). Only where `capabilities.hasStatement`. */
  statement(cursor: string): Promise<Statement>;
}
