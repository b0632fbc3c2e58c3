import { expect, test } from "vitest";
import * as z from "zod";
import { money } from "../../../domain/money.ts";
import { addMs } from "../../../domain/time.ts";
import { TonGateway } from "../../../gateways/payments/ton/adapter.ts";
import { tonProvider } from "../../../gateways/payments/ton/index.ts";
import { Refused, SlowDown } from "../../../gateways/refused.ts";
import { paymentGatewayContract } from "./contract.ts";
import { anOrder, failureOf, paidFor, readOn } from "./fixture.ts";
import { follow, gatewayAt, openTon, settingsAt, startTon, summarize } from "./ton-fixture.ts";
import { startWall } from "./wall.ts";

const usdt = money(2_500_000, "USDT");

const traits = {
  refunds: "none",
  hasStatement: true,
  calls: ["lookup", "statement"],
} as const;
paymentGatewayContract({ name: "TON, in coins", ...traits }, () => openTon());
paymentGatewayContract({ name: "TON, in USDT", ...traits }, () => openTon(usdt));

test("an invoice has an address that does not bounce, the memo, and a link with both", async () => {
  const fixture = await openTon();
  const { merchant } = await fixture.toncenter.info();
  const order = await anOrder(fixture);
  const invoice = await fixture.gateway.issueInvoice(order);
  expect(invoice).toMatchObject({
    kind: "transfer",
    reference: order.memo,
    address: merchant.non_bounceable,
    comment: order.memo,
  });
  const url = new URL("url" in invoice ? invoice.url : "");
  expect(url.pathname).toBe(`/pay/${merchant.non_bounceable}`);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    amount: "1500000000",
    text: order.memo,
    exp: `${Math.floor(Date.parse(order.lapsesAt) / 1_000)}`,
  });
});

test.each([
  [undefined, "https://app.tonkeeper.com/transfer/"],
  ["https://wallet.example.com/send", "https://wallet.example.com/send/"],
  ["ton://transfer/", "ton://transfer/"],
])("the link is a wallet's own where TON_PAY_URL is %s", async (base, begin) => {
  const fixture = await openTon(usdt);
  const { merchant, usdt: jetton } = await fixture.toncenter.info();
  const env = z.object(tonProvider.environment).parse({
    TON_WALLET: merchant.bounceable,
    TON_USDT_MASTER: jetton.master.raw,
    TON_PAY_URL: base,
  });
  const gateway = tonProvider.connect(env, { botToken: "", telegramApiRoot: "" });
  const order = { ...(await anOrder(fixture)), memo: "A B+C&D" };
  const invoice = await gateway?.issueInvoice(order, { title: "", description: "" });
  expect(invoice && "url" in invoice && invoice.url).toBe(
    `${begin}${merchant.non_bounceable}?amount=2500000&text=A%20B%2BC%26D` +
      `&exp=${Math.floor(Date.parse(order.lapsesAt) / 1_000)}&jetton=${jetton.master.bounceable}`,
  );
});

test("an invoice that could not be paid is refused, with the variable that decides", async () => {
  const least = { TON_MIN_DEPOSIT_USDT: "2.5", TON_MIN_DEPOSIT_GRAM: "0.01" };
  const fixture = await openTon(usdt, { TON_CURRENCIES: "USDT", ...least });
  const refused = async (change: object) => {
    const order = { ...(await anOrder(fixture)), ...change };
    const failure = await failureOf(fixture.gateway.issueInvoice(order));
    expect(failure).toBeInstanceOf(Refused);
    return failure.message;
  };
  expect(await refused({ price: money(2_499_999, "USDT") })).toContain("TON_MIN_DEPOSIT_USDT, 2.5");
  expect(await refused({ price: money(5_000_000, "GRAM") })).toContain("TON_CURRENCIES");
  expect(await refused({ price: money(5_000_000, "RUB") })).toContain("TON_CURRENCIES");
  for (const memo of ["", " MEMO", "x".repeat(121), "a\nb"]) {
    expect(await refused({ memo })).toContain("a memo has 1 to 120 characters");
  }
  expect(await fixture.gateway.issueInvoice(await anOrder(fixture))).toMatchObject({
    kind: "transfer",
  });
});

test("a lookup finds all that came for an order, in either currency, and no more", async () => {
  const fixture = await openTon();
  const { gateway, toncenter } = fixture;
  const order = await anOrder(fixture);
  for (let other = 0; other < 5; other += 1)
    await fixture.pay(order, await gateway.issueInvoice(await anOrder(fixture)));
  await follow(((await gateway.issueInvoice(order)) as { url: string }).url);
  await toncenter.pay({ amount: "7", comment: ` ${order.memo}`, jetton: "usdt" });
  const { memo } = order;
  expect(summarize(await gateway.lookup(order))).toEqual([
    `${memo}: 1500000000 GRAM`,
    `${memo}: 7 USDT`,
  ]);
  const { lines } = await readOn(gateway);
  expect(paidFor(order, await gateway.lookup(order))).toEqual(paidFor(order, lines));
});

test("a lookup begins with its order: an older use of its memo is another's", async () => {
  const fixture = await openTon();
  const order = await anOrder(fixture);
  await fixture.pay(order, await fixture.gateway.issueInvoice(order));
  const later = { ...order, openedAt: addMs(order.openedAt, 3_600_000) };
  expect(await fixture.gateway.lookup(later)).toEqual([]);
});

/** How long a first statement takes: three calls, and two waits between them. */
async function tookMs(variables: Readonly<Record<string, string>>): Promise<number> {
  const ton = await startTon();
  const gateway = new TonGateway(await settingsAt(ton, variables));
  const began = performance.now();
  await gateway.statement("");
  expect(await ton.calls()).toHaveLength(3);
  return performance.now() - began;
}

test("without a key one call goes out a second, with a key ten", async () => {
  // Timers may end a little early.
  expect(await tookMs({})).toBeGreaterThan(1_990);
  const withKey = { TONCENTER_API_KEY: "any" };
  const times = [await tookMs(withKey), await tookMs(withKey), await tookMs(withKey)];
  for (const time of times) expect(time).toBeGreaterThan(190);
  // On a busy machine one of them may take longer.
  expect(Math.min(...times)).toBeLessThan(1_990);
});

test("a currency that is not sold in is not read", async () => {
  const { toncenter, gateway } = await openTon(usdt, { TON_CURRENCIES: "USDT" });
  await toncenter.pay({ amount: "5", comment: "COINS" });
  await toncenter.pay({ amount: "7", comment: "UNITS", jetton: "usdt" });
  expect(summarize((await readOn(gateway)).lines)).toEqual(["UNITS: 7 USDT"]);
  const coins = { TON_CURRENCIES: "GRAM", TON_MIN_DEPOSIT_GRAM: "0.000000002" };
  const coinsAlone = await gatewayAt(toncenter, coins);
  expect(summarize((await readOn(coinsAlone)).lines)).toEqual(["COINS: 5 GRAM"]);
});

test("429 without a duration is a wait of a second", async () => {
  const { gateway, fault } = await startTon();
  await fault({ kind: "429", times: 1 });
  const failure = await failureOf(gateway.statement(""));
  expect(failure).toBeInstanceOf(SlowDown);
  expect((failure as SlowDown).retryAfterMs).toBe(1_000);
  expect(await gateway.statement("")).toMatchObject({ lines: [], more: false });
});

test("a key that toncenter rejects is an outage that says what to do", async () => {
  const ton = await startTon({ apiKeys: ["known"], otherNetworkKeys: ["testnet"] });
  for (const key of ["guess", "testnet"]) {
    const gateway = await gatewayAt(ton, { TONCENTER_API_KEY: key });
    const failure = await failureOf(gateway.statement(""));
    expect(failure).not.toBeInstanceOf(Refused);
    expect(failure.message).toContain("set TONCENTER_API_KEY");
    expect(failure.message).not.toContain(key === "guess" ? key : "X-API-Key");
  }
});

test("an answer with another form is an outage that names the place", async () => {
  const ton = await startTon();
  await ton.pay({ amount: "5", comment: "MEMO" });
  const answers = [
    ["<html>hello</html>", /another form|not JSON/u],
    [{ transactions: 7 }, /another form: transactions/u],
    [
      { exit_code: 0, stack: [{ type: "num", value: "0x0" }] },
      /TON_USDT_MASTER, EQ.* is not the master of a jetton/u,
    ],
  ] as const;
  for (const [body, words] of answers) {
    const url = await startWall(ton.url, (passing, path) =>
      path.endsWith("runGetMethod") === "exit_code" in Object(body)
        ? { ...passing, body }
        : passing,
    );
    const gateway = await gatewayAt(ton, { TONCENTER_URL: url });
    const failure = await failureOf(gateway.statement(""));
    expect(failure.constructor).toBe(Error);
    expect(failure.message).toMatch(words);
  }
});

test("a redirect does not carry the key", async () => {
  const ton = await startTon();
  const url = await startWall(ton.url, (passing) => {
    return { ...passing, status: 302, headers: { location: ton.url } };
  });
  const gateway = await gatewayAt(ton, { TONCENTER_URL: url });
  const before = (await ton.calls()).length;
  expect((await failureOf(gateway.statement(""))).message).toContain("could not be reached");
  expect(await ton.calls()).toHaveLength(before + 1);
});

test("an account that could not be opened is opened by the next call", async () => {
  const ton = await startTon();
  await ton.fault({ kind: "500", method: "runGetMethod", times: 1 });
  await expect(ton.gateway.statement("")).rejects.toThrow("500");
  expect(await ton.gateway.statement("")).toMatchObject({ more: false });
});

const deps = { botToken: "", telegramApiRoot: "" };
const parsed = (given: Readonly<Record<string, string>>) =>
  z.object(tonProvider.environment).safeParse(given);
const wallet = "UQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_p0p";

test("a wallet is all that the gateway needs", () => {
  const none = parsed({});
  expect(none.data && tonProvider.connect(none.data, deps)).toBeUndefined();
  const one = parsed({ TON_WALLET: wallet });
  expect(one.data && tonProvider.connect(one.data, deps)?.capabilities).toMatchObject({
    name: "ton",
    currencies: ["GRAM", "USDT"],
    refunds: "none",
    notifies: false,
  });
  const keyAlone = parsed({ TONCENTER_API_KEY: "key" });
  expect(() => keyAlone.data && tonProvider.connect(keyAlone.data, deps)).toThrow("TON_WALLET");
});

test.each([
  ["without a key", {}, 2_000],
  ["with a key", { TONCENTER_API_KEY: "key" }, 250],
  ["as the plan allows", { TONCENTER_CALLS_PER_SECOND: "4" }, 500],
  ["for one currency", { TON_CURRENCIES: "USDT" }, 1_000],
])("open invoices are watched with half of the calls that are allowed: %s", (_, given, restMs) => {
  const { data } = parsed({ TON_WALLET: wallet, ...given });
  expect(data && tonProvider.connect(data, deps)?.capabilities.pollIntervalMs).toBe(restMs);
});

test.each([
  ["TON_WALLET", "UQnowhere"],
  ["TON_WALLET", wallet.replace("p0p", "p0q")],
  ["TON_WALLET", `7:${"0".repeat(64)}`],
  ["TON_USDT_MASTER", "USDT"],
  ["TONCENTER_URL", "toncenter.com"],
  ["TON_PAY_URL", "javascript:alert(1)"],
  ["TONCENTER_CALLS_PER_SECOND", "0"],
  ["TONCENTER_CALLS_PER_SECOND", "many"],
  ["TON_CURRENCIES", "TON"],
  ["TON_CURRENCIES", ""],
  ["TON_CURRENCIES", "GRAM,,USDT"],
  ["TON_MIN_DEPOSIT_GRAM", "0"],
  ["TON_MIN_DEPOSIT_GRAM", "0.0000000001"],
  ["TON_MIN_DEPOSIT_USDT", "-1"],
])("%s=%s is an error that names the variable", (name, value) => {
  const { error } = parsed({ TON_WALLET: wallet, [name]: value });
  expect(error?.issues.map(({ path }) => path[0])).toEqual([name]);
  expect(error?.issues[0]?.message).toMatch(/^must be /u);
});

test("an address of test networks is not paid to on the main one", async () => {
  const fixture = await openTon();
  const { merchant } = await fixture.toncenter.info();
  const { Address } = await import("@ton/core");
  const forTests = Address.parse(merchant.raw).toString({ bounceable: false, testOnly: true });
  const main = parsed({ TON_WALLET: forTests });
  expect(() => main.data && tonProvider.connect(main.data, deps)).toThrow(/TON_WALLET .*testnet/u);
  const test = parsed({ TON_WALLET: forTests, TONCENTER_URL: "https://testnet.toncenter.com" });
  const gateway = test.data && tonProvider.connect(test.data, deps);
  const order = await anOrder(fixture);
  expect(await gateway?.issueInvoice(order, { title: "", description: "" })).toMatchObject({
    address: forTests,
  });
});
