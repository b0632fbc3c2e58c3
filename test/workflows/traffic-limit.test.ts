import { expect, test } from "vitest";
import type { SubscriptionState } from "../../domain/access/subscription.ts";
import { dayMs } from "../../domain/time.ts";
import { peersOf, stateOf } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import { planFor } from "../drivers/orders.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const gb = 2 ** 30;
const limited = { ...planFor("small", { RUB: 10_000 }), trafficLimitBytes: 5 * gb };
const app = useTestApp({ plans: [limited, planFor("month", { RUB: 30_000 })] });

async function moveTraffic(buyer: TestCustomer, bytes: number): Promise<void> {
  const [identity] = await eventually(async () => {
    const there = await peersOf(app, buyer.person);
    expect(there).toHaveLength(1);
    return there;
  });
  const before = await readMovedBytes(identity!);
  app.host.carry(identity!, 0, bytes);
  await eventually(async () => expect(await readMovedBytes(identity!)).toBe(before + bytes));
}

/** The traffic of a key in bytes, by the books. */
async function readMovedBytes(identity: string): Promise<number> {
  const [row] = await app.rows<{ moved: string }>(
    "select uploaded + downloaded as moved from traffic_counters where identity = ?",
    [identity],
  );
  return Number(row?.moved ?? 0);
}

const waitForSubscriptionState = ({ person }: TestCustomer, state: SubscriptionState) =>
  eventually(async () => expect(await stateOf(app, person)).toBe(state));

async function buyPlan(buyer: TestCustomer, plan: string): Promise<void> {
  const order = await buyer.order({ plan });
  await buyer.pay(order);
  await buyer.waitForEnd(order.id);
  await eventually(async () => expect(await buyer.listGrants(order.id)).toHaveLength(1));
}

const isLetIn = async ({ person }: TestCustomer): Promise<boolean> =>
  (await peersOf(app, person)).length === 1;

test("used up: access pauses, the customer is notified, and a purchase brings new traffic on top of what was left", async () => {
  const buyer = new TestCustomer(app, await app.customer());
  await moveTraffic(buyer, 100 * gb);
  expect(await stateOf(app, buyer.person)).toBe("active");
  await buyPlan(buyer, "small");
  await moveTraffic(buyer, 3 * gb);
  expect(await stateOf(app, buyer.person)).toBe("active");
  await buyPlan(buyer, "small");
  await moveTraffic(buyer, 6 * gb);
  expect(await stateOf(app, buyer.person)).toBe("active");
  await buyer.person.send("/usage");
  await buyer.person.waitForMessage(/Plan traffic used: 6 GB of 7 GB/u);
  await moveTraffic(buyer, gb);
  await waitForSubscriptionState(buyer, "exhausted");
  await buyer.person.waitForMessage(/used up your plan's traffic/u);
  await eventually(async () => expect(await isLetIn(buyer)).toBe(false));
  await buyPlan(buyer, "small");
  await waitForSubscriptionState(buyer, "active");
  await eventually(async () => expect(await isLetIn(buyer)).toBe(true));
});

test("a plan without a limit lifts it, and the time of who is paused runs on", async () => {
  const buyer = new TestCustomer(app, await app.customer());
  await buyPlan(buyer, "small");
  const until = await buyer.paidUntil();
  await moveTraffic(buyer, 5 * gb);
  await waitForSubscriptionState(buyer, "exhausted");
  expect(await buyer.paidUntil()).toBe(until);
  await buyPlan(buyer, "month");
  await waitForSubscriptionState(buyer, "active");
  await moveTraffic(buyer, 500 * gb);
  expect(await stateOf(app, buyer.person)).toBe("active");
});

test("a paused customer is notified when the time ends too", async () => {
  const buyer = new TestCustomer(app, await app.customer());
  await buyPlan(buyer, "small");
  await moveTraffic(buyer, 5 * gb);
  await waitForSubscriptionState(buyer, "exhausted");
  const subscription = await app.subscriptionOf(buyer.person);
  await app.pass(subscription, 40 * dayMs);
  await buyer.person.waitForMessage(/access has ended/u);
  expect(await stateOf(app, buyer.person)).toBe("expired");
});
