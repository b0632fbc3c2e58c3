import { randomUUID } from "node:crypto";
import { Address } from "@ton/core";
import { expect, test } from "vitest";
import { DurableClient } from "../../../client/durable.ts";
import { reportEvents } from "../../../client/payments.ts";
import { gatewayName, type PaymentId } from "../../../domain/payments/payment.ts";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { workflowIds } from "../../../workflows/contract/names.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { TestCustomer } from "../../drivers/test-customer.ts";
import { readOn } from "../../gateways/payments/fixture.ts";
import { senderOf, startTon } from "../../gateways/payments/ton-fixture.ts";
import { adminSpeaking, asShown } from "../people.ts";

const supportId = 1003;
const app = useTestApp({ adminIds: [adminId], supportIds: [supportId] });
const ton = gatewayName("ton");

/** Somebody sends coins on the emulated chain, and the gateway's line is reported. */
async function send(from: string, comment: string, to = randomUUID() as PaymentId) {
  const chain = await startTon();
  await chain.pay({ amount: "1500000000", from, comment });
  const { lines } = await readOn(chain.gateway);
  const [line] = lines;
  if (line?.report.kind !== "paid") throw new Error("nothing came");
  const event = { gateway: ton, source: "reconciliation", ...line } as const;
  await reportEvents(new DurableClient(app.client), to, [event]);
  return { id: to, reference: line.report.reference };
}

async function makeUnmatched(from: string, comment: string) {
  const { id, reference } = await send(from, comment);
  await eventually(async () => {
    const rows = await app.rows("select 1 from unmatched where reference = ?", [reference]);
    expect(rows).toHaveLength(1);
  });
  return { id, reference };
}

/** Sends words, and waits for a message of the bot after them. */
async function answerTo(person: Person, words: string, wanted: RegExp) {
  const before = (await person.chat()).length;
  await person.send(words);
  return eventually(async () => {
    const fresh = (await person.chat()).slice(before).filter(({ from }) => from?.is_bot);
    const found = fresh.find(({ text }) => wanted.test(text ?? ""));
    if (found === undefined) throw new Error(fresh.map(({ text }) => text).join(" | "));
    return found;
  });
}

/** Every form in which an admin may have a wallet's address. */
const formsOf = (name: string): string[] => {
  const address = Address.parse(senderOf(name));
  return [
    address.toRawString(),
    address.toString(),
    address.toString({ bounceable: false }),
    address.toString({ testOnly: true }),
    address.toString({ testOnly: true, bounceable: false }),
  ];
};

const hostile = `<b>Bob</b> & <a href="tg://user?id=1">x</a>\n\n[pay here](https://evil.example/x)
\u202Edegnahc\u202C \u0000@everyone /block ${"long ".repeat(900)}`.slice(0, 4_000);

test.each(languages)(
  "an unmatched payment shows its wallet and comment wherever an admin decides on it (%s)",
  async (language) => {
    const { unmatched, transfer } = textsIn(language).payments;
    const admin = await adminSpeaking(app, language);
    const bob = new TestCustomer(app, await app.customer());
    const { reference } = await makeUnmatched(`payer-${language}`, `for ${language} & <me>`);
    const wallet = asShown(transfer.wallet(senderOf(`payer-${language}`)));
    const comment = asShown(transfer.comment(`for ${language} & <me>`));
    // The notice of the other language has such a button too.
    const shown = await admin.waitForMessage(comment);
    const notice = await admin.button(/^unmatched-one:[0-9a-f]{32}$/u);
    expect(notice.messageId).toBe(shown.message_id);
    expect(shown.text).toMatch(wallet);
    expect(shown.text).toMatch(comment);
    const list = await answerTo(admin, "/unmatched", asShown(unmatched.listTitle(1)));
    expect(list.text).toMatch(wallet);
    expect(list.text).toMatch(comment);

    await admin.press(list.message_id, notice.data);
    const one = await admin.waitForMessage(/1[.,]5 GRAM\n[^]*TON/u);
    expect(one.message_id).toBe(list.message_id);
    expect(one.text).toMatch(wallet);
    expect(one.text).toMatch(comment);
    expect(one.text).toContain(`ton ${reference}`);
    const buttons = one.reply_markup?.inline_keyboard?.map((row) => row.map(({ text }) => text));
    const { back } = textsIn(language).messaging.menu;
    expect(buttons).toEqual([[unmatched.giveThis], [unmatched.ignoreThis], [back]]);

    await admin.pressButton(/^give:[0-9a-f]{32}$/u);
    const asked = await admin.waitForMessage(
      new RegExp(`^${unmatched.askWhom("").slice(0, 6)}`, "u"),
    );
    expect(asked.text).toMatch(wallet);
    expect(asked.text).toMatch(comment);
    await admin.send(`${bob.person.id}`);
    await admin.pressButton(new RegExp(`^give-sure:[0-9a-f]{32}:${bob.person.id}$`, "u"));
    const yes = await admin.button(/^give-yes:/u);
    const sure = (await admin.chat()).find(({ message_id: id }) => id === yes.messageId);
    expect(sure?.text).toMatch(wallet);
    expect(sure?.text).toMatch(comment);
    await admin.press(yes.messageId, yes.data);
    await eventually(async () => expect(await bob.balance()).toEqual({ GRAM: 1_500_000_000 }));
    await adminSpeaking(app, "en");
  },
);

test.each(languages)(
  "the admins' one field finds an unmatched payment by each form of its wallet, and by its comment (%s)",
  async (language) => {
    const { unmatched } = textsIn(language).payments;
    const admin = await adminSpeaking(app, language);
    const from = `search-${language}`;
    const { reference } = await makeUnmatched(from, `Rent of Zoë ${language}`);
    await admin.send("/admin");
    await admin.pressButton(/^admin-find$/u);
    for (const wanted of [...formsOf(from), `rent of zoë ${language}`, `ZOË ${language}`]) {
      const card = await answerTo(admin, wanted, /GRAM/u);
      expect(card.text, `by ${wanted}`).toContain(`ton ${reference}`);
      expect(card.text, `by ${wanted}`).toContain(senderOf(from));
    }
    await makeUnmatched(from, `second of ${language}`);
    await answerTo(admin, senderOf(from), asShown(textsIn(language).people.customer.found(2)));
    const choice = new RegExp(`^${unmatched.choice("").trim()}`, "u");
    await admin.pressButton(choice);
    await admin.waitForMessage(asShown(senderOf(from)));
    await adminSpeaking(app, "en");
  },
);

test("who paid an order, or was given a payment, is found by wallet and comment; the card shows both", async () => {
  const admin = await app.admin();
  const bob = new TestCustomer(app, await app.customer());
  await bob.person.become({ first_name: "Walletholder" });
  await bob.person.send("/start");
  const order = await bob.order();
  const chain = await startTon();
  await chain.pay({ amount: "29900", from: "holder", comment: "Thanks for June" });
  const [line] = (await readOn(chain.gateway)).lines;
  if (line?.report.kind !== "paid") throw new Error("nothing came");
  const { evidence, report } = line;
  await bob.report(order.id, { evidence, report: { ...report, paid: order.price } });
  await bob.waitForEnd(order.id);
  for (const wanted of [...formsOf("holder"), "thanks for june"]) {
    const card = await answerTo(admin, `/find ${wanted}`, /👤/u);
    expect(card.text, `by ${wanted}`).toContain("Walletholder");
    const payment = await answerTo(admin, `/payment ${wanted}`, /🧾/u);
    expect(payment.text, `by ${wanted}`).toContain(order.id.slice(0, 8));
    expect(payment.text, `by ${wanted}`).toContain(`From wallet: ${senderOf("holder")}`);
    expect(payment.text, `by ${wanted}`).toMatch(/comment: \u2068Thanks for June\u2069/u);
  }
});

test("support, who may not see the shop's money, does not find unmatched payments", async () => {
  const support = await app.admin(supportId);
  await makeUnmatched("hidden", "for the owner only");
  await answerTo(support, "/find the owner only", /Nobody found/u);
});

test("a hostile comment is a short quiet line: no markup, no link, no line of its own, in no attribute", async () => {
  const admin = await app.admin();
  const { id } = await makeUnmatched("mallory", hostile);
  const notice = await admin.waitForMessage(/Decide what to do[^]*Sender's comment: .*<b>Bob/u);
  expect((notice.entities ?? []).map(({ type }) => type)).toEqual(["code"]);
  const card = await answerTo(admin, `/find ${senderOf("mallory")}`, /From wallet: /u);
  const lines = (card.text ?? "").split("\n");
  const shown = lines.filter((line) => line.startsWith("Sender's comment: "));
  expect(shown).toHaveLength(1);
  const [comment = ""] = shown;
  expect(comment).toContain("<b>Bob</b> & <a href=");
  expect(comment).toContain("[pay here](https:\u2060//evil");
  expect(comment).not.toMatch(/[\p{Cc}\u202A-\u202E]/u);
  expect(Array.from(comment).length).toBeLessThan(340);
  // Telegram would make these links by itself; ours are the address and the reference in code.
  const kinds = (card.entities ?? []).map(({ type }) => type);
  expect(kinds.toSorted()).toEqual(["bold", "code", "code"]);
  const { searchAttributes, memo } = await app.client.workflow
    .getHandle(workflowIds.payment(id))
    .describe();
  expect(JSON.stringify([searchAttributes, memo])).not.toMatch(/Bob|evil|everyone/u);
});
