import { expect, test } from "vitest";
import { eventually } from "./servers.ts";
import { type Bank, startTBank, startTBankWithShop } from "./tbank-client.ts";

/** The id of a paid payment over 100 roubles. */
const openPaid = (bank: Bank, how: object = {}): Promise<string> =>
  bank.openPaid({ Amount: 10_000 }, how);

test("SBP pays by its QR, which stays the same", async () => {
  const bank = await startTBankWithShop();
  const { PaymentId, PaymentURL } = await bank.init();
  expect(await bank.call("SbpPayTest", { PaymentId })).toMatchObject({ ErrorCode: "8" });
  const qr = await bank.call("GetQr", { PaymentId });
  expect(qr["Data"]).toMatch(/sum=29900&cur=RUB&crc=[0-9A-F]{4}$/u);
  expect(String(qr["Data"]).startsWith(PaymentURL)).toBe(true);
  expect(await bank.call("GetQr", { PaymentId, DataType: "PAYLOAD" })).toEqual(qr);
  const image = await bank.call("GetQr", { PaymentId, DataType: "IMAGE" });
  expect(image["Data"]).toMatch(/^<svg /u);
  expect(await bank.call("SbpPayTest", { PaymentId })).toMatchObject({ Success: true });
  expect(await bank.state(PaymentId)).toBe("CONFIRMED");
  await eventually(() => expect(bank.statuses()).toEqual(["AUTHORIZED", "CONFIRMED"]));
  expect(bank.fieldsOf("CONFIRMED")).toMatchObject({
    Pan: expect.stringMatching(/^\+7/u) as string,
  });
  expect(bank.fieldsOf("CONFIRMED")).not.toHaveProperty("CardId");
  expect(await bank.call("GetQr", { PaymentId })).toMatchObject({ ErrorCode: "8" });
});

test.each([
  ["DEADLINE_EXPIRED", { IsDeadlineExpired: true }],
  ["REJECTED", { IsRejected: true }],
])("an SBP payer who does not pay is played as %s", async (status, how) => {
  const { init, call, state } = await startTBank();
  const { PaymentId } = await init();
  await call("GetQr", { PaymentId });
  const both = { IsDeadlineExpired: true, IsRejected: true };
  expect(await call("SbpPayTest", { PaymentId, ...both })).toMatchObject({ ErrorCode: "1" });
  expect(await call("SbpPayTest", { PaymentId, ...how })).toMatchObject({ Success: true });
  expect(await state(PaymentId)).toBe(status);
});

test("an SBP form gives up after too many refusals, without a notification", async () => {
  const { init, control, state, statuses } = await startTBankWithShop({ sbpAttempts: 3 });
  const { PaymentId } = await init();
  const decline = () => control("decline", { payment_id: PaymentId, means: "sbp" });
  for (const _ of [1, 2]) await decline();
  expect(await state(PaymentId)).toBe("REJECTED");
  await decline();
  expect(await state(PaymentId)).toBe("ATTEMPTS_EXPIRED");
  expect(await decline()).toMatchObject({ code: "8" });
  await eventually(() => expect(statuses()).toEqual(["REJECTED", "REJECTED", "REJECTED"]));
});

test.each([
  ["3016", {}, { Amount: 999 }],
  ["3016", {}, { Amount: 100_000_001 }],
  ["3001", { sbp: false }, {}],
  ["3001", {}, { PayType: "T" }],
])("SBP refuses with %s what it cannot pay: %j %j", async (code, options, params) => {
  const { init, call } = await startTBank(options);
  const { PaymentId } = await init(params);
  expect(await call("GetQr", { PaymentId })).toMatchObject({ Success: false, ErrorCode: code });
  const least = await startTBank();
  const { PaymentId: just } = await least.init({ Amount: 1_000 });
  expect(await least.call("GetQr", { PaymentId: just })).toMatchObject({ Success: true });
});

test("SBP knows no ExternalRequestId: the same request twice gives back twice", async () => {
  const bank = await startTBank();
  const PaymentId = await openPaid(bank, { means: "sbp" });
  const ask = () => bank.call("Cancel", { PaymentId, Amount: 4_000, ExternalRequestId: "r1" });
  expect(await ask()).toMatchObject({ Status: "ASYNC_REFUNDING", NewAmount: 6_000 });
  expect(await bank.state(PaymentId)).toBe("PARTIAL_REFUNDED");
  expect(await ask()).toMatchObject({ Status: "ASYNC_REFUNDING", NewAmount: 2_000 });
  expect(await bank.payment(PaymentId)).toMatchObject({ refunded: 8_000 });
});

test("an SBP refund is under way until somebody says how it ended", async () => {
  const bank = await startTBankWithShop({ sbpRefunds: "when-told" });
  const PaymentId = await openPaid(bank, { means: "sbp" });
  const finish = (how: object = {}) => bank.control("refunded", { payment_id: PaymentId, ...how });
  await bank.control("balance", { kopecks: 10_000 }, "PUT");
  await bank.call("Cancel", { PaymentId });
  expect(await bank.call("Cancel", { PaymentId })).toMatchObject({ ErrorCode: "8" });
  const state = () => bank.call("GetQrState", { PaymentId });
  expect(await state()).toMatchObject({ Status: "ASYNC_REFUNDING", Amount: 10_000 });
  await finish({ error: "I05043" });
  expect(await state()).toMatchObject({ Status: "CONFIRMED", QrCancelCode: "I05043" });
  expect(await bank.call("Cancel", { PaymentId })).toMatchObject({ Status: "ASYNC_REFUNDING" });
  await finish();
  expect(await state()).toMatchObject({ Status: "REFUNDED", Amount: 10_000 });
  expect(await finish()).toMatchObject({ code: "8" });
  await eventually(() => expect(bank.statuses()).toEqual(["AUTHORIZED", "CONFIRMED", "REFUNDED"]));
});

test("five failed SBP refunds within a day are enough for that day", async () => {
  const bank = await startTBankWithShop({ sbpRefunds: "when-told" });
  const PaymentId = await openPaid(bank, { means: "sbp" });
  const ask = () => bank.call("Cancel", { PaymentId });
  for (const _ of [1, 2, 3, 4, 5]) {
    expect(await ask()).toMatchObject({ Success: true });
    await bank.control("refunded", { payment_id: PaymentId, error: "I05043" });
  }
  expect(await ask()).toMatchObject({ Success: false, ErrorCode: "3030", Status: "CONFIRMED" });
  bank.clock.nowMs += 86_400_000;
  expect(await ask()).toMatchObject({ Success: true });
});
