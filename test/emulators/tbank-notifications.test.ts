import * as fc from "fast-check";
import { expect, test } from "vitest";
import { eventually } from "./servers.ts";
import {
  cards,
  isSigned,
  literals,
  rewritten,
  sign,
  startShop,
  startTBank,
  startTBankWithShop,
} from "./tbank-client.ts";

const hourMs = 3_600_000;

/** A bank whose notifications are tried again at once. */
async function withShop(answers: Parameters<typeof startShop>[0] = []) {
  const bank = await startTBankWithShop({ webhookRetryMs: 1 }, answers);
  const notified = () =>
    bank.received.map(({ raw }) => [literals(raw)["PaymentId"], literals(raw)["Status"]]);
  return { ...bank, notified };
}

test("a notification carries all 20 digits as a number, and only its text proves it", async () => {
  const { openPaid, received } = await withShop();
  const PaymentId = await openPaid({ DATA: { note: "x" } });
  await eventually(() => expect(received).toHaveLength(2));
  for (const { raw, fields } of received) {
    expect(raw).toContain(`"PaymentId":${PaymentId},`);
    expect(isSigned({ raw })).toBe(true);
    // What JSON.parse makes of it is another payment, and its token no longer fits.
    expect(String(fields["PaymentId"])).toBe("13660000000000000000");
    expect(sign(rewritten(fields))).not.toBe(fields["Token"]);
  }
});

test("a notification is repeated until the shop says 200 and exactly OK", async () => {
  const wrong = fc.oneof(
    fc.constantFrom(302, 400, 401, 404, 429, 500, 503).map((status) => ({ status, text: "OK" })),
    fc.constantFrom(201, 202).map((status) => ({ status, text: "OK" })),
    fc.constantFrom("", "ok", "OK\n", "<p>OK</p>", '"OK"', "OKAY").map((text) => ({ text })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(wrong, { maxLength: 6 }), async (answers) => {
      const { init, control, received, waiting, close } = await withShop(answers);
      const { PaymentId } = await init();
      await control("decline", { payment_id: PaymentId });
      await eventually(() => expect(received).toHaveLength(answers.length + 1));
      await eventually(async () => expect(await waiting()).toEqual([]));
      expect(new Set(received.map(({ raw }) => raw)).size).toBe(1);
      expect(received.every(isSigned)).toBe(true);
      await close();
    }),
    { numRuns: 15 },
  );
});

const refusals = (count: number) => Array.from({ length: count }, () => ({ status: 503 }));

test("it is tried hourly for a day, then daily for a month, and then no more", async () => {
  const bank = await startTBankWithShop({}, refusals(55));
  const { PaymentId } = await bank.init();
  await bank.control("decline", { payment_id: PaymentId });
  const pausesHours: number[] = [];
  for (let tries = 1; tries < 55; tries += 1) {
    await eventually(async () => expect(await bank.waiting()).toMatchObject([{ tries }]));
    const [{ dueAt }] = (await bank.waiting()) as [{ dueAt: number }];
    pausesHours.push((dueAt - bank.clock.nowMs) / hourMs);
    bank.clock.nowMs = dueAt;
    await bank.control("deliver", {});
  }
  await eventually(async () => expect(await bank.waiting()).toEqual([]));
  expect(bank.received).toHaveLength(55);
  expect(pausesHours).toEqual([...Array<number>(24).fill(1), ...Array<number>(30).fill(24)]);
});

test("a bank that archives after a day tries 25 times", async () => {
  const bank = await startTBankWithShop({ webhookRetryMs: 1, webhookTries: 25 }, refusals(30));
  const { PaymentId } = await bank.init();
  await bank.control("decline", { payment_id: PaymentId });
  await eventually(async () => expect(await bank.waiting()).toEqual([]));
  expect(bank.received).toHaveLength(25);
});

test("a payment's own NotificationURL comes before the terminal's", async () => {
  const own = await startShop();
  const { openPaid, received, control } = await withShop();
  await openPaid({ NotificationURL: own.url });
  await eventually(() => expect(own.received).toHaveLength(2));
  expect(received).toEqual([]);
  await control("webhook", { url: null }, "PUT");
  await openPaid();
  expect(await control("webhooks", undefined, "GET")).toEqual([]);
  await control("webhook", { url: own.url }, "PUT");
  await openPaid();
  await eventually(() => expect(own.received).toHaveLength(4));
});

test("emulated money is announced on this machine alone", async () => {
  const { control, init } = await startTBank();
  for (const wrong of ["http://example.org/hook", "ftp://127.0.0.1/", "127.0.0.1"]) {
    expect(await control("webhook", { url: wrong }, "PUT")).toHaveProperty("error");
    expect(await init({ NotificationURL: wrong })).toMatchObject({ Success: false });
  }
  await expect(startTBank({ webhookUrl: "http://example.org/" })).rejects.toThrow("127.0.0.1");
});

test("a duplicated notification comes twice, byte for byte", async () => {
  const { fault, openPaid, received, statuses } = await withShop();
  await fault({ webhook: "duplicate", status: "CONFIRMED", times: 1 });
  await openPaid();
  await eventually(() => expect(statuses()).toEqual(["AUTHORIZED", "CONFIRMED", "CONFIRMED"]));
  const confirmed = received.filter(({ fields }) => fields["Status"] === "CONFIRMED");
  expect(confirmed[0]?.raw).toBe(confirmed[1]?.raw);
});

test("a reordered AUTHORIZED follows the CONFIRMED of the same payment", async () => {
  const { fault, openPaid, notified } = await withShop();
  await fault({ webhook: "reorder", status: "AUTHORIZED", times: 1, delay_ms: hourMs });
  const id = await openPaid();
  await eventually(() =>
    expect(notified()).toEqual([
      [id, "CONFIRMED"],
      [id, "AUTHORIZED"],
    ]),
  );
});

test("a delayed notification waits, over a day if it must, and goes out when it is flushed", async () => {
  const { fault, openPaid, notified, control } = await withShop();
  await fault({ webhook: "delay", status: "CONFIRMED", times: 1, delay_ms: 30 * 24 * hourMs });
  const id = await openPaid();
  await eventually(() => expect(notified()).toEqual([[id, "AUTHORIZED"]]));
  await control("deliver", {});
  await eventually(() => expect(notified().at(-1)).toEqual([id, "CONFIRMED"]));
});

test("a dropped notification never comes, though the payment is confirmed", async () => {
  const { fault, init, pay, notified, state, waiting } = await withShop();
  const { PaymentId: lost } = await init();
  const { PaymentId: other } = await init();
  await fault({ webhook: "drop", payment_id: lost });
  for (const id of [lost, other]) await pay(id);
  await eventually(() => expect(notified()).toHaveLength(2));
  expect(new Set(notified().map(([id]) => id))).toEqual(new Set([other]));
  expect(await waiting()).toEqual([]);
  expect(await state(lost)).toBe("CONFIRMED");
});

test("a wrong signature is wrong for each try that the fault applies to", async () => {
  const { fault, init, control, received } = await withShop([{ status: 401 }]);
  await fault({ webhook: "wrong-signature", times: 1 });
  const { PaymentId } = await init();
  await control("decline", { payment_id: PaymentId });
  await eventually(() => expect(received.map(isSigned)).toEqual([false, true]));
});

test("a changed amount is rightly signed and untrue", async () => {
  const { fault, openPaid, received, call } = await withShop();
  await fault({ webhook: "changed-amount", status: "CONFIRMED" });
  await fault({ webhook: "changed-amount", status: "AUTHORIZED", amount: 1 });
  const PaymentId = await openPaid();
  await eventually(() => expect(received).toHaveLength(2));
  const said = received.map(({ fields }) => [fields["Status"], fields["Amount"]]);
  expect(Object.fromEntries(said)).toEqual({ AUTHORIZED: 1, CONFIRMED: 59_800 });
  expect(received.every(isSigned)).toBe(true);
  expect(await call("GetState", { PaymentId })).toMatchObject({ Amount: 29_900 });
});

test("only a card's masked number goes out or is kept", async () => {
  const { init, pay, received, url } = await withShop();
  const { PaymentId } = await init();
  for (const card of [cards.poor, cards.good]) await pay(PaymentId, { card });
  await eventually(() => expect(received).toHaveLength(3));
  const payments = await (await fetch(`${url}/control/payments`)).text();
  const all = [payments, ...received.map(({ raw }) => raw)].join("\n");
  expect(all).toContain("220138******0831");
  for (const number of Object.values(cards)) expect(all).not.toContain(number);
});
