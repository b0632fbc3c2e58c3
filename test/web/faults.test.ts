import * as fc from "fast-check";
import { expect, test } from "vitest";
import type * as z from "zod";
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

/** A gateway of the demo, and what its emulator takes. */
interface Emulated {
  readonly gateway: Gateway;
  readonly faultSchema: z.ZodType<object>;
}

const emulated = await Promise.all(
  providers.flatMap(({ name, demo }) => {
    const described: unknown = JSON.parse(JSON.stringify({ ...demo, name }));
    if (!isGateway(described)) return [];
    return [readFaults(described, demo?.emulator?.folder ?? "telegram")];
  }),
);
const gateways = emulated.map(({ gateway }) => gateway);
const sides: readonly Side[] = ["notices", "answers"];
const offered = emulated.flatMap(({ gateway, faultSchema }) =>
  sides.flatMap((side) =>
    faultsOf(gateway, side).map((fault) => ({ gateway, faultSchema, side, fault })),
  ),
);

/** Without an emulator of its own a gateway is part of Telegram's. */
async function readFaults(gateway: Gateway, folder: string): Promise<Emulated> {
  const { faultSchema } = await import(`../../emulators/${folder}/faults.ts`);
  return { gateway, faultSchema };
}

/** What the emulator lists once it was told so. */
function listed({
  gateway,
  faultSchema,
  side,
  fault,
}: Emulated & { side: Side; fault: Fault }): Rule[] {
  const sent = rulesFor(gateway, side, fault);
  const rules = sent.map((rule, id) => ({ id, ...faultSchema.parse(rule) }));
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
