import * as fc from "fast-check";
import { expect, test } from "vitest";
import { subscriptionId, telegramId } from "../../../domain/ids.ts";
import { money } from "../../../domain/money.ts";
import { asPaymentId, gatewayName } from "../../../domain/payments/payment.ts";
import { refundFailureMessages } from "../../../domain/payments/refund-messages.ts";
import { instant } from "../../../domain/time.ts";

const customer = telegramId(5);
const asker = telegramId(7);
const admins = [asker, telegramId(8)];
const id = asPaymentId("01890000-0000-4000-8000-0000000000aa")!;
const of = subscriptionId("01890000-0000-4000-8000-0000000000bb");
const order = { id, telegramId: customer, subscriptionId: of, gateway: gatewayName("memory") };
const until = instant("2026-11-21T10:00:00Z");

const failures = fc.record({
  requestId: fc.constant("r"),
  failure: fc.record({
    kind: fc.constantFrom("rejected", "lapsed", "refused"),
    why: fc.constant("no"),
  }),
  amount: fc.constant(money(100, "RUB")),
  by: fc.constantFrom(asker, undefined),
  isOnBalance: fc.boolean(),
  timeBack: fc.constantFrom(until, undefined),
});

test("all admins are told of a gateway's refusal, else the one who asked; each message has its own key", () =>
  fc.assert(
    fc.property(failures, (failed) => {
      const messages = refundFailureMessages(order, failed, admins);
      const toAdmins = messages.filter(({ to }) => to !== customer).map(({ to }) => to);
      const asked = failed.by === undefined ? [] : [failed.by];
      expect(toAdmins).toEqual(failed.failure.kind === "refused" ? admins : asked);
      expect(new Set(messages.map(({ key }) => key)).size).toBe(messages.length);
    }),
  ));

test("the customer is told of restored time, and of the money if Tollgate began the refund", () =>
  fc.assert(
    fc.property(failures, (failed) => {
      const own = refundFailureMessages(order, failed, admins).filter(({ to }) => to === customer);
      expect(own.map(({ key }) => key)).toEqual([
        ...(failed.by === undefined ? ["refund/r/failed/money"] : []),
        ...(failed.timeBack === undefined ? [] : ["refund/r/failed/time"]),
      ]);
    }),
  ));
