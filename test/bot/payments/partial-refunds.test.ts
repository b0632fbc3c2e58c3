import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { MemoryPaymentGateway } from "../../../gateways/payments/memory.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer } from "../bot-customer.ts";
import { adminSpeaking, asShown } from "../people.ts";
import { findPayment } from "./find-payment.ts";

const memory = new MemoryPaymentGateway({ currencies: ["RUB"], refunds: "partial" });
const app = useTestApp({ gateways: () => [memory] });

const listRefunds = (id: string) =>
  app.rows("select minor::int as minor, state from refunds where payment_id = ?", [id]);

test.each(languages)(
  "a part of a payment is refunded by buttons and an amount, once (%s)",
  async (language) => {
    const bob = new BotCustomer(app, await app.customer());
    const before = await bob.paidUntil();
    const id = await bob.buy("month", "memory", "RUB");
    await bob.settle(memory, id);
    await eventually(async () => expect(await bob.paidUntil()).toBeGreaterThan(before));
    const bought = await bob.paidUntil();
    const admin = await adminSpeaking(app, "en");
    const { message_id: card } = await findPayment(admin, id, id);
    await adminSpeaking(app, language);
    const { refund, refundNotOpened } = textsIn(language).payments;
    await admin.press(card, `sure-refund:${id}`);
    await admin.pressButton(new RegExp(`^refund-part:${id}:`, "u"));
    await admin.waitForMessage(/300 ₽|300 ₽/u);
    for (const [words, answer] of [
      ["much", refund.badAmount("RUB")],
      ["300.01", refundNotOpened.tooMuch],
      ["0", refund.badAmount("RUB")],
    ] as const) {
      await admin.send(words);
      await admin.waitForMessage(asShown(answer));
    }
    await admin.send("99,50");
    await admin.waitForMessage(/99[.,]50?\s₽[^]*\?/u);
    expect(await listRefunds(id)).toEqual([]);
    const { messageId, data } = await admin.button(new RegExp(`^refund-some:${id}:`, "u"));
    await Promise.all([admin.press(messageId, data), admin.press(messageId, data)]);
    await bob.person.waitForMessage(/99.50 ₽ has been refunded/u);
    expect(await listRefunds(id)).toEqual([{ minor: 9_950, state: "returned" }]);
    expect(await bob.paidUntil()).toBeLessThan(bought);
    expect(await bob.paidUntil()).toBeGreaterThan(before);
    await adminSpeaking(app, "en");
  },
);
