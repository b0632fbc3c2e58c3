import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import { adminSpeaking, cardOf, customerSpeaking, forgePress } from "../people.ts";

const memory = memoryGateway();
const app = useTestApp({ gateways: starsAnd(memory) });

test.each(languages)(
  "a block closes open invoices and says so; what is paid all the same is told, then and at the unblock (%s)",
  async (language) => {
    const texts = textsIn(language);
    const admin = await app.admin();
    const bob = new BotCustomer(app, await customerSpeaking(app, language));
    const id = await bob.buy("month", "memory", "RUB");
    await bob.person.waitForMessage(/until|до/u);
    await admin.press(await cardOf(admin, bob.person), `sure-block:${bob.person.id}`);
    await admin.pressButton(new RegExp(`^act:block:${bob.person.id}$`, "u"));
    await bob.person.waitForMessage(/Closed, because your access|Счёт закрыт/u);
    expect(await bob.listOrders()).toEqual([{ id, state: "cancelled" }]);
    await eventually(() => expect(memory.isCancelled({ id })).toBe(true));
    await bob.settle(memory, id);
    const { creditReasons, balance } = texts.payments;
    const amount = "300 ₽";
    await eventually(async () => {
      const received = await bob.person.listTexts();
      expect(received).toContain(balance.credited(amount, creditReasons.blocked));
    });
    await admin.press(await cardOf(admin, bob.person), `sure-unblock:${bob.person.id}`);
    await admin.pressButton(new RegExp(`^act:unblock:${bob.person.id}$`, "u"));
    await eventually(async () => {
      const received = (await bob.person.listTexts()).at(-1);
      expect(received).toContain(texts.access.subscription.back);
      expect(received).toContain(amount);
    });
  },
);

test.each(languages)(
  "admins read who closed an order: its customer, a block, or the end of access (%s)",
  async (language) => {
    const { orderStates, closedBy } = textsIn(language).payments;
    const admin = await adminSpeaking(app, language);
    for (const act of ["cancel", "block", "revoke"] as const) {
      const bob = new BotCustomer(app, await customerSpeaking(app, language));
      const id = await bob.buy("month", "memory", "RUB");
      if (act === "cancel") await bob.person.pressButton(/^cancel-payment/u);
      else {
        const messageId = await cardOf(admin, bob.person);
        await forgePress(app, admin, { messageId, data: `act:${act}:${bob.person.id}` });
      }
      await eventually(async () =>
        expect(await bob.listOrders()).toEqual([{ id, state: "cancelled" }]),
      );
      const words = act === "cancel" ? orderStates.cancelled : closedBy[act];
      await admin.send(`/payment ${id}`);
      await admin.waitForMessage(new RegExp(`${id.slice(0, 8)}[^]*${words}[^]*${words}`, "u"));
      await eventually(() => expect(memory.isCancelled({ id })).toBe(true));
    }
    await adminSpeaking(app, "en");
  },
);
