import { HttpError, ok, type Reply } from "../kit/http.ts";
import type { Message } from "./bot-api.ts";
import { quote } from "./chats.ts";
import { userOf } from "./people.ts";
import type { State } from "./state.ts";

/**
 * A person pays an invoice: the bot is asked first and has ten seconds to agree. The money is there
 * once the service message stands in the chat; a refusal or silence costs nothing. A person's app
 * shows to which invoice the receipt belongs; whether a bot is told so is unverified, so it is not.
 * @throws HttpError 400 when it is not an invoice, or the bot declines it or does not answer.
 */
export async function payInvoice(state: State, id: number, messageId: number): Promise<Reply> {
  const bill = state.chats.find(id, messageId);
  const invoice = bill?.invoice;
  if (bill === undefined || invoice === undefined)
    throw new HttpError(400, `message ${messageId} is not an invoice`);
  const from = userOf(state.people.get(id));
  const invoice_payload = state.stars.payloadOf(id, messageId);
  const queryId = state.stars.openCheckout();
  const { currency, total_amount } = invoice;
  const asked = { id: queryId, from, currency, total_amount, invoice_payload };
  state.queueForBot({ pre_checkout_query: asked }, id);
  state.save();
  const answer = await state.stars.waitForAnswer(queryId);
  if (answer === undefined) throw new HttpError(400, "the bot did not confirm within 10 s");
  if (!answer.ok) throw new HttpError(400, answer.error_message ?? "the bot declined");
  const successful_payment = state.stars.pay(from, invoice, invoice_payload);
  const receipt = { from, successful_payment, reply_to_message: quote(bill) };
  const shown: Message = state.chats.add(state.people.get(id), receipt);
  const { reply_to_message: _bill, ...message } = shown;
  state.queueForBot({ message }, id);
  return ok(shown);
}
