import * as fc from "fast-check";
import { expect, test } from "vitest";
import { subscriptionStates } from "../../../domain/access/subscription.ts";
import { isOfUse, isSameAddOn, offerAddOn, sizeOf } from "../../../domain/payments/add-on.ts";
import { addOnKinds, gatewayName, type Purchase } from "../../../domain/payments/payment.ts";
import { offerOf, type PurchaseFacts } from "../../../domain/payments/offer.ts";
import type { Plan, PlanCode } from "../../../domain/payments/plan.ts";
import type { TelegramId } from "../../../domain/ids.ts";
import { addMs, dayMs, instant } from "../../../domain/time.ts";

const gb = 2 ** 30;
const now = instant("2031-05-01T00:00:00Z");
const plan: Plan = {
  code: "month" as PlanCode,
  version: 3,
  days: 30,
  deviceLimit: 3,
  names: { en: "Month", ru: "Месяц" },
  descriptions: { en: "", ru: "" },
  prices: { RUB: 30_000 },
  trafficLimitBytes: 100 * gb,
  extraDevice: { RUB: 9_900 },
  trafficPack: { bytes: 10 * gb, prices: { RUB: 4_900 } },
  order: 0,
  hidden: false,
  trial: false,
};
const until = addMs(now, 12 * dayMs);
const facts = { state: "active", paidUntil: until, trafficLimitBytes: 100 * gb, plan } as const;

test("nothing is offered where the owner has set no price, and nothing to who has no time", () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...addOnKinds),
      fc.constantFrom(...subscriptionStates),
      fc.constantFrom({}, { RUB: 100 }, undefined),
      (kind, state, prices) => {
        const priced: Plan = { ...plan };
        const own =
          prices === undefined ? {} : { extraDevice: prices, trafficPack: { bytes: gb, prices } };
        const { extraDevice: _device, trafficPack: _pack, ...bare } = priced;
        const offer = offerAddOn(kind, { ...facts, state, plan: { ...bare, ...own } }, now);
        const hasTime = state === "active" || state === "grace" || state === "exhausted";
        expect(offer !== undefined).toBe(hasTime && prices?.RUB === 100);
      },
    ),
  ));

test("a device is offered until the end of the time, and not for the days of grace", () => {
  expect(offerAddOn("device", facts, now)).toEqual({
    addOn: { kind: "device", until },
    prices: { RUB: 9_900 },
    planVersion: 3,
  });
  expect(offerAddOn("device", { ...facts, state: "grace" }, until)).toBeUndefined();
});

test("traffic without a limit needs no pack, and a paid one is of no use there", () => {
  const { trafficLimitBytes: _, ...unlimited } = facts;
  const without = { ...unlimited, trafficLimitBytes: undefined };
  expect(offerAddOn("traffic", without, now)).toBeUndefined();
  expect(isOfUse({ kind: "traffic", bytes: gb }, without, now)).toBe(false);
  expect(isOfUse({ kind: "traffic", bytes: gb }, facts, now)).toBe(true);
  expect(isOfUse({ kind: "device", until }, facts, addMs(until, -1))).toBe(true);
  expect(isOfUse({ kind: "device", until }, facts, until)).toBe(false);
});

const purchaseFacts: PurchaseFacts = {
  status: "active",
  subscription: { ...facts, plan: "month", isRevoked: false },
  newest: { plan, isRetired: false },
  gateway: { currencies: ["RUB"], invoiceTtlMs: 1_000 },
  topUps: {},
  now,
};
const device: Purchase = {
  telegramId: 1 as TelegramId,
  extra: { kind: "device", until },
  minor: 9_900,
  gateway: gatewayName("memory"),
  currency: "RUB",
};

/** Why a purchase is refused. */
const refusalOf = (purchase: Purchase, changed: Partial<PurchaseFacts> = {}) => {
  const offer = offerOf({ ...purchaseFacts, ...changed }, purchase);
  return offer.kind === "refused" ? offer.why : "offered";
};

test("an order is opened only for what was shown: the same thing at the same price", () => {
  expect(refusalOf(device)).toBe("offered");
  expect(refusalOf({ ...device, gateway: gatewayName("balance") }, { gateway: undefined })).toBe(
    "offered",
  );
  expect(refusalOf({ ...device, minor: 9_899 })).toBe("addOnChanged");
  const other = { kind: "device", until: addMs(until, dayMs) } as const;
  expect(refusalOf({ ...device, extra: other })).toBe("addOnChanged");
  expect(refusalOf({ ...device, currency: "XTR" })).toBe("addOnChanged");
  expect(refusalOf(device, { gateway: undefined })).toBe("gatewayOff");
  expect(refusalOf(device, { newest: undefined })).toBe("addOnOff");
  const pack = { ...device, extra: { kind: "traffic", bytes: 5 * gb }, minor: 4_900 } as const;
  expect(refusalOf(pack)).toBe("addOnChanged");
  expect(refusalOf({ ...pack, extra: { kind: "traffic", bytes: 10 * gb } })).toBe("offered");
});

test("a button tells one size from another", () => {
  expect(sizeOf({ kind: "traffic", bytes: 10 * gb })).toBe(10);
  const at = { kind: "device", until } as const;
  expect(sizeOf(at)).not.toBe(sizeOf({ kind: "device", until: addMs(until, 60_000) }));
  expect(isSameAddOn(at, { kind: "traffic", bytes: 10 * gb })).toBe(false);
});
