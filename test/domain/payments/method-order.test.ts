import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseSetting, shopSettingsFrom } from "../../../domain/operations/shop-settings.ts";
import { money } from "../../../domain/money.ts";
import {
  allInOrder,
  byGateway,
  moveGateway,
  moves,
} from "../../../domain/payments/method-order.ts";
import { balanceGateway, gatewayName } from "../../../domain/payments/payment.ts";
import { offerPlans } from "../../../domain/payments/plan-offers.ts";
import { planFor } from "../../drivers/orders.ts";

const all = ["stars", "ton", "tbank", "cryptobot", "gone", "other"].map(gatewayName);
const some = fc.shuffledSubarray(all);

test("a move swaps a gateway with its neighbour on the page, and moves nothing else", () =>
  fc.assert(
    fc.property(some, some, fc.constantFrom(...all), fc.constantFrom(...moves), (...drawn) => {
      const [named, configured, gateway, to] = drawn;
      const shown = (order: readonly string[]) =>
        allInOrder(order as typeof named, configured).filter((one) => configured.includes(one));
      const before = shown(named);
      const moved = moveGateway(named, configured, { gateway, to });
      const place = before.indexOf(gateway);
      const expected = [...before];
      const other = to === "up" ? place - 1 : place + 1;
      if (place >= 0 && before[other] !== undefined) {
        expected[place] = before[other]!;
        expected[other] = before[place]!;
      }
      expect(shown(moved)).toEqual(expected);
      // What is named and not configured is still named, in its place.
      const isGone = (one: (typeof all)[number]) => !configured.includes(one);
      expect(moved.filter(isGone)).toEqual(named.filter(isGone));
      expect(parseSetting("gateways", moved.join(","))).toBe(moved.join(","));
    }),
  ));

test("named gateways come first, in their order; the others follow as they were", () =>
  fc.assert(
    fc.property(some, fc.array(fc.constantFrom(...all)), (order, gateways) => {
      const things = gateways.map((gateway, place) => ({ gateway, place }));
      const sorted = byGateway(things, order);
      const rest = things.filter(({ gateway }) => !order.includes(gateway));
      expect(sorted.filter(({ gateway }) => !order.includes(gateway))).toEqual(rest);
      expect(sorted).toEqual([
        ...order.flatMap((one) => things.filter(({ gateway }) => gateway === one)),
        ...rest,
      ]);
    }),
  ));

const method = (name: string, currency: "RUB" | "XTR" | "USDT") => {
  return { gateway: gatewayName(name), currency, icon: "🧪" };
};

test("the owner's order goes before that of currencies, and the balance before both", () => {
  const plan = planFor("month", { RUB: 30_000, XTR: 250, USDT: 3_500_000 });
  const methods = [method("cryptobot", "USDT"), method("stars", "XTR"), method("tbank", "RUB")];
  const held = [money(30_000, "RUB")];
  const namesIn = (layer: Readonly<Record<string, string>>) =>
    offerPlans([{ ...plan, version: 1 }], methods, held, shopSettingsFrom([layer]))[0]?.methods.map(
      ({ gateway, icon }) => `${icon} ${gateway}`,
    );
  const currencies = "RUB,XTR";
  const balance = `💰 ${balanceGateway}`;
  expect(namesIn({ currencies })).toEqual([balance, "🧪 tbank", "🧪 stars", "🧪 cryptobot"]);
  expect(namesIn({ currencies, gateways: "nowhere,cryptobot" })).toEqual([
    balance,
    "🧪 cryptobot",
    "🧪 tbank",
    "🧪 stars",
  ]);
});

test.each([
  ["Stars, ton", "stars,ton"],
  ["off", ""],
  ["stars stars", undefined],
  ["a gateway!", undefined],
])("the order of gateways %j is stored as %j", (written, stored) => {
  expect(parseSetting("gateways", written)).toBe(stored);
});
