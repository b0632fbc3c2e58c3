import * as fc from "fast-check";
import { expect, test } from "vitest";
import { eventually } from "./servers.ts";
import { type Bank, startTBank, startTBankWithShop } from "./tbank-client.ts";

/** The id of a paid payment over 100 roubles. */
const openPaid = (bank: Bank, how: object = {}): Promise<string> =>
  bank.openPaid({ Amount: 10_000 }, how);

test("a refund in parts leaves what it leaves, until nothing is left", async () => {
  const bank = await startTBankWithShop();
  const PaymentId = await openPaid(bank);
  const cancel = (Amount?: number) => bank.call("Cancel", { PaymentId, Amount });
  expect(await cancel(2_500)).toMatchObject({
    Success: true,
    Status: "PARTIAL_REFUNDED",
    OriginalAmount: 10_000,
    NewAmount: 7_500,
  });
  expect(await cancel(7_501)).toMatchObject({ Success: false, ErrorCode: "330" });
  expect(await bank.call("GetState", { PaymentId })).toMatchObject({ Amount: 7_500 });
  expect(await cancel()).toMatchObject({ Status: "REFUNDED", OriginalAmount: 7_500, NewAmount: 0 });
  expect(await cancel()).toMatchObject({ Success: false, ErrorCode: "8", Status: "REFUNDED" });
  const expected = ["AUTHORIZED", "CONFIRMED", "PARTIAL_REFUNDED", "REFUNDED"];
  await eventually(() => expect(bank.statuses()).toEqual(expected));
  expect(bank.fieldsOf("PARTIAL_REFUNDED")).toMatchObject({ Success: true, Amount: 7_500 });
});

test("one ExternalRequestId moves a card's money once, whatever the repeats ask for", async () => {
  const bank = await startTBank();
  const requests = fc.array(
    fc.record({
      id: fc.constantFrom("a", "b", "c", "", undefined),
      Amount: fc.constantFrom(1_000, 3_000, 10_000),
    }),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(requests, async (sent) => {
      const PaymentId = await openPaid(bank);
      const used = new Set<string>();
      let left = 10_000;
      for (const { id, Amount } of sent) {
        const answer = await bank.call("Cancel", { PaymentId, Amount, ExternalRequestId: id });
        const isRepeat = Boolean(id) && used.has(id ?? "");
        const moves = !isRepeat && Amount <= left;
        const OriginalAmount = left;
        if (moves) left -= Amount;
        if (moves) used.add(id ?? "");
        const success = { Success: true, OriginalAmount, NewAmount: left };
        expect(answer).toMatchObject(moves || isRepeat ? success : { Success: false });
      }
      expect(await bank.payment(PaymentId)).toMatchObject({ refunded: 10_000 - left });
    }),
    { numRuns: 40 },
  );
});

test("a refund whose answer was lost is asked for again without a second one", async () => {
  const bank = await startTBank();
  const PaymentId = await openPaid(bank);
  const ask = () => bank.call("Cancel", { PaymentId, Amount: 4_000, ExternalRequestId: "r1" });
  await bank.fault({ kind: "timeout-after-success", method: "Cancel", times: 1, hold_ms: 5 });
  await expect(ask()).rejects.toThrow("fetch failed");
  expect(await ask()).toMatchObject({
    Success: true,
    Status: "PARTIAL_REFUNDED",
    ExternalRequestId: "r1",
    NewAmount: 6_000,
  });
});

test("a request that was refused has moved nothing, and may be sent again", async () => {
  const bank = await startTBank({ balance: 9_999 });
  const PaymentId = await openPaid(bank);
  const ask = () => bank.call("Cancel", { PaymentId, ExternalRequestId: "r1" });
  expect(await ask()).toMatchObject({ Success: false, ErrorCode: "3002", Status: "CONFIRMED" });
  await bank.control("balance", { kopecks: 10_000 }, "PUT");
  expect(await ask()).toMatchObject({ Success: true, Status: "REFUNDED" });
  const other = await openPaid(bank);
  const next = await bank.call("Cancel", { PaymentId: other, Amount: 1 });
  expect(next).toMatchObject({ ErrorCode: "3002" });
  await bank.control("balance", { kopecks: null }, "PUT");
  expect(await bank.call("Cancel", { PaymentId: other })).toMatchObject({ Success: true });
});

test.each(["card", "sbp"])(
  "the bank may give a %s its money back by itself, and tells",
  async (means) => {
    const bank = await startTBankWithShop({ sbpRefunds: "when-told" });
    const PaymentId = await openPaid(bank, { means });
    const refund = (amount?: number) => bank.control("refund", { payment_id: PaymentId, amount });
    await refund(1_000);
    expect(await bank.state(PaymentId)).toBe("PARTIAL_REFUNDED");
    expect(await refund(9_001)).toMatchObject({ code: "330" });
    await refund();
    expect(await bank.state(PaymentId)).toBe("REFUNDED");
    const expected = ["AUTHORIZED", "CONFIRMED", "PARTIAL_REFUNDED", "REFUNDED"];
    await eventually(() => expect(bank.statuses()).toEqual(expected));
  },
);
