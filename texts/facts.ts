import type { LimitPeriod } from "../domain/access/limit-period.ts";
import type { TelegramId } from "../domain/ids.ts";
import type { Money } from "../domain/money.ts";
import type { Instant } from "../domain/time.ts";
import type { PaymentState } from "../domain/payments/payment.ts";
import type { RefundState } from "../domain/payments/refund.ts";

/*
 * The arguments of texts that take more than a few values. Money, moments and amounts of traffic
 * are written out already, in the reader's language.
 */

/** A plan that is offered. */
export interface PlanFacts {
  readonly name: string;
  readonly description: string;
  readonly days: number;
  readonly devices: number;
  /** Undefined where there is no limit. */
  readonly traffic?: string | undefined;
  /** The period that the traffic is for; undefined: a purchase. */
  readonly period?: LimitPeriod | undefined;
}

/** The time left of one plan, and what it becomes under another; in days. */
export interface ConversionFacts {
  readonly left: number;
  readonly from: string;
  readonly becomes: number;
  readonly to: string;
}

/** A line in a list of payments. */
export interface PaymentLineFacts {
  readonly at: string;
  readonly plan: string;
  readonly price: string;
  readonly gateway: string;
  readonly state: PaymentState;
  /** The first characters of its id, by which people name it. */
  readonly number: string;
}

/** An invoice, as its message in the chat shows it. */
export interface InvoiceMessageFacts {
  /** The plan, or what else is bought. */
  readonly plan: string;
  /** Undefined: it is not a plan. */
  readonly days: number | undefined;
  readonly price: string;
  /** What is still missing of the price, where a part has come. */
  readonly missing?: string;
  readonly gateway: string;
  readonly until: string;
  readonly state: PaymentState;
  /** The gateway has given the invoice. */
  readonly isIssued: boolean;
  /** An admin has blocked its customer. */
  readonly isBlocked: boolean;
  /** The masked number of the card that was saved with it. */
  readonly savedCard?: string;
  /** Where a wallet sends the money. */
  readonly address?: string;
  /** With which comment. */
  readonly comment?: string;
}

/** The head of a payment's card; everything is safe in HTML already. */
export interface PaymentCardFacts {
  readonly number: string;
  readonly customer: string;
  readonly telegramId: number;
  readonly plan: string;
  readonly price: string;
  readonly gateway: string;
  readonly state: string;
  readonly memo: string;
  readonly invoice: string;
}

/** A charge in a payment's card. */
export interface ChargeFacts {
  readonly reference: string;
  readonly paid: string | undefined;
  readonly returned: string | undefined;
}

/** A refund in a payment's card. */
export interface RefundFacts {
  readonly amount: string;
  readonly state: RefundState;
  /** The admin's name; undefined where the product itself asked for it. */
  readonly by: string | undefined;
  readonly reason: string;
}

/** A refund that admins are asked to approve. */
export interface RefundRequestFacts {
  readonly name: string;
  readonly id: number;
  readonly amount: string;
  readonly gateway: string;
  readonly reason: string;
  readonly at: string;
}

/** A person who asks for access. */
export interface SignupRequestFacts {
  readonly name: string;
  readonly username: string;
  readonly id: number;
  readonly language: string;
  /** Who invited them. */
  readonly invited?: { readonly name: string; readonly id: number } | undefined;
  readonly at: string;
}

/** The head of a customer's card. */
export interface CustomerCardFacts {
  readonly name: string;
  readonly username: string;
  readonly id: number;
  readonly status: string;
  /** Of the only subscription; each of several is told by lines of its own. */
  readonly until?: string;
  readonly devices?: string;
  /** More lines, safe for HTML. */
  readonly more?: readonly string[];
}

/** Who has paid, and how; `username` is safe for HTML, or empty. */
export interface PayerFacts {
  readonly price: string;
  readonly gateway: string;
  readonly name: string;
  readonly username: string;
}

/** What was bought. */
export interface SaleFacts extends PayerFacts {
  /** The plan, or what was added to one. */
  readonly plan: string;
  /** Until when access runs; undefined: no time was bought. */
  readonly until?: string | undefined;
}

/** Who wrote to support; `username` is safe for HTML, or empty. */
export interface TicketSender {
  readonly name: string;
  readonly username: string;
  readonly id: number;
}

/** What a notice to admins is about, as the books have it when it is sent. */
export interface NoticeSubject {
  /** The customer whom it is about. */
  readonly person?: { readonly firstName: string; readonly lastName: string | undefined };
  /** Whose payment it is. */
  readonly owner?: {
    readonly telegramId: TelegramId;
    readonly firstName: string;
    readonly lastName: string | undefined;
    /** Undefined: they have no access. */
    readonly paidUntil: Instant | undefined;
    readonly balances: readonly Money[];
  };
  /** Where an unmatched payment came from. */
  readonly origin?: {
    /** Its name in a button. */
    readonly key: string;
    readonly sender: string | undefined;
    readonly comment: string | undefined;
  };
}

/** A question whether peers may be removed from a host. */
export interface RemovalsAsked {
  readonly count: number;
  /** Whose the first of them are. */
  readonly owners: readonly { readonly name: string; readonly device: string }[];
  readonly at: string;
}
