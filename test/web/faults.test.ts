import * as fc from "fast-check";
import { expect, test } from "vitest";
import { faultSchema as cryptobot } from "../../emulators/cryptobot/faults.ts";
import { faultSchema as tbank } from "../../emulators/tbank/faults.ts";
import { faultSchema as stars } from "../../emulators/telegram/faults.ts";
import { faultSchema as ton } from "../../emulators/toncenter/faults.ts";
import { providers } from "../../gateways/payments/registry.ts";
import {
  describeFaults,
  type Fault,
  faultNow,
  faultsOf,
  type Gateway,
  isGateway,
  isRules,
  type Rule,
  rulesFor,
  type Side,
  sideOf,
} from "../../web/demo/faults.ts";

const schemas = { cryptobot, tbank, stars, ton };
const gateways = providers.flatMap(({ name, demo }): Gateway[] => {
  const described: unknown = JSON.parse(JSON.stringify({ ...demo, name }));
  return isGateway(described) ? [described] : [];
});
const sides: readonly Side[] = ["notices", "answers"];
const offered = gateways.flatMap((gateway) =>
  sides.flatMap((side) => faultsOf(gateway, side).map((fault) => ({ gateway, side, fault }))),
);

/** What the emulator lists once it was set. */
function listed({ gateway, side, fault }: { gateway: Gateway; side: Side; fault: Fault }): Rule[] {
  const sent = rulesFor(gateway, side, fault);
  const schema = schemas[gateway.name as keyof typeof schemas];
  const rules = sent.map((rule, id) => ({ id, ...schema.parse(rule) }));
  expect(isRules(rules)).toBe(true);
  return rules;
}

test.for(offered)("$gateway.name: $side $fault is set, listed and recognised", (choice) => {
  const rules = listed(choice);
  expect(rules.length).toBeGreaterThan(0);
  expect(rules.map(sideOf)).toEqual(rules.map(() => choice.side));
  expect(faultNow(rules, choice.side)).toBe(choice.fault);
  const other = choice.side === "notices" ? "answers" : "notices";
  expect(faultNow(rules, other)).toBeUndefined();
});

const named = (name: string): Gateway => {
  const found = gateways.find((gateway) => gateway.name === name);
  if (found === undefined) throw new Error(`the demo has no ${name}`);
  return found;
};
const all = (name: string) => sides.flatMap((side) => faultsOf(named(name), side));

test("each gateway can do what the demo promises of it", () => {
  const promised = ["off", "twice", "late", "forged", "lost", "down", "busy"];
  expect(all("cryptobot")).toEqual(promised);
  expect(all("tbank")).toEqual(promised);
  expect(all("stars")).toEqual(promised.filter((fault) => fault !== "forged"));
  expect(all("ton")).toEqual(["twice", "late", "lost", "down", "busy"]);
});

test("of several rules the first one is shown, as the first one strikes", () => {
  const rule = fc.record({
    id: fc.nat(),
    webhook: fc.option(fc.constantFrom("drop", "delay", "reorder"), { nil: undefined }),
    kind: fc.option(fc.constantFrom("429", "500", "refuse"), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(rule), fc.constantFrom(...sides), (rules, side) => {
      const first = rules.find((one) => sideOf(one) === side);
      expect(faultNow(rules, side)).toBe(faultNow(first ? [first] : [], side));
      const count = new Set(rules.map(sideOf)).size;
      expect(describeFaults(named("tbank"), rules)).toHaveLength(count);
    }),
  );
});

test("a rule of another kind is shown, and taken for one of no side", () => {
  const charge = { id: 1, charge: "reject" };
  expect(sideOf(charge)).toBeUndefined();
  expect(describeFaults(named("tbank"), [charge])).toEqual(["T-Bank: other rules are on"]);
});
