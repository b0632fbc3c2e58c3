import type { Message } from "./bot-api.ts";
import type { World } from "./world.ts";

import { ok, type Reply, Unservable } from "../kit/http.ts";
import { quoted } from "./chats.ts";
import { userOf } from "./people.ts";

/**
 * A person pays an invoice: the bot is asked first and has ten seconds to agree. The money is there
 * once the service message stands in the chat; a refusal or silence costs nothing. A person's app
 * shows to which invoice the receipt belongs; whether a bot is told so is unverified, so it is not.
 */
export async function payInvoice(world: World, id: number, messageId: number): Promise<Reply> {
  const bill = world.chats.find(id, messageId);
  const invoice = bill?.invoice;
  if (bill === undefined || invoice === undefined)
    throw new Unservable(400, `message ${messageId} is no invoice`);
  const from = userOf(world.people.look(id));
  const invoice_payload = world.stars.payloadOf(id, messageId);
  const queryId = world.stars.newCheckout();
  const { currency, total_amount } = invoice;
  const asked = { id: queryId, from, currency, total_amount, invoice_payload };
  world.tellBot({ pre_checkout_query: asked }, id);
  world.save();
  const answer = await world.stars.checkoutAnswer(queryId);
  if (answer === undefined) throw new Unservable(400, "the bot did not confirm within 10 s");
  if (!answer.ok) throw new Unservable(400, answer.error_message ?? "the bot declined");
  const successful_payment = world.stars.pay(from, invoice, invoice_payload);
  const receipt = { from, successful_payment, reply_to_message: quoted(bill) };
  const shown: Message = world.chats.add(world.people.look(id), receipt);
  const { reply_to_message: _bill, ...message } = shown;
  world.tellBot({ message }, id);
  return ok(shown);
}
