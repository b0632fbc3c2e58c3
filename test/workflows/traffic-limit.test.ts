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

async function moveTraffic(customer: TestCustomer, bytes: number): Promise<void> {
  const [identity] = await eventually(async () => {
    const there = await peersOf(app, customer.person);
    expect(there).toHaveLength(1);
    return there;
  });
  const before = await readMovedBytes(identity!);
  app.host.carry(identity!, 0, bytes);
  await eventually(async () => expect(await readMovedBytes(identity!)).toBe(before + bytes));
}

/** The traffic of a key in bytes, by the books. */
async function readMovedBytes(identity: string): Promise<number> {
  const [row] = await app.rows<{ moved: number }>(
    "select uploaded + downloaded as moved from traffic_counters where identity = ?",
    [identity],
  );
  return row?.moved ?? 0;
}

const waitForSubscriptionState = ({ person }: TestCustomer, state: SubscriptionState) =>
  eventually(async () => expect(await stateOf(app, person)).toBe(state));

async function buyPlan(customer: TestCustomer, plan: string): Promise<void> {
  const order = await customer.order({ plan });
  await customer.pay(order);
  await customer.waitForEnd(order.id);
  await eventually(async () => expect(await customer.listGrants(order.id)).toHaveLength(1));
}

const isLetIn = async ({ person }: TestCustomer): Promise<boolean> =>
  (await peersOf(app, person)).length === 1;

test("used up: access pauses, the customer is notified, and a purchase brings new traffic on top of what was left", async () => {
  const customer = new TestCustomer(app, await app.customer());
  await moveTraffic(customer, 100 * gb);
  expect(await stateOf(app, customer.person)).toBe("active");
  await buyPlan(customer, "small");
  await moveTraffic(customer, 3 * gb);
  expect(await stateOf(app, customer.person)).toBe("active");
  await buyPlan(customer, "small");
  await moveTraffic(customer, 6 * gb);
  expect(await stateOf(app, customer.person)).toBe("active");
  await customer.person.send("/usage");
  await customer.person.waitForMessage(/Used of your plan: 6 GB of 7 GB/u);
  await moveTraffic(customer, gb);
  await waitForSubscriptionState(customer, "exhausted");
  await customer.person.waitForMessage(/traffic is used up/u);
  await eventually(async () => expect(await isLetIn(customer)).toBe(false));
  await buyPlan(customer, "small");
  await waitForSubscriptionState(customer, "active");
  await eventually(async () => expect(await isLetIn(customer)).toBe(true));
});

test("a plan without a limit lifts it, and the time of who is paused runs on", async () => {
  const customer = new TestCustomer(app, await app.customer());
  await buyPlan(customer, "small");
  const until = await customer.paidUntil();
  await moveTraffic(customer, 5 * gb);
  await waitForSubscriptionState(customer, "exhausted");
  expect(await customer.paidUntil()).toBe(until);
  await buyPlan(customer, "month");
  await waitForSubscriptionState(customer, "active");
  await moveTraffic(customer, 500 * gb);
  expect(await stateOf(app, customer.person)).toBe("active");
});

test("a paused customer is notified when the time ends too", async () => {
  const customer = new TestCustomer(app, await app.customer());
  await buyPlan(customer, "small");
  await moveTraffic(customer, 5 * gb);
  await waitForSubscriptionState(customer, "exhausted");
  const subscription = await app.subscriptionOf(customer.person);
  await app.pass(subscription, 40 * dayMs);
  await customer.person.waitForMessage(/access has ended/u);
  expect(await stateOf(app, customer.person)).toBe("expired");
});
