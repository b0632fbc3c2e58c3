import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Journal } from "../../emulators/kit/journal.ts";
import { type Payment, Payments } from "../../emulators/tbank/payments.ts";
import { type Bank, cards, startTBank } from "./tbank-client.ts";

/** The transitions in the bank's tables of statuses, written down a second time. */
const transitions: Readonly<Record<string, string>> = {
  NEW: "FORM_SHOWED AUTHORIZING CANCELED DEADLINE_EXPIRED",
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

const follows = (from: string, to: string) => (transitions[from] ?? "").split(" ").includes(to);

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

/** How a payment breaks the bank's rules: statuses out of order, impossible sums. */
function listBreaches({ history, amount, held, taken, refunded }: Payment): string[] {
  const steps = history.slice(1).map((to, index) => [history[index] ?? "", to] as const);
  const wrongSteps = steps
    .filter(([from, to]) => !follows(from, to))
    .map((step) => step.join(" to "));
  const sums = [
    refunded > taken ? "more was given back than taken" : "",
    held + taken > amount ? "more was taken than asked for" : "",
    Math.min(held, taken, refunded) < 0 ? "less than nothing" : "",
  ];
  return [...wrongSteps, ...sums].filter(Boolean);
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
        expect(listBreaches(current)).toEqual([]);
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
