import * as fc from "fast-check";
import { telegramId } from "../../domain/ids.ts";
import { gatewayName, type PaymentId } from "../../domain/payments/payment.ts";
import { refundRefusals } from "../../domain/payments/refund.ts";
import type { ResolvedCharge } from "../../domain/payments/unmatched.ts";
import { actRefusals } from "../../domain/people/admin-act.ts";
import type { StaffAnswer } from "../../texts/staff-buttons.ts";
import { anyAmount, anyMoment, anyName } from "./drawn-words.ts";

const anyCustomer = fc.constant(telegramId(2 ** 52 - 1));
const anyAct = fc.constantFrom("extend", "block", "unblock", "revoke", "undo");
const anyEffect = fc.record({ days: fc.integer({ min: 1, max: 3_660 }), until: anyMoment });
const anyCharge: fc.Arbitrary<ResolvedCharge> = fc.record(
  {
    gateway: fc.constantFrom(gatewayName("ton"), gatewayName("anything-else")),
    amount: anyAmount,
    given: fc.record({ customer: anyCustomer, name: anyName, balance: anyAmount }),
    reason: anyName,
  },
  { requiredKeys: ["gateway", "amount"] },
);

type Drawn = {
  [Kind in StaffAnswer["kind"]]: fc.Arbitrary<Extract<StaffAnswer, { kind: Kind }>>;
};

/** Every answer to an act of the shop's people, with arbitrary content. */
export const drawnStaffNotices: Drawn = {
  unmatchedResolved: fc.record(
    {
      kind: fc.constant("unmatchedResolved"),
      resolved: fc.record({
        kind: fc.constantFrom(
          "done",
          "underWay",
          "returned",
          "refused",
          "notAdmin",
          "noCustomer",
          "notOpen",
          "notPossible",
        ),
      }),
      charge: anyCharge,
    },
    { requiredKeys: ["kind", "resolved"] },
  ),
  refundNotOpened: fc.record(
    {
      kind: fc.constant("refundNotOpened"),
      why: fc.constantFrom(...refundRefusals),
      paymentId: fc.uuid().map((id) => id as PaymentId),
    },
    { requiredKeys: ["kind", "why"] },
  ),
  actDone: fc.record(
    {
      kind: fc.constant("actDone"),
      act: anyAct,
      name: anyName,
      customer: anyCustomer,
      effect: anyEffect,
    },
    { requiredKeys: ["kind", "act", "name"] },
  ),
  actWaits: fc.record(
    {
      kind: fc.constant("actWaits"),
      act: anyAct,
      name: anyName,
      customer: anyCustomer,
      hosts: fc.array(anyName, { minLength: 1, maxLength: 20 }),
      effect: anyEffect,
    },
    { requiredKeys: ["kind", "act", "name", "hosts"] },
  ),
  actRefused: fc.record(
    {
      kind: fc.constant("actRefused"),
      why: fc.constantFrom(...actRefusals),
      customer: anyCustomer,
    },
    { requiredKeys: ["kind", "why"] },
  ),
};
