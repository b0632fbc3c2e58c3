import { isFlag, isNumber, isText, type Guard, optional, shape } from "./guards.ts";
import { type Invoice, isInvoice } from "./wire.ts";

/** An invoice behind a link; a subscription's has a period, in seconds. */
export interface LinkedInvoice extends Invoice {
  readonly subscription_period?: number | undefined;
}

/** A person's subscription in Stars. */
export interface Subscription {
  /** The charge of its first payment. */
  readonly id: string;
  readonly invoice: Invoice;
  /** Until when it is paid, in unix seconds. */
  readonly expires_at: number;
  /** `active`, `canceled`, or `failed`: the last charge did not go through. */
  readonly state: string;
  readonly canceled_by_bot: boolean;
}

/** What can happen to a subscription next. */
export type SubscriptionAct = "renew" | "fail" | "cancel" | "resume";

export const isLinkedInvoice: Guard<LinkedInvoice> = shape<LinkedInvoice>({
  title: isText,
  description: isText,
  total_amount: isNumber,
  subscription_period: optional(isNumber),
});

export const isSubscription: Guard<Subscription> = shape<Subscription>({
  id: isText,
  invoice: isInvoice,
  expires_at: isNumber,
  state: isText,
  canceled_by_bot: isFlag,
});
