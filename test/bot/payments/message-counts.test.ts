import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import { customerSpeaking } from "../people.ts";
import { findPayment } from "./find-payment.ts";

const app = useTestApp({ gateways: starsAnd(memoryGateway()) });

/**
 * How many messages of the bot come to the person while `act` goes on, until none waits;
 * without Telegram's own line about returned Stars.
 */
async function countMessages(person: Person, act: () => Promise<unknown>): Promise<number> {
  const countSent = async () =>
    (await person.chat()).filter((one) => one.from?.is_bot && !("refunded_payment" in one)).length;
  const before = await countSent();
  await act();
  await eventually(async () => {
    const query =
      "select count(*)::int as waiting from messages where telegram_id = ? and state = 'waiting'";
    expect(await app.rows(query, [person.id])).toEqual([{ waiting: 0 }]);
  });
  return (await countSent()) - before;
}

test.each(languages)(
  "a purchase, a new key and a refund are one message each, by buttons alone (%s)",
  async (language) => {
    const eve = await customerSpeaking(app, language);
    const customer = new BotCustomer(app, eve);
    const purchase = await countMessages(eve, async () => {
      await eve.pressButton(/^home/u);
      await eve.pressButton(/^plans/u);
      await eve.pressButton(/^plan:month$/u);
      await eve.pressButton(/^buy:month:\d+:stars:XTR:/u);
      await customer.payStarsInvoice();
      await eventually(async () =>
        expect((await customer.listOrders()).map(({ state }) => state)).toEqual(["settled"]),
      );
    });
    const key = await countMessages(eve, async () => {
      await eve.pressButton(/^home/u);
      await eve.pressButton(/^devices/u);
      await eve.pressButton(/^device-add/u);
      await eventually(async () => expect(await eve.listKeys()).toHaveLength(2));
    });
    const admin = await app.admin();
    const [order] = await customer.listOrders();
    const refund = await countMessages(eve, async () => {
      const { message_id: card } = await findPayment(admin, order!.id, order!.id);
      await admin.press(card, `sure-refund:${order!.id}`);
      await admin.pressButton(new RegExp(`^refund-whole:${order!.id}`, "u"));
      await eventually(async () => {
        const query = "select state from refunds where payment_id = ?";
        expect(await app.rows(query, [order!.id])).toEqual([{ state: "returned" }]);
      });
    });
    expect({ purchase, key, refund }).toEqual({ purchase: 1, key: 1, refund: 1 });
  },
);
