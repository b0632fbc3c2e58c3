import * as z from "zod";
import { type TelegramId, telegramId } from "../../../domain/ids.ts";
import { money } from "../../../domain/money.ts";
import { asPaymentId, type PaymentId } from "../../../domain/payments/payment.ts";
import { type StarState, starStates } from "../../../domain/payments/renewal.ts";
import { instant } from "../../../domain/time.ts";
import type { StatementLine } from "../port.ts";

const stars = z.looseObject({
  currency: z.literal("XTR"),
  total_amount: z.int().nonnegative(),
  invoice_payload: z.string(),
  telegram_payment_charge_id: z.string().min(1),
});

/** Telegram's service messages about Stars that were paid and Stars that were refunded. */
const service = z.looseObject({
  date: z.int().positive(),
  from: z.looseObject({ id: z.int().positive() }).optional(),
  successful_payment: stars.optional(),
  refunded_payment: stars.optional(),
});

/**
 * What a service message reports about Stars; undefined where it is about something else. There are
 * no partial refunds.
 */
export function starsLine(message: unknown): StatementLine | undefined {
  const read = service.safeParse(message);
  if (!read.success) return undefined;
  const { date, from, successful_payment: paid, refunded_payment: returned } = read.data;
  const details = paid ?? returned;
  if (details === undefined) return undefined;
  const { total_amount, invoice_payload, telegram_payment_charge_id: reference } = details;
  const id = asPaymentId(invoice_payload);
  const amount = money(total_amount, "XTR");
  const who = from === undefined ? {} : { payer: telegramId(from.id) };
  return {
    about: id === undefined ? { kind: "nobody" } : { kind: "payment", id },
    report:
      paid === undefined
        ? { kind: "refunded", reference, returned: amount }
        : { kind: "paid", reference, paid: amount, at: instant(date * 1_000), ...who },
    evidence: JSON.stringify(message),
  };
}

const subscriptionUpdate = z.looseObject({
  subscription: z.looseObject({
    user: z.looseObject({ id: z.int().positive() }),
    invoice_payload: z.string(),
    state: z.enum(starStates),
  }),
});

/** What became of a subscription in Stars. */
export interface StarsSubscription {
  readonly payer: TelegramId;
  /** The order with which it began; undefined: it is not ours. */
  readonly order: PaymentId | undefined;
  readonly state: StarState;
}

/** What an update reports about a subscription in Stars; undefined: it is about something else. */
export function starsSubscription(update: unknown): StarsSubscription | undefined {
  const read = subscriptionUpdate.safeParse(update);
  if (!read.success) return undefined;
  const { user, invoice_payload, state } = read.data.subscription;
  return { payer: telegramId(user.id), order: asPaymentId(invoice_payload), state };
}
