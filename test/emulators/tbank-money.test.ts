import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Journal } from "../../emulators/kit/journal.ts";
import { type Payment, Payments } from "../../emulators/tbank/payments.ts";
import { cards, type clientOf, eventually, startShop, startTBank } from "./tbank-client.ts";

type Bank = ReturnType<typeof clientOf>;

async function paid(bank: Bank, how: object = {}): Promise<string> {
  const { PaymentId } = await bank.init({ Amount: 10_000 });
  await bank.pay(PaymentId, how);
  return PaymentId;
}

test("a refund in parts leaves what it leaves, until nothing is left", async () => {
  const { received, statuses, url } = await startShop();
  const bank = await startTBank({ webhookUrl: url });
  const PaymentId = await paid(bank);
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
  await eventually(() => expect(statuses()).toEqual(expected));
  const part = received.find(({ fields }) => fields["Status"] === "PARTIAL_REFUNDED");
  expect(part?.fields).toMatchObject({ Success: true, Amount: 7_500 });
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
      const PaymentId = await paid(bank);
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
  const PaymentId = await paid(bank);
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
  const PaymentId = await paid(bank);
  const ask = () => bank.call("Cancel", { PaymentId, ExternalRequestId: "r1" });
  expect(await ask()).toMatchObject({ Success: false, ErrorCode: "3002", Status: "CONFIRMED" });
  await bank.control("balance", { kopecks: 10_000 }, "PUT");
  expect(await ask()).toMatchObject({ Success: true, Status: "REFUNDED" });
  const other = await paid(bank);
  const next = await bank.call("Cancel", { PaymentId: other, Amount: 1 });
  expect(next).toMatchObject({ ErrorCode: "3002" });
  await bank.control("balance", { kopecks: null }, "PUT");
  expect(await bank.call("Cancel", { PaymentId: other })).toMatchObject({ Success: true });
});

test("SBP knows no ExternalRequestId: the same request twice gives back twice", async () => {
  const bank = await startTBank();
  const PaymentId = await paid(bank, { means: "sbp" });
  const ask = () => bank.call("Cancel", { PaymentId, Amount: 4_000, ExternalRequestId: "r1" });
  expect(await ask()).toMatchObject({ Status: "ASYNC_REFUNDING", NewAmount: 6_000 });
  expect(await bank.state(PaymentId)).toBe("PARTIAL_REFUNDED");
  expect(await ask()).toMatchObject({ Status: "ASYNC_REFUNDING", NewAmount: 2_000 });
  expect(await bank.payment(PaymentId)).toMatchObject({ refunded: 8_000 });
});

test("an SBP refund is under way until somebody says how it ended", async () => {
  const { statuses, url } = await startShop();
  const bank = await startTBank({ sbpRefunds: "when-told", webhookUrl: url });
  const PaymentId = await paid(bank, { means: "sbp" });
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
  await eventually(() => expect(statuses()).toEqual(["AUTHORIZED", "CONFIRMED", "REFUNDED"]));
});

test("five failed SBP refunds within a day are enough for that day", async () => {
  let nowMs = Date.parse("2026-11-21T09:00:00.000Z");
  const bank = await startTBank({ sbpRefunds: "when-told", now: () => nowMs });
  const PaymentId = await paid(bank, { means: "sbp" });
  const ask = () => bank.call("Cancel", { PaymentId });
  for (const _ of [1, 2, 3, 4, 5]) {
    expect(await ask()).toMatchObject({ Success: true });
    await bank.control("refunded", { payment_id: PaymentId, error: "I05043" });
  }
  expect(await ask()).toMatchObject({ Success: false, ErrorCode: "3030", Status: "CONFIRMED" });
  nowMs += 86_400_000;
  expect(await ask()).toMatchObject({ Success: true });
});

test.each(["card", "sbp"])(
  "the bank may give a %s its money back by itself, and tells",
  async (means) => {
    const { statuses, url } = await startShop();
    const bank = await startTBank({ webhookUrl: url, sbpRefunds: "when-told" });
    const PaymentId = await paid(bank, { means });
    const refund = (amount?: number) => bank.control("refund", { payment_id: PaymentId, amount });
    await refund(1_000);
    expect(await bank.state(PaymentId)).toBe("PARTIAL_REFUNDED");
    expect(await refund(9_001)).toMatchObject({ code: "330" });
    await refund();
    expect(await bank.state(PaymentId)).toBe("REFUNDED");
    const expected = ["AUTHORIZED", "CONFIRMED", "PARTIAL_REFUNDED", "REFUNDED"];
    await eventually(() => expect(statuses()).toEqual(expected));
  },
);

/** Where a payment may go, as the bank's tables of statuses tell it; written down a second time. */
const ways: Readonly<Record<string, string>> = {
  NEW: "FORM_SHOWED CANCELED DEADLINE_EXPIRED",
  FORM_SHOWED: "AUTHORIZING DEADLINE_EXPIRED",
  AUTHORIZING: "3DS_CHECKING AUTHORIZED REJECTED AUTH_FAIL",
  "3DS_CHECKING": "3DS_CHECKED AUTH_FAIL DEADLINE_EXPIRED",
  "3DS_CHECKED": "AUTHORIZED",
  REJECTED: "AUTHORIZING DEADLINE_EXPIRED ATTEMPTS_EXPIRED",
  AUTH_FAIL: "AUTHORIZING DEADLINE_EXPIRED",
  AUTHORIZED: "CONFIRMING REVERSING",
  REVERSING: "PARTIAL_REVERSED REVERSED",
  PARTIAL_REVERSED: "CONFIRMING REVERSING",
  CONFIRMING: "CONFIRMED",
  CONFIRMED: "REFUNDING ASYNC_REFUNDING",
  REFUNDING: "PARTIAL_REFUNDED REFUNDED",
  ASYNC_REFUNDING: "PARTIAL_REFUNDED REFUNDED CONFIRMED",
  PARTIAL_REFUNDED: "REFUNDING ASYNC_REFUNDING",
};

const follows = (from: string, to: string) => (ways[from] ?? "").split(" ").includes(to);

const kopecks = fc.option(fc.constantFrom(1, 2_500, 5_000, 10_000), { nil: undefined });
const card = fc.constantFrom(...Object.values(cards));
const means = fc.constantFrom("card", "sbp");
const ExternalRequestId = fc.constantFrom("a", "b", undefined);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("pay"), card }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pay"), means }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("decline"), means }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("3ds"), confirmed: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("refund"), amount: kopecks }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("refunded"),
      error: fc.constantFrom(undefined, "I05043"),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "expire" }) },
  { weight: 2, arbitrary: fc.record({ call: fc.constant("Confirm"), Amount: kopecks }) },
  {
    weight: 3,
    arbitrary: fc.record({ call: fc.constant("Cancel"), Amount: kopecks, ExternalRequestId }),
  },
  { weight: 1, arbitrary: fc.constant({ call: "GetQr" }) },
  {
    weight: 1,
    arbitrary: fc.record({ call: fc.constant("SbpPayTest"), IsRejected: fc.boolean() }),
  },
);
type Step = { readonly do: string } | { readonly call: string };

const perform = (bank: Bank, PaymentId: string, step: Step): Promise<unknown> => {
  if ("call" in step) {
    const { call, ...params } = step;
    return bank.call(call, { PaymentId, ...params });
  }
  const { do: what, ...how } = step;
  return bank.control(what, { payment_id: PaymentId, ...how });
};

/** What of a payment breaks the bank's rules: statuses out of order, sums that cannot be. */
function broken({ history, amount, held, taken, refunded }: Payment): string[] {
  const steps = history.slice(1).map((to, index) => [history[index] ?? "", to] as const);
  const strays = steps.filter(([from, to]) => !follows(from, to)).map((way) => way.join(" to "));
  const sums = [
    refunded > taken ? "more was given back than taken" : "",
    held + taken > amount ? "more was taken than asked for" : "",
    Math.min(held, taken, refunded) < 0 ? "less than nothing" : "",
  ];
  return [...strays, ...sums].filter(Boolean);
}

test("whatever is done to a payment, it follows the bank's transitions and refunds no more than it took", async () => {
  const bank = await startTBank({ sbpRefunds: "when-told", sbpAttempts: 2 });
  const stages = fc.constantFrom("O", "T");
  const reached = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      stages,
      fc.array(step, { minLength: 3, maxLength: 14 }),
      async (PayType, steps) => {
        const { PaymentId } = await bank.init({ Amount: 10_000, PayType });
        for (const one of steps) {
          expect(await perform(bank, PaymentId, one)).not.toMatchObject({ ErrorCode: "9999" });
        }
        const current = await bank.payment(PaymentId);
        for (const status of current.history) reached.add(status);
        expect(broken(current)).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
  // Else the rule above would hold for payments to which nothing happens.
  for (const status of ["REFUNDED", "REVERSED", "3DS_CHECKED", "ASYNC_REFUNDING"]) {
    expect(reached).toContain(status);
  }
});

test("an impossible transition throws, and nothing changes", () => {
  const journal = new Journal();
  const announced: string[] = [];
  const payments = new Payments({
    rows: journal.table("payments"),
    settings: journal.table("settings"),
    firstId: "1",
    now: () => 0,
    onStatus: ({ status }) => announced.push(status),
  });
  const { id } = payments.open({
    orderId: "o",
    amount: 100,
    stages: 1,
    language: "ru",
    dueAt: 1,
  });
  const payment = payments.find(id) as Payment;
  expect(() => payments.move(payment, ["FORM_SHOWED", "CONFIRMED"])).toThrow(
    "FORM_SHOWED does not",
  );
  expect([payments.find(id)?.status, announced]).toEqual(["NEW", []]);
});
