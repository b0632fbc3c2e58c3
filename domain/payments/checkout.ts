import type { TelegramId } from "../ids.ts";
import type { Money } from "../money.ts";
import type { PaymentState, Recurrence } from "./payment.ts";

/** The question before a person's money moves (Telegram's pre-checkout). */
export interface Checkout {
  readonly from: TelegramId;
  readonly amount: Money;
}

/** What the books say about a payment that is about to be paid. */
export interface Payable {
  readonly telegramId: TelegramId;
  readonly price: Money;
  readonly state: PaymentState;
  readonly recurs?: Recurrence | undefined;
}

/** `go`: the money may move. Otherwise why it must not; `over`: the order is no longer open. */
export type CheckoutAnswer = "go" | "notYours" | "wrongAmount" | "over";

/**
 * Whether this person may pay this invoice now: it may have been forwarded, have ended or be paid.
 */
export function checkoutOf(
  { telegramId, price, state, recurs }: Payable,
  { from, amount }: Checkout,
): CheckoutAnswer {
  if (from !== telegramId) return "notYours";
  // The gateway may ask before each later charge of a subscription.
  const mayRecur = recurs === "begins" && state === "settled";
  if (state !== "open" && !mayRecur) return "over";
  const { minor, currency } = price;
  return amount.minor === minor && amount.currency === currency ? "go" : "wrongAmount";
}
