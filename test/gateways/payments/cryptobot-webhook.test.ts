import { createHash, createHmac, randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { unmatchedPaymentId } from "../../../domain/derived-ids.ts";
import { type Currency, money } from "../../../domain/money.ts";
import { gatewayName, type PaymentId } from "../../../domain/payments/payment.ts";
import { eventually } from "../../drivers/eventually.ts";
import { createNamespace, type TestNamespace } from "../../drivers/namespace.ts";
import { startCryptoBot, token } from "../../emulators/cryptobot-client.ts";
import { openCryptoBot } from "./cryptobot-fixture.ts";
import { anOrder, wording } from "./fixture.ts";
import { cryptoToken, cryptoUpdate, readPayment, sign, startApi } from "./webhook-fixture.ts";

let temporal: TestNamespace;
beforeAll(async () => {
  temporal = await createNamespace();
});
afterAll(() => temporal?.connection.close());

const held = (id: PaymentId) => readPayment(temporal.client, id);
const nobody = (reference: string) => unmatchedPaymentId(gatewayName("cryptobot"), reference);

const published =
  '{"update_id":1,"update_type":"invoice_paid","request_date":"2026-11-20T12:00:00.000Z",' +
  '"payload":{"invoice_id":528890,"status":"paid","amount":"125.50","asset":"USDT",' +
  '"payload":"payment:42"}}';
const spaced = published.replaceAll('":', '": ');
const signatures = {
  published: "d4e2a5b529a72e735b06f48d12651cddd2909fffb46389de72aea3253976811d",
  spaced: "68c84af08d4c944edcdd0f6af0ad3a2b7b4561bd24537acebd36168b6aa0efc9",
  hexKey: "591264bc0a28ae3ff490e4ac2ae1796d5ebfe8b71ef54595d1e8d38897c98fd9",
};

test("a signature is over the bytes as they came, however they are spaced", async () => {
  const api = await startApi(temporal.client);
  const post = (body: string, signature: string) =>
    api.post("cryptobot", { body, headers: { "crypto-pay-api-signature": signature } });
  expect((await post(published, signatures.published)).status).toBe(200);
  expect((await post(spaced, signatures.spaced)).status).toBe(200);
  expect((await post(spaced, signatures.published)).status).toBe(401);
  expect((await post(published, signatures.hexKey)).status).toBe(401);
  expect((await post(published, "")).status).toBe(401);
  expect((await api.post("cryptobot", { body: published })).status).toBe(401);
  const { events } = await held(nobody("528890"));
  expect(events.map(({ evidence }) => evidence)).toEqual([published, spaced]);
  expect(events[0]?.report).toEqual({
    kind: "paid",
    reference: "528890",
    paid: money(125_500_000, "USDT"),
    at: "2026-11-20T12:00:00.000Z",
  });
});

test("a message that is not UTF-8 is refused, even if it is signed", async () => {
  const api = await startApi(temporal.client);
  const body = Buffer.concat([Buffer.from(published), Buffer.from([0xff])]);
  const key = createHash("sha256").update(cryptoToken).digest();
  const signature = createHmac("sha256", key).update(body).digest("hex");
  const headers = { "crypto-pay-api-signature": signature };
  expect((await api.post("cryptobot", { body: "", headers }, { body })).status).toBe(400);
});

const invoice = { invoice_id: 7, status: "paid", amount: "299", payload: "" };

test.each([
  [
    "a fiat invoice is over its fiat",
    { fiat: "RUB", paid_asset: "TON", paid_amount: "1.8" },
    [29_900, "RUB"],
  ],
  [
    "coins are what was paid",
    { asset: "USDT", paid_asset: "USDT", paid_amount: "300.5" },
    [300_500_000, "USDT"],
  ],
  ["the coin of TON is GRAM", { asset: "TON", amount: "1.5" }, [1_500_000_000, "GRAM"]],
] as const)("%s", async (_what, more, [minor, currency]) => {
  const api = await startApi(temporal.client);
  const id = randomUUID() as PaymentId;
  await api.post("cryptobot", cryptoUpdate({ ...invoice, payload: id, ...more }));
  expect((await held(id)).events).toMatchObject([
    { report: { kind: "paid", reference: "7", paid: money(minor, currency as Currency) } },
  ]);
});

test("a payment in an unknown currency is kept, and grants nothing", async () => {
  const api = await startApi(temporal.client);
  const id = randomUUID() as PaymentId;
  for (const more of [{ asset: "BTC" }, { fiat: "GBP" }, { asset: "USDT", amount: "0.0000001" }]) {
    await api.post("cryptobot", cryptoUpdate({ ...invoice, payload: id, ...more }));
  }
  const kinds = (await held(id)).events.map(({ report }) => report.kind);
  expect(kinds).toEqual(["progress", "progress", "progress"]);
});

test.each([
  ["another kind of message", cryptoUpdate(invoice, { update_type: "check_activated" })],
  ["an invoice that is not paid", cryptoUpdate({ ...invoice, asset: "USDT", status: "active" })],
  [
    "others' money that we cannot count",
    cryptoUpdate({ ...invoice, asset: "BTC", payload: "mug" }),
  ],
])("%s is acknowledged and not reported", async (_what, message) => {
  const api = await startApi(temporal.client);
  expect(await api.post("cryptobot", message)).toEqual({ status: 200, text: '{"ok":true}' });
  expect(await api.outcomes("cryptobot")).toEqual({ nothing: 1 });
});

test.each([
  ["no JSON", sign("paid!")],
  ["no invoice", cryptoUpdate({})],
  ["an id that is not a number", cryptoUpdate({ ...invoice, asset: "USDT", invoice_id: "seven" })],
  ["an id of zero", cryptoUpdate({ ...invoice, asset: "USDT", invoice_id: 0 })],
  ["no time at all", cryptoUpdate(invoice, { request_date: undefined })],
])("what is rightly signed and cannot be read is a 400: %s", async (_what, message) => {
  const api = await startApi(temporal.client);
  expect((await api.post("cryptobot", message)).status).toBe(400);
  expect(await api.outcomes("cryptobot")).toEqual({ malformed: 1 });
});

test("the service's own messages arrive through duplicates and forgeries, and agree with its statement", async () => {
  const api = await startApi(temporal.client, { CRYPTOBOT_TOKEN: token });
  const webhookUrl = `${api.url}/webhooks/cryptobot`;
  const fixture = await openCryptoBot({ emulator: { webhookUrl, webhookRetryMs: 20 } });
  await fixture.bot.fault({ webhook: "duplicate", times: 1 });
  await fixture.bot.fault({ webhook: "wrong-signature", times: 2 });
  const order = await anOrder(fixture);
  const made = await fixture.gateway.issueInvoice(order, wording);
  await fixture.pay(order, made);
  await eventually(async () =>
    expect(await api.outcomes("cryptobot")).toEqual({ reported: 2, signature: 2 }),
  );
  // Equal events that arrive at the same time are signalled together.
  const { events } = await held(order.id);
  const [line] = await fixture.gateway.lookup(order, made.reference);
  expect([1, 2]).toContain(events.length);
  for (const { report } of events) expect(report).toEqual(line?.report);
});

test("an amount that was changed on the way out changes nothing: what was paid counts", async () => {
  const api = await startApi(temporal.client, { CRYPTOBOT_TOKEN: token });
  const webhookUrl = `${api.url}/webhooks/cryptobot`;
  const bot = await startCryptoBot({ webhookUrl });
  const id = randomUUID() as PaymentId;
  await bot.fault({ webhook: "changed-amount", amount: "1000000" });
  const { invoice_id } = await bot.invoice({ payload: id, amount: "10" });
  await bot.pay(invoice_id);
  await eventually(async () => {
    const { events } = await held(id);
    expect(events).toMatchObject([{ report: { paid: money(10_000_000, "USDT") } }]);
  });
});

const paid = { kind: "paid", paid: money(3_500_000, "USDT"), fee: money(105_000, "USDT") } as const;

test.each([
  ["a fee as a number", { fee_amount: 0.105 }],
  ["a fee in the power of ten", { fee_amount: 1.05e-1 }],
  ["a fee with more decimals than the coin", { fee_amount: "0.1049999999" }],
  ["an amount as a number", { amount: 3.5 }],
  ["an id as a text", { invoice_id: "528890" }],
  ["absent fields", { fiat: null, paid_asset: null, paid_amount: null, comment: null, hash: null }],
  ["a time that is not a date", { paid_at: "soon" }],
])("what can be counted is counted: %s", async (_what, more) => {
  const api = await startApi(temporal.client);
  const id = randomUUID() as PaymentId;
  const usdt = { asset: "USDT", amount: "3.5", fee_asset: "USDT", fee_amount: "0.105" };
  const message = cryptoUpdate({
    ...usdt,
    invoice_id: 528_890,
    status: "paid",
    payload: id,
    ...more,
  });
  expect((await api.post("cryptobot", message)).status).toBe(200);
  expect((await readPayment(temporal.client, id)).events).toMatchObject([
    { report: { ...paid, reference: "528890" }, evidence: message.body },
  ]);
});

test("a signature may be in capitals", async () => {
  const api = await startApi(temporal.client);
  const { body, headers } = cryptoUpdate({ ...invoice, asset: "USDT" });
  const upper = Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name, value.toUpperCase()]),
  );
  expect((await api.post("cryptobot", { body, headers: upper })).status).toBe(200);
});
