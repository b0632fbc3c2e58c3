import { expect, test } from "vitest";
import type { SubscriptionState } from "../../domain/access/subscription.ts";
import { dayMs } from "../../domain/time.ts";
import { peersOf, stateOf } from "../support/access.ts";
import { Buyer } from "../support/buyer.ts";
import { eventually } from "../support/eventually.ts";
import { planFor } from "../support/orders.ts";
import { useStage } from "../support/stage.ts";

const gb = 2 ** 30;
const limited = { ...planFor("small", { RUB: 10_000 }), trafficLimitBytes: 5 * gb };
const stage = useStage({ plans: [limited, planFor("month", { RUB: 30_000 })] });

async function moves(buyer: Buyer, bytes: number): Promise<void> {
  const [identity] = await eventually(async () => {
    const there = await peersOf(stage, buyer.person);
    expect(there).toHaveLength(1);
    return there;
  });
  const before = await moved(identity!);
  stage.host.carry(identity!, 0, bytes);
  await eventually(async () => expect(await moved(identity!)).toBe(before + bytes));
}

/** What the books have counted of a key. */
async function moved(identity: string): Promise<number> {
  const [row] = await stage.rows<{ moved: string }>(
    "select uploaded + downloaded as moved from traffic_counters where identity = ?",
    [identity],
  );
  return Number(row?.moved ?? 0);
}

const becomes = ({ person }: Buyer, state: SubscriptionState) =>
  eventually(async () => expect(await stateOf(stage, person)).toBe(state));

async function bought(buyer: Buyer, plan: string): Promise<void> {
  const order = await buyer.orders({ plan });
  await buyer.pays(order);
  await buyer.ends(order.id);
  await eventually(async () => expect(await buyer.grants(order.id)).toHaveLength(1));
}

const isLetIn = async ({ person }: Buyer): Promise<boolean> =>
  (await peersOf(stage, person)).length === 1;

test("used up: access pauses, the customer is told, and a purchase brings new traffic on top of what was left", async () => {
  const buyer = new Buyer(stage, await stage.customer());
  await moves(buyer, 100 * gb);
  expect(await stateOf(stage, buyer.person)).toBe("active");
  await bought(buyer, "small");
  await moves(buyer, 3 * gb);
  expect(await stateOf(stage, buyer.person)).toBe("active");
  await bought(buyer, "small");
  await moves(buyer, 6 * gb);
  expect(await stateOf(stage, buyer.person)).toBe("active");
  await buyer.person.say("/usage");
  await buyer.person.hears(/Plan traffic used: 6 GB of 7 GB/u);
  await moves(buyer, gb);
  await becomes(buyer, "exhausted");
  await buyer.person.hears(/used up your plan's traffic/u);
  await eventually(async () => expect(await isLetIn(buyer)).toBe(false));
  await bought(buyer, "small");
  await becomes(buyer, "active");
  await eventually(async () => expect(await isLetIn(buyer)).toBe(true));
});

test("a plan without a limit lifts it, and the time of who is paused runs on", async () => {
  const buyer = new Buyer(stage, await stage.customer());
  await bought(buyer, "small");
  const until = await buyer.paidUntil();
  await moves(buyer, 5 * gb);
  await becomes(buyer, "exhausted");
  expect(await buyer.paidUntil()).toBe(until);
  await bought(buyer, "month");
  await becomes(buyer, "active");
  await moves(buyer, 500 * gb);
  expect(await stateOf(stage, buyer.person)).toBe("active");
});

test("whoever is paused is told when the time ends as well", async () => {
  const buyer = new Buyer(stage, await stage.customer());
  await bought(buyer, "small");
  await moves(buyer, 5 * gb);
  await becomes(buyer, "exhausted");
  const subscription = await stage.subscriptionOf(buyer.person);
  await stage.pass(subscription, 40 * dayMs);
  await buyer.person.hears(/access has ended/u);
  expect(await stateOf(stage, buyer.person)).toBe("expired");
});
