import { expect, test } from "vitest";
import { money } from "../../../domain/money.ts";
import { CryptoBotGateway } from "../../../gateways/payments/cryptobot/adapter.ts";
import { Refused } from "../../../gateways/refused.ts";
import { token } from "../../emulators/cryptobot-client.ts";
import { wrongPlaces } from "./answering.ts";
import { paymentGatewayContract } from "./contract.ts";
import { openCryptoBot } from "./cryptobot-fixture.ts";
import { anOrder, aRefund, failureOf, readOn, steps, wording } from "./fixture.ts";

const roubles = money(29_900, "RUB");

paymentGatewayContract(
  { name: "CryptoBot, in coins", refunds: "partial", hasStatement: true, calls: steps },
  () => openCryptoBot(),
);
paymentGatewayContract(
  {
    name: "CryptoBot, in roubles, with all invoices on one page",
    refunds: "none",
    hasStatement: true,
    calls: ["issueInvoice", "lookup", "statement"],
  },
  () => openCryptoBot({ price: roubles, refunds: false, pageSize: 1_000 }),
);

test("an invoice names its plan and its payment, and stays open as long as the order", async () => {
  const fixture = await openCryptoBot({ price: money(12_345_678, "USDT") });
  const order = await anOrder(fixture);
  await fixture.gateway.issueInvoice(order, wording);
  const [kept] = await fixture.bot.listed();
  const description = "Month\n30 days of VPN access";
  expect(kept).toMatchObject({
    asset: "USDT",
    amount: "12.345678",
    payload: order.id,
    description,
  });
  const early = Date.parse(order.lapsesAt) - Date.parse(String(kept?.["expiration_date"]));
  expect(Math.abs(early)).toBeLessThan(60_000);
});

test.each(["TON", "GRAM"] as const)(
  "the coin of TON is asked for as %s and counted as GRAM",
  async (coin) => {
    const price = money(2_500_000_000, "GRAM");
    const fixture = await openCryptoBot({ price, coin, emulator: { coinOfTon: coin } });
    const request = await aRefund(fixture);
    expect(await fixture.bot.listed()).toMatchObject([{ asset: coin, amount: "2.5" }]);
    const [line] = await fixture.gateway.lookup(request.order, request.reference);
    expect(line?.report).toMatchObject({ paid: price, fee: money(75_000_000, "GRAM") });
    await fixture.gateway.refund(request);
    expect(
      (await fixture.bot.call<{ items: unknown[] }>("getTransfers")).result.items,
    ).toMatchObject([{ asset: coin, amount: "2.5", user_id: request.order.telegramId }]);
  },
);

test("a fiat invoice counts by its fiat amount, whatever coins paid it, without a fee in coins", async () => {
  const fixture = await openCryptoBot({ price: roubles });
  const order = await anOrder(fixture);
  const { reference } = await fixture.gateway.issueInvoice(order, wording);
  await fixture.bot.pay(Number(reference), { asset: "BTC" });
  const [line] = await fixture.gateway.lookup(order, reference);
  expect(line?.report).toMatchObject({ kind: "paid", reference, paid: roubles });
  expect(line?.report).not.toHaveProperty("fee");
  expect(JSON.parse(line?.evidence ?? "")).toMatchObject({ paid_asset: "BTC", fiat: "RUB" });
});

test("a first order costs one call, however many invoices there are", async () => {
  const fixture = await openCryptoBot();
  const order = await anOrder(fixture);
  await fixture.gateway.issueInvoice(order, wording, { isFirst: true });
  expect(await fixture.bot.calls("getInvoices")).toEqual([]);
  expect(await fixture.bot.calls("createInvoice")).toHaveLength(1);
  await fixture.another().issueInvoice(order, wording, { isFirst: false });
  expect(await fixture.bot.calls("getInvoices")).not.toEqual([]);
  expect(await fixture.bot.calls("createInvoice")).toHaveLength(1);
});

test("the paid one of an order's several invoices counts", async () => {
  const fixture = await openCryptoBot();
  const order = await anOrder(fixture);
  const same = { payload: order.id, amount: "10" };
  const made = [
    await fixture.bot.invoice(same),
    await fixture.bot.invoice(same),
    await fixture.bot.invoice(same),
  ];
  const ids = made.map(({ invoice_id: id }) => String(id));
  expect(await fixture.another().issueInvoice(order, wording)).toMatchObject({ reference: ids[0] });
  await fixture.bot.pay(Number(ids[1]));
  expect(await fixture.another().issueInvoice(order, wording)).toMatchObject({ reference: ids[1] });
  expect(await fixture.bot.listed()).toHaveLength(3);
});

test("an expired invoice is found again, and not reported", async () => {
  const fixture = await openCryptoBot();
  const order = await anOrder(fixture);
  const invoice = await fixture.gateway.issueInvoice(order, wording);
  await fixture.bot.control("expire", { invoice_id: Number(invoice.reference) });
  expect(await fixture.another().issueInvoice(order, wording)).toEqual(invoice);
  expect(await fixture.gateway.lookup(order, invoice.reference)).toEqual([]);
});

test("an invoice that is not ours is reported as unmatched, to the unit", async () => {
  const fixture = await openCryptoBot();
  const { invoice_id } = await fixture.bot.invoice({ amount: "7.5", payload: "a mug" });
  await fixture.bot.pay(invoice_id);
  const { lines } = await readOn(fixture.gateway);
  expect(lines).toMatchObject([
    { about: { kind: "nobody" }, report: { kind: "paid", paid: money(7_500_000, "USDT") } },
  ]);
});

test("a payment in an unknown currency is reported, and grants nothing", async () => {
  const fixture = await openCryptoBot();
  const order = await anOrder(fixture);
  const { invoice_id } = await fixture.bot.invoice({
    asset: "BTC",
    amount: "0.1",
    payload: order.id,
  });
  await fixture.bot.pay(invoice_id);
  const { lines, unreadable } = await fixture.gateway.statement("");
  expect(lines).toEqual([]);
  expect(unreadable).toMatchObject([{ reason: expect.stringContaining("0.1 BTC") as string }]);
});

test.each(["refuse", "return"] as const)(
  "a transfer that two processes ask for at once is one, where a repeat is answered by: %s",
  async (spendIdRepeat) => {
    const fixture = await openCryptoBot({ emulator: { spendIdRepeat } });
    const request = await aRefund(fixture);
    const both = [fixture.gateway.refund(request), fixture.another().refund(request)];
    expect(await Promise.all(both)).toEqual(["returned", "returned"]);
    expect(await fixture.returned(request.order, request.reference)).toBe(request.amount.minor);
  },
);

test("a transfer that was made is looked up, not asked for again", async () => {
  const fixture = await openCryptoBot();
  const request = await aRefund(fixture);
  for (let time = 0; time < 3; time++) await fixture.another().refund(request);
  expect(await fixture.bot.calls("transfer")).toMatchObject([{ spend_id: request.key, ok: true }]);
});

test("fiat payments are not refunded, nor what Crypto Pay does not pay out", async () => {
  const fiat = await aRefund(await openCryptoBot({ price: roubles }));
  const fixture = await openCryptoBot({ price: roubles });
  expect(await failureOf(fixture.gateway.refund(fiat))).toMatchObject({
    name: "Refused",
    message: expect.stringContaining("paid in fiat") as string,
  });
  const shut = await openCryptoBot({ emulator: { transfersEnabled: false } });
  const failure = await failureOf(shut.gateway.refund(await aRefund(shut)));
  expect(failure).toBeInstanceOf(Refused);
  expect(failure.message).toContain("METHOD_DISABLED: enable it in @CryptoBot");
});

test("a wrong token is an outage, not a refusal", async () => {
  const { bot, ...fixture } = await openCryptoBot();
  const order = await anOrder(fixture);
  const currencies = ["USDT"] as const;
  const settings = {
    url: bot.url,
    token: "12345:other",
    currencies,
    coin: "TON",
    refunds: true,
  } as const;
  const failure = await failureOf(new CryptoBotGateway(settings).issueInvoice(order, wording));
  expect(failure).not.toBeInstanceOf(Refused);
  expect(failure.message).toContain("check CRYPTOBOT_TOKEN");
});

test("a wrong server is an outage, and our errors contain no secret", async () => {
  const fixture = await openCryptoBot();
  const order = await anOrder(fixture);
  for (const url of await wrongPlaces()) {
    const settings = { url, token, currencies: ["USDT"], coin: "TON", refunds: true } as const;
    const gateway = new CryptoBotGateway(settings);
    for (const attempt of [
      () => gateway.issueInvoice(order, wording),
      () => gateway.lookup(order, "1"),
      async () => {
        // Rows that are not invoices are reported as unreadable, and none is a line.
        const { lines, unreadable } = await gateway.statement("");
        if (lines.length === 0 && unreadable.length > 0) throw new Error("nothing can be read");
      },
    ]) {
      const failure = await failureOf(attempt());
      expect([url, failure.constructor]).toEqual([url, Error]);
      expect(failure.message).not.toBe("it worked");
      expect(`${failure.message} ${failure.stack} ${String(failure.cause)}`).not.toContain(
        "AAtest",
      );
    }
  }
});

test("a cursor of another gateway is refused", async () => {
  const { gateway } = await openCryptoBot();
  for (const wrong of ["7", "{}", "x", '{"from":-1}']) {
    expect((await failureOf(gateway.statement(wrong))).message).toContain("start again");
  }
});
