import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { unmatchedPaymentId } from "../../../domain/derived-ids.ts";
import { money } from "../../../domain/money.ts";
import { gatewayName, type PaymentId } from "../../../domain/payments/payment.ts";
import { eventually } from "../../drivers/eventually.ts";
import { createNamespace, type TestNamespace } from "../../drivers/namespace.ts";
import { password as emulated, terminalKey as terminal } from "../../emulators/tbank-client.ts";
import { anOrder, wording } from "./fixture.ts";
import { openTBank } from "./tbank-fixture.ts";
import { notification, readPayment, startApi } from "./webhook-fixture.ts";

let temporal: TestNamespace;
beforeAll(async () => {
  temporal = await createNamespace();
});
afterAll(() => temporal?.connection.close());

const held = (id: PaymentId) => readPayment(temporal.client, id);
const newId = () => randomUUID() as PaymentId;
const thanked = { status: 200, text: "OK" };

const invoiceReference = "13660000000000000001";

const about = (id: string, status: string, more: Readonly<Record<string, string>> = {}) =>
  notification({
    OrderId: JSON.stringify(id),
    Status: JSON.stringify(status),
    PaymentId: "13660000000000000001",
    Amount: "29900",
    ...more,
  });

test("the bank's own example is genuine, and its payment is not ours", async () => {
  const api = await startApi(temporal.client);
  const example = {
    TerminalKey: "1321054611234DEMO",
    OrderId: "201709",
    Success: true,
    Status: "AUTHORIZED",
    PaymentId: 8_742_591,
    ErrorCode: "0",
    Amount: 9_855,
    RebillId: 101_709,
    CardId: 322_264,
    Pan: "430000******0777",
    ExpDate: "1122",
    Token: "b906d28e76c6428e37b25fcf86c0adc52c63d503013fdd632e300593d165766b",
  };
  const post = (fields: object) => api.post("tbank", { body: JSON.stringify(fields) });
  expect(await post(example)).toEqual(thanked);
  expect(await post({ ...example, Data: { Route: "ACQ" }, Receipt: [1] })).toEqual(thanked);
  expect((await post({ ...example, Amount: 9_856 })).status).toBe(401);
  expect((await post({ ...example, More: "x" })).status).toBe(401);
  expect((await post({ ...example, TerminalKey: "OTHER" })).status).toBe(401);
  expect((await post({ ...example, Token: undefined })).status).toBe(401);
  expect((await post({ ...example, Token: { toString: "" } })).status).toBe(401);
  expect(await api.outcomes("tbank")).toEqual({ nothing: 2, signature: 4, terminal: 1 });
});

test("ids of 20 digits are exact, and neighbours are distinct", async () => {
  const api = await startApi(temporal.client);
  const id = newId();
  const ids = ["13660000000000000001", "13660000000000000002", "99999999999999999999"];
  for (const PaymentId of ids) await api.post("tbank", about(id, "CONFIRMED", { PaymentId }));
  const { events } = await held(id);
  expect(events.map(({ report }) => report)).toMatchObject(ids.map((reference) => ({ reference })));
});

test.each([
  ["NEW", { kind: "progress", status: "NEW" }],
  ["AUTHORIZED", { kind: "progress", status: "AUTHORIZED" }],
  ["CONFIRMED", { kind: "paid", paid: money(29_900, "RUB") }],
  ["REJECTED", { kind: "declined", final: false, reason: "REJECTED", invoiceReference }],
  ["AUTH_FAIL", { kind: "declined", final: false, reason: "AUTH_FAIL" }],
  ["CANCELED", { kind: "declined", final: true }],
  ["REVERSED", { kind: "declined", final: true }],
  ["DEADLINE_EXPIRED", { kind: "declined", final: true, invoiceReference }],
  ["ATTEMPTS_EXPIRED", { kind: "declined", final: true }],
  ["ASYNC_REFUNDING", { kind: "progress" }],
  // The amount of the refund takes the price to compute.
  ["PARTIAL_REFUNDED", { kind: "progress", status: "PARTIAL_REFUNDED" }],
  ["REFUNDED", { kind: "progress", status: "REFUNDED" }],
  ["A_NEW_ONE", { kind: "progress", status: "A_NEW_ONE" }],
])("%s is reported as %j", async (status, report) => {
  const api = await startApi(temporal.client);
  const id = newId();
  expect(await api.post("tbank", about(id, status))).toEqual(thanked);
  expect((await held(id)).events).toMatchObject([{ gateway: "tbank", report }]);
});

test.each([{ Success: "false" }, { ErrorCode: '"1051"' }])(
  "a payment is not paid where its message says that something failed: %j",
  async (more) => {
    const api = await startApi(temporal.client);
    const id = newId();
    await api.post("tbank", about(id, "CONFIRMED", more));
    expect((await held(id)).events).toMatchObject([{ report: { kind: "progress" } }]);
  },
);

test.each([
  [
    "a bound card",
    notification({ RequestKey: '"13021e10"', Status: '"COMPLETED"', PaymentId: "1" }),
  ],
  ["a bound account", notification({ NotificationType: '"LINKACCOUNT"', Status: '"ACTIVE"' })],
  ["a receipt", about("x", "RECEIPT", { Items: "[]" })],
  ["somebody's failed try", about("order-7", "REJECTED")],
])("%s is acknowledged and not reported", async (_what, message) => {
  const api = await startApi(temporal.client);
  expect(await api.post("tbank", message)).toEqual(thanked);
  expect(await api.outcomes("tbank")).toEqual({ nothing: 1 });
});

test.each([
  ["an amount with a fraction", { Amount: "299.5" }],
  ["an amount below zero", { Amount: "-1" }],
  ["an amount in the power of ten", { Amount: "1e3" }],
  ["an id that is not a number", { PaymentId: '"x"' }],
  ["an id that is too long", { PaymentId: "123456789012345678901" }],
  ["a status with an invalid character", { Status: '"CONFIRMED\\u0000"' }],
  ["an order that is null", { OrderId: "null" }],
  // The signed text is digits in a row: a digit may have moved from the field beside it.
  ["an amount that begins with a zero", { Amount: "029900" }],
  ["an id that begins with a zero", { PaymentId: "01366" }],
  ["a code that is not a number", { ErrorCode: '"0x"' }],
  ["a card's id that begins with a zero", { CardId: "0890" }],
  ["a card's id that is not a number", { CardId: '"4567x"' }],
  ["a card's end that is not a month", { ExpDate: '"12"' }],
  ["an amount that a number cannot hold", { Amount: "9007199254740993" }],
])("what is rightly signed and cannot be read is a 400: %s", async (_what, more) => {
  const api = await startApi(temporal.client);
  expect((await api.post("tbank", about(newId(), "CONFIRMED", more))).status).toBe(400);
  expect(await api.outcomes("tbank")).toEqual({ malformed: 1 });
});

test("the bank's own notifications arrive through duplicates and forgeries, and agree with a lookup", async () => {
  const env = { TBANK_TERMINAL_KEY: terminal, TBANK_PASSWORD: emulated };
  const api = await startApi(temporal.client, env);
  const settings = { notificationUrl: `${api.url}/webhooks/tbank` };
  const fixture = await openTBank({ emulator: { webhookRetryMs: 20 }, settings });
  await fixture.bank.fault({ webhook: "duplicate", status: "CONFIRMED", times: 1 });
  await fixture.bank.fault({ webhook: "wrong-signature", times: 3 });
  const order = await anOrder(fixture);
  const made = await fixture.gateway.issueInvoice(order, wording);
  await fixture.pay(order, made);
  await eventually(async () =>
    expect(await api.outcomes("tbank")).toEqual({ reported: 3, signature: 3 }),
  );
  // Equal events that arrive at the same time are signalled together.
  const { events } = await held(order.id);
  const [line] = await fixture.gateway.lookup(order, made.reference);
  const { reference } = made;
  expect(line?.report).toMatchObject({ kind: "paid", reference, paid: fixture.price });
  const paid = events.map(({ report }) => report).filter(({ kind }) => kind === "paid");
  expect([1, 2]).toContain(paid.length);
  for (const one of paid) expect(one).toMatchObject({ reference, paid: fixture.price });
  expect(events.length).toBe(paid.length + 1);
  expect(await fixture.bank.waiting()).toEqual([]);
});

test("money for an order that is not ours is an unmatched payment", async () => {
  const api = await startApi(temporal.client);
  await api.post("tbank", about("order-7", "CONFIRMED", { PaymentId: "77" }));
  const { events } = await held(unmatchedPaymentId(gatewayName("tbank"), "77"));
  expect(events).toMatchObject([{ report: { kind: "paid", reference: "77" } }]);
});

test.each([
  ["a success as a text", about("", "CONFIRMED", { Success: '"True"' })],
  ["an amount as a text", about("", "CONFIRMED", { Amount: '"29900"' })],
  ["an id as a text", about("", "CONFIRMED", { PaymentId: '"13660000000000000001"' })],
  [
    "absent fields",
    about("", "CONFIRMED", { CardId: "null", ExpDate: "null", RequestKey: "null" }),
  ],
])("what can be counted is counted: %s", async (_what, { body }) => {
  const api = await startApi(temporal.client);
  const id = newId();
  const { Token: _unsigned, ...fields } = JSON.parse(body.replaceAll("13660000000000000001", "13"));
  const written = Object.fromEntries(
    Object.entries({ ...fields, OrderId: id }).map(([name, value]) => [
      name,
      JSON.stringify(value),
    ]),
  );
  expect(await api.post("tbank", notification(written))).toEqual(thanked);
  expect((await held(id)).events).toMatchObject([
    { report: { kind: "paid", reference: "13", paid: money(29_900, "RUB") } },
  ]);
});

test("a token may be in capitals, and may sign null for an absent value", async () => {
  const api = await startApi(temporal.client);
  const capitals = newId();
  const nulls = newId();
  const { body } = about(capitals, "CONFIRMED");
  const upper = body.replace(
    /"Token":"(\w+)"/u,
    (_all, token: string) => `"Token":"${token.toUpperCase()}"`,
  );
  expect(await api.post("tbank", { body: upper })).toEqual(thanked);
  const signed = JSON.parse(about(nulls, "CONFIRMED", { CardId: '"null"' }).body) as object;
  expect(
    await api.post("tbank", { body: JSON.stringify({ ...signed, PaymentId: 13, CardId: null }) }),
  ).toMatchObject({ status: 401 });
  const other = about(nulls, "CONFIRMED", { PaymentId: "13", CardId: '"null"' }).body;
  expect(
    await api.post("tbank", { body: other.replace('"CardId":"null"', '"CardId":null') }),
  ).toEqual(thanked);
  for (const id of [capitals, nulls]) {
    expect((await held(id)).events).toMatchObject([{ report: { kind: "paid" } }]);
  }
});
