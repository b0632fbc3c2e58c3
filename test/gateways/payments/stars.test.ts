import { Telegram } from "telegraf";
import { expect, test } from "vitest";
import * as z from "zod";
import { money } from "../../../domain/money.ts";
import { instant } from "../../../domain/time.ts";
import { StarsGateway } from "../../../gateways/payments/stars/adapter.ts";
import { fitInvoice } from "../../../gateways/payments/stars/fit-invoice.ts";
import { starsProvider } from "../../../gateways/payments/stars/index.ts";
import { Refused } from "../../../gateways/refused.ts";
import { Person } from "../../drivers/person.ts";
import { ask } from "../../emulators/telegram-client.ts";
import { paymentGatewayContract } from "./contract.ts";
import { anOrder, aRefund, failureOf, readOn, wording } from "./fixture.ts";
import { openStars, type StarsFixture, token } from "./stars-fixture.ts";
import { startWall } from "./wall.ts";

paymentGatewayContract(
  {
    name: "Stars",
    refunds: "whole",
    hasStatement: true,
    calls: ["issueInvoice", "refund", "statement"],
  },
  openStars,
);

/** A gateway over an account with rows that the emulated one cannot have. */
async function accountOf({ url }: StarsFixture, transactions: readonly object[]) {
  const wall = await startWall(url, (passing) => {
    return { ...passing, body: { ok: true, result: { transactions } } };
  });
  return new StarsGateway(new Telegram(token, { apiRoot: wall }));
}

test("an invoice is a link, and its payment carries the order's id", async () => {
  const fixture = await openStars();
  const order = await anOrder(fixture);
  const invoice = await fixture.gateway.issueInvoice(order, wording);
  const url = expect.stringMatching(/^https:\/\/t\.me\/\$/u);
  expect(invoice).toEqual({ kind: "page", reference: order.id, url });
  await fixture.pay(order, invoice);
  const paid = (await new Person(fixture.url, order.telegramId).chat()).at(-1);
  expect(paid).toMatchObject({
    successful_payment: { invoice_payload: order.id, currency: "XTR", total_amount: 150 },
  });
  expect(await fixture.gateway.lookup()).toEqual([]);
});

test("an invoice's texts are cut where they are too long, between two characters", () => {
  const long = { title: `Trip${"👩‍🚀".repeat(30)}`, description: `${"ж".repeat(253)}👍👍` };
  expect(fitInvoice(long)).toEqual({
    title: `Trip${"👩‍🚀".repeat(5)}…`,
    description: `${"ж".repeat(253)}…`,
  });
  const fits = { title: "x".repeat(32), description: "y".repeat(255) };
  expect(fitInvoice(fits)).toEqual(fits);
});

test.each([{ title: " " }, { description: "" }])("an invoice with %j is refused", (change) => {
  expect(() => fitInvoice({ ...wording, ...change })).toThrow(Refused);
});

test("a payment and its return have one reference, and the account's rows as evidence", async () => {
  const fixture = await openStars();
  const request = await aRefund(fixture);
  await fixture.gateway.refund(request);
  const { lines, cursor } = await readOn(fixture.gateway);
  const { order, payer, reference, paid } = request;
  const [came, went] = await fixture.account();
  const about = { kind: "payment", id: order.id };
  const at = instant((came?.date ?? 0) * 1_000);
  expect(lines).toEqual([
    {
      about,
      report: { kind: "paid", reference, paid, payer, at },
      evidence: JSON.stringify(came),
    },
    {
      about,
      report: { kind: "refunded", reference, returned: paid },
      evidence: JSON.stringify(went),
      at: instant((went?.date ?? 0) * 1_000),
    },
  ]);
  expect(reference).toBe(came?.id);
  expect(cursor).toBe("2");
});

test("more than a page is read in order, each line once", async () => {
  const fixture = await openStars();
  const refunds = [];
  for (let count = 0; count < 60; count += 1) refunds.push(await aRefund(fixture));
  for (const request of refunds) await fixture.gateway.refund(request);
  const { lines, pages, cursor } = await readOn(fixture.gateway);
  const said = lines.map(({ report }) => "reference" in report && [report.kind, report.reference]);
  expect(said).toEqual([
    ...refunds.map(({ reference }) => ["paid", reference]),
    ...refunds.map(({ reference }) => ["refunded", reference]),
  ]);
  expect([pages, cursor]).toEqual([2, "120"]);
});

test("an account with fewer rows than were read is reported, and the cursor stays", async () => {
  const fixture = await openStars();
  const { gateway } = fixture;
  expect(await gateway.statement("")).toMatchObject({ unreadable: [], cursor: "0" });
  const { unreadable, cursor, more } = await gateway.statement("7");
  expect({ cursor, more }).toEqual({ cursor: "7", more: false });
  expect(unreadable).toMatchObject([{ evidence: "row 7 is missing" }]);
  await aRefund(fixture);
  const { cursor: read } = await readOn(gateway);
  expect(await gateway.statement(read)).toEqual({
    lines: [],
    unreadable: [],
    cursor: read,
    more: false,
  });
});

test("an account is named by its bot, without the secret of its token", () => {
  const gateway = new StarsGateway(new Telegram("123456:SECRET"));
  expect(gateway.capabilities.account).toBe("stars/123456");
});

const row = (id: string, of: object) => ({ id, amount: 150, date: 1_795_305_600, ...of });

test("other transactions are skipped, and counted by the cursor", async () => {
  const fixture = await openStars();
  const order = await anOrder(fixture);
  const user = { type: "user", user: { id: 5, is_bot: false, first_name: "Eve" } };
  const invoice = { ...user, transaction_type: "invoice_payment", invoice_payload: order.id };
  const gateway = await accountOf(fixture, [
    row("gift", { receiver: { ...user, transaction_type: "gift_purchase", gift: {} } }),
    row("media", { source: { ...user, transaction_type: "paid_media_payment" } }),
    row("withdrawal", { receiver: { type: "fragment" } }),
    row("ads", { receiver: { type: "telegram_ads" } }),
    row("commission", { source: { type: "affiliate_program", commission_per_mille: 10 } }),
    row("new kind", { source: { type: "comet" }, nanostar_amount: 5 }),
    row("neither", {}),
    row("ours", { source: { ...invoice, subscription_period: 2_592_000 } }),
    row("other's", { source: { ...invoice, invoice_payload: "order 7" } }),
    row("nameless", { source: { ...invoice, invoice_payload: undefined } }),
  ]);
  const { lines, cursor, more } = await gateway.statement("");
  expect(
    lines.map(({ about, report }) => ["reference" in report && report.reference, about]),
  ).toEqual([
    ["ours", { kind: "payment", id: order.id }],
    ["other's", { kind: "nobody" }],
    ["nameless", { kind: "nobody" }],
  ]);
  expect([cursor, more]).toEqual(["10", false]);
});

test.each([
  { id: "", amount: 150, date: 1 },
  { id: "x", amount: 1.5, date: 1 },
  { id: "x", amount: -1, date: 1 },
  { id: "x", amount: 2 ** 53, date: 1 },
  { id: "x", amount: 1, date: "soon" },
  [],
])("an unreadable row is reported, and the others are read: %j", async (row) => {
  const source = { type: "user", transaction_type: "invoice_payment", user: null };
  const good = {
    id: "good",
    amount: "150",
    date: "1",
    source,
    receiver: null,
    nanostar_amount: null,
  };
  const gateway = await accountOf(await openStars(), [good, row, { ...good, id: "next" }]);
  const { lines, unreadable, cursor } = await gateway.statement("");
  expect(lines).toMatchObject([
    { report: { kind: "paid", reference: "good", paid: money(150, "XTR") } },
    { report: { kind: "paid", reference: "next" } },
  ]);
  expect(unreadable).toEqual([
    { evidence: JSON.stringify(row), reason: expect.stringMatching(/^"(?:id|amount|date|)" /u) },
  ]);
  expect(cursor).toBe("3");
});

test("a charge that was refunded already counts as refunded", async () => {
  const fixture = await openStars();
  const request = await aRefund(fixture);
  expect(await fixture.gateway.refund(request)).toBe("returned");
  expect(await fixture.gateway.refund({ ...request, key: "another" })).toBe("returned");
  expect(await fixture.returned(request.order, request.reference)).toBe(150);
});

test("what Telegram does not refund is refused with its message", async () => {
  const fixture = await openStars();
  const request = await aRefund(fixture);
  const stranger = await anOrder(fixture);
  const refused = async (change: object) => {
    const failure = await failureOf(fixture.gateway.refund({ ...request, ...change }));
    expect(failure).toBeInstanceOf(Refused);
    return failure.message;
  };
  expect(await refused({ payer: stranger.telegramId })).toContain("USER_ID_INVALID");
  expect(await refused({ payer: undefined })).toContain("did not say who paid");
  expect(await refused({ reference: "none" })).toContain("CHARGE_ID_INVALID");
  for (const amount of [money(149, "XTR"), money(151, "XTR"), money(150, "RUB")]) {
    expect(await refused({ amount })).toContain("whole or not at all");
  }
  expect(await fixture.returned(request.order, request.reference)).toBe(0);
});

test("an invoice below one Star, or in another currency, is refused", async () => {
  const fixture = await openStars();
  for (const price of [money(0, "XTR"), money(150, "RUB")]) {
    const order = await anOrder(fixture, price);
    await expect(fixture.gateway.issueInvoice(order, wording)).rejects.toBeInstanceOf(Refused);
  }
});

test("an invalid cursor is an outage that says what to do", async () => {
  const { gateway } = await openStars();
  for (const cursor of ["-1", "1.5", "x", "1e99"]) {
    await expect(gateway.statement(cursor)).rejects.toThrow("delete its row");
  }
});

test("Stars are on with the bot, unless they are switched off", async () => {
  const { url: telegramApiRoot } = await openStars();
  const connected = (given: object) =>
    starsProvider.connect(z.object(starsProvider.environment).parse(given), {
      botToken: token,
      telegramApiRoot,
    });
  expect(connected({ STARS: "false" })).toBeUndefined();
  const gateway = connected({});
  expect(gateway?.capabilities).toMatchObject({
    name: "stars",
    currencies: ["XTR"],
    refunds: "whole",
  });
  expect(await gateway?.statement("")).toEqual({
    lines: [],
    unreadable: [],
    cursor: "0",
    more: false,
  });
});

test("an order that begins a subscription is charged every month under its own id, and can be ended", async () => {
  const fixture = await openStars();
  const order = { ...(await anOrder(fixture)), recurs: "begins" as const };
  await fixture.pay(order, await fixture.gateway.issueInvoice(order, wording));
  const side = `${fixture.url}/person/${order.telegramId}/subscriptions`;
  const list = () => ask<{ id: string; subscription_period: number; state: string }[]>(side);
  const [subscription] = await list();
  expect(subscription).toMatchObject({ subscription_period: 2_592_000, state: "active" });
  const { id: reference } = subscription!;
  await ask(side, "POST", { telegram_payment_charge_id: reference, act: "renew" });
  const { lines } = await readOn(fixture.gateway);
  const about = { kind: "payment", id: order.id };
  expect(lines.map((line) => line.about)).toEqual([about, about]);
  const references = lines.map(({ report }) => "reference" in report && report.reference);
  expect(new Set(references).size).toBe(2);
  const change = { payer: order.telegramId, reference };
  await fixture.gateway.changeRecurring({ ...change, isCanceled: true });
  expect((await list())[0]).toMatchObject({ state: "canceled", canceled_by_bot: true });
  await fixture.gateway.changeRecurring({ ...change, isCanceled: false });
  expect((await list())[0]).toMatchObject({ canceled_by_bot: false });
  const unknown = fixture.gateway.changeRecurring({ ...change, reference: "x", isCanceled: true });
  await expect(unknown).rejects.toThrow(Refused);
});
