import { expect, test } from "vitest";
import { dayMs } from "../../../domain/time.ts";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTBank } from "../../drivers/tbank.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { asShown, cardOf, customerSpeaking, shown } from "../people.ts";
import { buyByCard } from "./card-customer.ts";

const bank = await useTBank();
const app = useTestApp({ gateways: () => [bank.gateway()] });

/** The beginning of a text, before the first value in it, which is given as this. */
const value = "§";
const startOf = (text: string): string => shown(text).split(value)[0] ?? "";

test.each(languages)(
  "a card is saved after a consent, shown masked, switched off, taken up again and removed (%s)",
  async (language) => {
    bank.notify(app);
    const { person, orderId, pay, consent } = await buyByCard(app, bank, language);
    const { renewal } = textsIn(language).payments;
    expect(consent).toContain(shown(renewal.saving));
    expect(consent).toContain(shown(renewal.firstNow));
    expect(consent).toContain(shown(renewal.howToEnd));
    await pay();
    const expectPage = async (...texts: string[]) => {
      await person.send("/renewal");
      await eventually(async () => {
        const last = (await person.listTexts()).at(-1) ?? "";
        for (const text of texts) expect(last).toContain(text);
      });
    };
    await expectPage("•••• 7761", "12/49", startOf(renewal.state.card(value, value)));
    await person.pressButton(new RegExp(`^${renewal.stop}$`, "u"));
    await person.waitForMessage(new RegExp(startOf(renewal.stopped), "u"));
    await expectPage("•••• 7761", shown(renewal.off));
    await person.pressButton(/^renew-by:card:RUB$/u);
    await person.pressButton(new RegExp(`^${renewal.agree}$`, "u"));
    await person.waitForMessage(new RegExp(startOf(renewal.agreed.card(value, value)), "u"));
    await expectPage(startOf(renewal.state.card(value, value)));
    await person.pressButton(new RegExp(`^${renewal.forgetCard}$`, "u"));
    await person.waitForMessage(new RegExp(startOf(renewal.cardForgotten), "u"));
    await expectPage(shown(renewal.off));
    expect((await person.listTexts()).at(-1)).not.toContain("7761");
    await eventually(async () => {
      const mine = (await bank.cards()).filter(({ customerKey }) => customerKey === orderId);
      expect(mine).toMatchObject([{ status: "D" }]);
    });
    expect((await person.listTexts()).join("\n")).not.toContain("undefined");
  },
);

test.each(languages)(
  "whose plan ends within days reads that the first charge comes at once, and no past date (%s)",
  async (language) => {
    bank.notify(app);
    const { person, pay } = await buyByCard(app, bank, language);
    await pay();
    const { renewal } = textsIn(language).payments;
    await app.rows(
      `update subscriptions set paid_until = now() + interval '50 hours' where customer_id =
         (select id from customers where telegram_id = ?) returning id`,
      [person.id],
    );
    await person.send("/renewal");
    await person.pressButton(new RegExp(`^${renewal.stop}$`, "u"));
    await person.waitForMessage(new RegExp(startOf(renewal.stopped), "u"));
    await person.send("/renewal");
    await person.pressButton(/^renew-by:card:RUB$/u);
    await person.waitForMessage(new RegExp(shown(renewal.firstDue), "u"));
    const page = (await person.chat()).find(({ text }) => text?.includes(shown(renewal.firstDue)));
    expect(page?.text).not.toContain(startOf(renewal.next(value)));
  },
);

test.each(languages)(
  "the invoice of a refunded payment does not say that auto-renewal is on (%s)",
  async (language) => {
    bank.notify(app);
    const { person, orderId, pay } = await buyByCard(app, bank, language);
    await pay();
    const { renewal } = textsIn(language).payments;
    const saved = shown(renewal.cardSaved("•••• 7761"));
    const invoice = await person.waitForMessage(new RegExp(saved, "u"));
    const admin = await app.admin();
    await admin.send(`/payment ${orderId}`);
    await admin.pressButton(new RegExp(`^sure-refund:${orderId}`, "u"));
    await admin.pressButton(new RegExp(`^refund-whole:${orderId}`, "u"));
    await eventually(async () => {
      const shownNow = (await person.chat()).find(({ message_id: id }) => {
        return id === invoice.message_id;
      });
      expect(shownNow?.text).toContain("↩️");
      expect(shownNow?.text).not.toContain(saved);
    });
  },
);

test.each(languages)(
  "a blocked person sees what they paid and removes the card, and buys nothing (%s)",
  async (language) => {
    bank.notify(app);
    const { person, orderId, pay, listRenewals, calendar } = await buyByCard(app, bank, language);
    await pay();
    const admin = await app.admin();
    await admin.press(await cardOf(admin, person), `sure-block:${person.id}`);
    await admin.pressButton(new RegExp(`^act:block:${person.id}$`, "u"));
    await eventually(async () => {
      const rows = await app.rows("select status from customers where telegram_id = ?", [
        person.id,
      ]);
      expect(rows).toEqual([{ status: "blocked" }]);
    });
    const { payments, access } = textsIn(language);
    const { renewal } = payments;
    await person.send("/start");
    const home = await person.waitForMessage(asShown(access.home.blocked));
    const data = (home.reply_markup?.inline_keyboard ?? []).flat().map((one) => one.callback_data);
    expect(data).toEqual(["payments:1", "renewal", "help", "languages"]);
    const wait = async (...words: string[]) =>
      eventually(async () => {
        const page = (await person.chat()).find(({ message_id: id }) => id === home.message_id);
        for (const one of words) expect(page?.text).toContain(one);
        return page!;
      });
    await person.press(home.message_id, "payments:1");
    await wait("300 ₽");
    // Nothing is bought, by an old button or by a command.
    for (const pressed of ["plans", "plan:month", "begin-by:month:tbank:RUB"]) {
      await person.forgePress(home.message_id, pressed);
      await wait(shown(access.home.blocked));
    }
    await person.forgePress(home.message_id, "renewal");
    const page = await wait(shown(renewal.onHold), "•••• 7761");
    const keys = (page.reply_markup?.inline_keyboard ?? []).flat().map(({ text }) => text);
    expect(keys.slice(0, -1)).toEqual([renewal.stop, renewal.forgetCard]);
    await app.pass(calendar, 40 * dayMs);
    await person.pressButton(new RegExp(`^${renewal.forgetCard}$`, "u"));
    await person.waitForMessage(asShown(renewal.cardForgotten));
    await eventually(async () => {
      const mine = (await bank.cards()).filter(({ customerKey }) => customerKey === orderId);
      expect(mine).toMatchObject([{ status: "D" }]);
    });
    expect(await listRenewals()).toEqual([]);
    await person.forgePress(home.message_id, "renewal");
    await wait(shown(access.home.blocked));
  },
);

test("a payment by SBP saves no card, and the customer is told", async () => {
  bank.notify(app);
  const { person, orderId } = await buyByCard(app, bank);
  await bank.pay(orderId, { means: "sbp" });
  await person.waitForMessage(/Paid\. Your access/u);
  const subscription = (await app.subscriptionOf(person)).replace("subscription:", "");
  await app.pass(`saved-card:${subscription}`, 6 * 60_000);
  await person.waitForMessage(/did not save a card/u);
});

test("nobody's page offers a card that was not agreed to", async () => {
  const person = await customerSpeaking(app, "en");
  await person.send("/renewal");
  await person.waitForMessage(/Auto-renewal/u);
  expect((await person.listTexts()).at(-1)).not.toContain("Saved card");
});
