import * as fc from "fast-check";
import { expect, test } from "vitest";
import { countingOf } from "../../../domain/access/subscription.ts";
import { boughtSubscriptionIdOf, paymentIdOf } from "../../../domain/derived-ids.ts";
import { subscriptionId, telegramId } from "../../../domain/ids.ts";
import { offerOf, type PurchaseFacts } from "../../../domain/payments/offer.ts";
import { gatewayName, type Purchase } from "../../../domain/payments/payment.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import { usualShopSettings } from "../../../domain/operations/shop-settings.ts";
import { instant } from "../../../domain/time.ts";
import { planFor } from "../../drivers/orders.ts";

const person = telegramId(1);
const one = subscriptionId("01890000-0000-7000-8000-00000000000a");
const other = subscriptionId("01890000-0000-7000-8000-00000000000b");
const plan = { ...planFor("month", { RUB: 30_000 }), version: 1 };
const purchase: Purchase = {
  telegramId: person,
  plan: "month" as PlanCode,
  planVersion: 1,
  gateway: gatewayName("memory"),
  currency: "RUB",
};

test("extending one, extending another and buying a new one are different payments, and a repeat is the same", () => {
  const choices = [one, other, "new", undefined] as const;
  const idOf = (subscription: (typeof choices)[number], pressed = "5-7/0123abcd") =>
    paymentIdOf(person, pressed, {
      ...purchase,
      ...(subscription === undefined ? {} : { subscription }),
    });
  const ids = choices.map((choice) => idOf(choice));
  expect(new Set(ids).size).toBe(choices.length);
  expect(choices.map((choice) => idOf(choice))).toEqual(ids);
  const bought = [idOf("new"), idOf("new"), idOf("new", "5-7/89abcdef")].map(
    boughtSubscriptionIdOf,
  );
  expect(bought[0]).toBe(bought[1]);
  expect(bought[0]).not.toBe(bought[2]);
});

test("what an admin has ended counts only for whoever has nothing else", () =>
  fc.assert(
    fc.property(fc.array(fc.record({ isRevoked: fc.boolean() })), (all) => {
      const counting = countingOf(all);
      const hasOthers = all.some(({ isRevoked }) => !isRevoked);
      expect(counting).toEqual(
        hasOthers ? all.filter(({ isRevoked }) => !isRevoked) : all.slice(0, 1),
      );
    }),
  ));

test("a hidden plan goes on for whoever has it, and nobody begins it", () => {
  const facts: PurchaseFacts = {
    status: "active",
    subscription: {
      plan: "month",
      isRevoked: false,
      state: "active",
      paidUntil: undefined,
      trafficLimitBytes: undefined,
    },
    newest: { plan: { ...plan, hidden: true }, isRetired: false },
    gateway: { currencies: ["RUB"], invoiceTtlMs: 1 },
    topUps: usualShopSettings.topUps,
    now: instant(new Date()),
  };
  expect(offerOf(facts, { ...purchase, subscription: one })).toMatchObject({ kind: "offered" });
  const begun = offerOf(facts, { ...purchase, subscription: "new" });
  expect(begun).toEqual({ kind: "refused", why: "notForSale" });
});
