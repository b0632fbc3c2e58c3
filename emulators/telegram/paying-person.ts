import { HttpError } from "../kit/http.ts";
import { type Message, nowSeconds } from "./bot-api.ts";
import { quote, showToBot } from "./chats.ts";
import type { Bill } from "./invoices.ts";
import { userOf } from "./people.ts";
import type { Recurring } from "./stars.ts";
import type { State } from "./state.ts";

/**
 * A person pays an invoice: the bot is asked first and has ten seconds to agree. The money is there
 * once the service message stands in the chat; a refusal or silence costs nothing. A person's app
 * shows to which invoice the receipt belongs; whether a bot is told so is unverified, so it is not.
 * @throws HttpError 400 when the bot declines it or does not answer.
 */
export async function payInvoice(
  state: State,
  personId: number,
  bill: Bill,
  shownAs?: Message,
): Promise<Message> {
  await askBot(state, personId, bill);
  if (bill.subscription_period === undefined) {
    return takePayment(state, personId, { bill, shownAs });
  }
  const expires_at = nowSeconds() + bill.subscription_period;
  const first = { is_recurring: true, is_first_recurring: true } as const;
  const recurring = { ...first, subscription_expiration_date: expires_at };
  const message = takePayment(state, personId, { bill, recurring });
  const id = message.successful_payment?.telegram_payment_charge_id ?? "";
  state.subscriptions.begin(personId, { id, bill, expires_at });
  return message;
}

/** @throws HttpError 400 when the bot declines the payment, or does not answer in ten seconds. */
export async function askBot(
  state: State,
  personId: number,
  { invoice, payload }: Bill,
): Promise<void> {
  const from = userOf(state.people.get(personId));
  const id = state.checkouts.open();
  const { currency, total_amount } = invoice;
  const asked = { id, from, currency, total_amount, invoice_payload: payload };
  state.queueForBot({ pre_checkout_query: asked }, personId);
  state.save();
  const answer = await state.checkouts.waitForAnswer(id);
  if (answer === undefined) throw new HttpError(400, "the bot did not confirm within 10 s");
  if (!answer.ok) throw new HttpError(400, answer.error_message ?? "the bot declined");
}

interface Taking {
  readonly bill: Bill;
  /** The invoice in the chat; a link has none. */
  readonly shownAs?: Message | undefined;
  readonly recurring?: Recurring | undefined;
}

/** Moves the Stars and puts the service message into the chat. */
export function takePayment(
  state: State,
  personId: number,
  { bill, shownAs, recurring }: Taking,
): Message {
  const person = state.people.get(personId);
  const from = userOf(person);
  const successful_payment = state.stars.pay(from, bill, recurring);
  const reply = shownAs && { reply_to_message: quote(shownAs) };
  const invoice_name = bill.invoice.title;
  const shown = state.chats.add(person, { from, successful_payment, invoice_name, ...reply });
  const { reply_to_message: _bill, ...message } = showToBot(shown);
  state.queueForBot({ message }, personId);
  return shown;
}
