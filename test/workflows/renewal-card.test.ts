import { afterEach, expect, test } from "vitest";
import { queriesOf } from "../../db/orm.ts";
import { readRenewal } from "../../db/payments/renewal-calendar.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { dayMs, hourMs, instant } from "../../domain/time.ts";
import { buyByCard } from "../bot/payments/card-customer.ts";
import { eventually } from "../drivers/eventually.ts";
import { useTBank } from "../drivers/tbank.ts";
import { useTestApp } from "../drivers/test-app.ts";

const bank = await useTBank();
const app = useTestApp({ gateways: () => [bank.gateway()] });

afterEach(() => bank.mend());

const month = 30 * dayMs;

/** A customer with 33 days of the month's plan and a saved card. */
async function withCard() {
  bank.notify(app);
  const customer = await buyByCard(app, bank);
  await customer.pay();
  await customer.person.waitForMessage(/✅ Paid[^]*💳 Card •••• 7761 is saved/u);
  return customer;
}

/** Twelve charges, one after the other: each may wait as long as any other test's one. */
const yearTimeoutMs = 240_000;

/** Three days and a bit before the end of 33 days. */
const firstTryMs = 30 * dayMs + hourMs;

test(
  "a card renews the plan three days before its end, once per period, for a year",
  { timeout: yearTimeoutMs },
  async () => {
    const { bob, calendar, listRenewals, person, before } = await withCard();
    expect(await bob.paidUntil()).toBe(before + month);
    await app.pass(calendar, 29 * dayMs);
    expect(await listRenewals()).toEqual([]);
    await app.pass(calendar, dayMs + hourMs);
    for (let round = 1; round <= 12; round += 1) {
      const until = before + (round + 1) * month;
      await eventually(async () => expect(await bob.paidUntil()).toBe(until));
      bank.pass(month);
      if (round < 12) await app.pass(calendar, month);
    }
    await person.waitForMessage(/🔁 Renewed: your access runs until/u);
    const all = await listRenewals();
    expect(all).toHaveLength(12);
    expect(new Set(all.map(({ state, charges }) => `${state}/${charges}`))).toEqual(
      new Set(["settled/1"]),
    );
    const texts = await person.listTexts();
    expect(texts.filter((text) => text.startsWith("🔁 Renewed"))).toHaveLength(12);
    expect(texts.filter((text) => /⏳ \d day/u.test(text))).toEqual([]);
  },
);

test("a declined card is tried three times over three days, and each failure is told", async () => {
  const { bob, calendar, listRenewals, person, before, orderId } = await withCard();
  await bank.change(orderId, "poor");
  await app.pass(calendar, firstTryMs);
  const failures = async () =>
    (await person.listTexts()).filter((text) => /300 ₽ could not be charged/u.test(text));
  for (const tries of [1, 2, 3]) {
    await eventually(async () => expect(await failures()).toHaveLength(tries));
    const states = (await listRenewals()).map(({ state }) => state);
    expect(states).toEqual(Array.from({ length: tries }, () => "declined"));
    await app.pass(calendar, dayMs);
  }
  expect(await listRenewals()).toHaveLength(3);
  expect(await bob.paidUntil()).toBe(before + month);
  // A failure leads to paying in another way.
  const shown = (await person.chat()).findLast(({ text }) =>
    /could not be charged/u.test(text ?? ""),
  );
  expect(JSON.stringify(shown?.reply_markup)).toMatch(/Extend/u);
});

test("a card that has money again on the second try renews", async () => {
  const { bob, calendar, listRenewals, orderId, before } = await withCard();
  await bank.change(orderId, "poor");
  await app.pass(calendar, firstTryMs);
  await eventually(async () => expect(await listRenewals()).toMatchObject([{ state: "declined" }]));
  await bank.change(orderId, "good");
  await app.pass(calendar, dayMs);
  await eventually(async () => expect(await bob.paidUntil()).toBe(before + 2 * month));
  await app.pass(calendar, dayMs);
  expect((await listRenewals()).map(({ state }) => state)).toEqual(["declined", "settled"]);
});

test("a card that the bank has deleted is forgotten after one try, and the reminders come", async () => {
  const { calendar, listRenewals, person, orderId } = await withCard();
  await bank.change(orderId, "removed");
  await app.pass(calendar, firstTryMs);
  await person.waitForMessage(/no longer accepts the saved card/u);
  await app.pass(calendar, 2 * dayMs);
  await person.waitForMessage(/⏳ 1 day/u);
  expect(await listRenewals()).toMatchObject([{ state: "declined" }]);
  const kept = await app.rows(
    `select 1 from renewals r join subscriptions s on s.id = r.subscription_id
       join customers c on c.id = s.customer_id
      where c.telegram_id = ? and (r.is_on or r.card_encrypted is not null)`,
    [person.id],
  );
  expect(kept).toEqual([]);
});

test("a card that its owner removes is deleted at the bank and charged no more", async () => {
  const { calendar, listRenewals, person, orderId } = await withCard();
  await person.send("/renewal");
  await person.waitForMessage(/Saved card: •••• 7761, valid until 12\/49/u);
  await person.pressButton(/^renewal-end:forget:/u);
  await person.waitForMessage(/Your card is removed/u);
  await eventually(async () => {
    const mine = (await bank.cards()).filter(({ customerKey }) => customerKey === orderId);
    expect(mine).toMatchObject([{ status: "D" }]);
  });
  await app.pass(calendar, firstTryMs + 2 * dayMs);
  await person.waitForMessage(/⏳ 1 day/u);
  expect(await listRenewals()).toEqual([]);
});

test("whoever switches auto-renewal off keeps the card, is not charged, and may agree again", async () => {
  const { calendar, listRenewals, person } = await withCard();
  await person.send("/renewal");
  await person.pressButton(/^renewal-end:stop:/u);
  await person.waitForMessage(/Auto-renewal is off/u);
  await app.pass(calendar, firstTryMs);
  expect(await listRenewals()).toEqual([]);
  // The same card is agreed to again, without another payment.
  await person.send("/renewal");
  await person.pressButton(/^renew-by:card:RUB$/u);
  await person.pressButton(/^renew-agree:card:/u);
  await person.waitForMessage(/Auto-renewal is on: 300 ₽ from your card/u);
  await eventually(async () => expect(await listRenewals()).toMatchObject([{ state: "settled" }]));
});

test.each(["timeout-after-success", "drop-connection", "500"])(
  "a charge whose answer is lost (%s) is looked up, and made once",
  async (kind) => {
    const { bob, calendar, listRenewals, before, person } = await withCard();
    await bank.fault({ kind, method: "Charge", times: 1, hold_ms: 100 });
    await app.pass(calendar, firstTryMs);
    await eventually(async () => expect(await bob.paidUntil()).toBe(before + 2 * month));
    const [renewal] = await listRenewals();
    expect(renewal).toMatchObject({ state: "settled", charges: 1 });
    const paid = (await bank.list()).filter(({ orderId, taken }) => {
      return orderId === renewal?.id && taken > 0;
    });
    expect(paid).toHaveLength(1);
    await person.waitForMessage(/🔁 Renewed/u);
  },
);

test("a terminal that may not charge is told to the admins, and the customer can pay", async () => {
  const admin = await app.admin();
  const { calendar, listRenewals, person } = await withCard();
  await bank.fault({ kind: "refuse", method: "Charge", code: "10", name: "blocked", times: 1 });
  await app.pass(calendar, firstTryMs);
  await person.waitForMessage(/300 ₽ could not be charged\. We try again on/u);
  await admin.waitForMessage(/Charge: 10 blocked/u);
  expect(await listRenewals()).toMatchObject([{ state: "refused" }]);
});

test("while a charge may still be paid, an end that has moved begins no other", async () => {
  const { calendar, listRenewals, person, before } = await withCard();
  const [ref] = await app.rows<SubscriptionRef>(
    `select s.id, s.customer_id as "customerId", c.telegram_id as "telegramId"
       from subscriptions s join customers c on c.id = s.customer_id where c.telegram_id = ?`,
    [person.id],
  );
  // As an admin's day moves it while the bank does not answer.
  const moved = { paidUntil: instant(before + month + dayMs), now: instant(before + 29 * dayMs) };
  const readMoved = () => readRenewal(queriesOf(app.books.em), ref!, { state: "active", ...moved });
  expect((await readMoved())?.charge).toBeDefined();
  await bank.fault({ kind: "500", method: "Charge", times: 1_000 });
  // Temporal skips no time while the charge is under way: this ends when the bank answers again.
  const passing = app.pass(calendar, firstTryMs);
  await eventually(async () => expect(await listRenewals()).toMatchObject([{ state: "open" }]));
  expect((await readMoved())?.charge).toBeUndefined();
  await bank.mend();
  await passing;
});

test.each(["duplicate", "delay", "drop", "reorder"])(
  "a notification of a charge that comes wrong (%s) adds nothing",
  async (webhook) => {
    const { bob, calendar, listRenewals, before, person } = await withCard();
    await bank.fault({ webhook, times: 4, delay_ms: 300 });
    await app.pass(calendar, firstTryMs);
    await eventually(async () => expect(await bob.paidUntil()).toBe(before + 2 * month));
    const [renewal] = await listRenewals();
    const confirmed = () =>
      bank.notified.filter((body) => body.includes(renewal!.id) && body.includes("CONFIRMED"));
    const least = webhook === "drop" ? 0 : 1;
    await eventually(async () => expect(confirmed().length).toBeGreaterThanOrEqual(least));
    await person.waitForMessage(/🔁 Renewed/u);
    expect(await listRenewals()).toMatchObject([{ state: "settled", charges: 1 }]);
    expect(await bob.paidUntil()).toBe(before + 2 * month);
  },
);

test("a whole refund of a renewal switches auto-renewal off", async () => {
  const admin = await app.admin();
  const { bob, calendar, listRenewals, before, person } = await withCard();
  await app.pass(calendar, firstTryMs);
  await eventually(async () => expect(await bob.paidUntil()).toBe(before + 2 * month));
  const [renewal] = await listRenewals();
  await admin.send(`/refund ${renewal!.id} 300 test`);
  await eventually(async () => expect(await bob.paidUntil()).toBe(before + month));
  await person.waitForMessage(/300 ₽ has been refunded/u);
  await person.send("/renewal");
  await person.waitForMessage(/It is off: nothing is charged by itself/u);
});

test("what charges a card is in no event, message, history or other row", async () => {
  const { bob, calendar, before, orderId, person } = await withCard();
  await app.pass(calendar, firstTryMs);
  await eventually(async () => expect(await bob.paidUntil()).toBe(before + 2 * month));
  const mine = (await bank.cards()).find(({ customerKey }) => customerKey === orderId);
  const secrets = [String(mine?.rebillId), "2200770239097761"];
  // The bank sends it with each notification.
  expect(bank.notified.some((body) => body.includes(secrets[0]!))).toBe(true);
  const tables = await app.rows<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public'",
  );
  for (const { name } of tables) {
    const found = await app.rows(`select 1 from "${name}" t where t::text like any(?)`, [
      `{${secrets.map((secret) => `%${secret}%`).join()}}`,
    ]);
    expect({ name, found }).toEqual({ name, found: [] });
  }
  const histories = [];
  for await (const { workflowId, runId } of app.client.workflow.list()) {
    const handle = app.client.workflow.getHandle(workflowId, runId);
    histories.push(decoded(await handle.fetchHistory()));
  }
  expect(histories.join("\n")).toContain(orderId);
  for (const secret of secrets) expect(histories.join("\n")).not.toContain(secret);
  expect((await person.listTexts()).join()).not.toContain(secrets[0]);
});

/** A history with its payloads as the text that they hold. */
const decoded = (history: object): string =>
  JSON.stringify(history, (_key, value: unknown) =>
    value instanceof Uint8Array || isBuffer(value) ? Buffer.from(bytesOf(value)).toString() : value,
  );

const isBuffer = (value: unknown): value is { data: number[] } =>
  typeof value === "object" && value !== null && (value as { type?: unknown }).type === "Buffer";

const bytesOf = (value: Uint8Array | { data: number[] }): Uint8Array | number[] =>
  value instanceof Uint8Array ? value : value.data;
