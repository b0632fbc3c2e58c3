import { expect, test } from "vitest";
import { firstEnd } from "../../domain/access/limit-period.ts";
import { hourMs, instant } from "../../domain/time.ts";
import { peersOf, stateOf, trafficOf } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import { limitedPlan } from "../drivers/shop.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const gb = 2 ** 30;
const app = useTestApp({ plans: [{ ...limitedPlan, limitPeriod: "calendar" }] });

async function openCustomer(): Promise<TestCustomer> {
  const customer = new TestCustomer(app, await app.customer());
  const order = await customer.order({ plan: "small" });
  await customer.pay(order);
  await customer.waitForEnd(order.id);
  return customer;
}

const waitForPeers = ({ person }: TestCustomer, count: number) =>
  eventually(async () => {
    const there = await peersOf(app, person);
    expect(there).toHaveLength(count);
    return there;
  });

const baseOf = async ({ person }: TestCustomer) => (await trafficOf(app, person))?.base;

const listBack = async ({ person }: TestCustomer) =>
  (await person.listTexts()).filter((text) => text.startsWith("📊 You have traffic again"));

/** How long the month still is, and an hour more. */
const untilNextMonth = () => {
  const end = firstEnd("calendar", { now: instant(app.now()), zone: "UTC" });
  return Date.parse(end) - app.now().getTime() + hourMs;
};

test("cut at the limit, in again at the month's start with the same key, also where the calendar is late", async () => {
  const customer = await openCustomer();
  const [key] = await waitForPeers(customer, 1);
  app.host.carry(key!, 0, 6 * gb);
  await customer.person.waitForMessage(/traffic is used up[^]*until 1 /u);
  await waitForPeers(customer, 0);
  const subscription = await app.subscriptionOf(customer.person);
  const ms = untilNextMonth();
  // The hosts' clock alone: no calendar has booked anything.
  await app.elapse(ms);
  expect(await waitForPeers(customer, 1)).toEqual([key]);
  expect(await stateOf(app, customer.person)).toBe("active");
  expect(await baseOf(customer)).toBe(0);
  expect(await listBack(customer)).toEqual([]);
  // Its own next bytes are in the new month.
  app.host.carry(key!, 0, gb);
  await eventually(async () => expect(await baseOf(customer)).toBe(6));
  await customer.person.waitForMessage(/You have traffic again: 5 GB until 1 /u);
  expect(await waitForPeers(customer, 1)).toEqual([key]);
  await customer.person.send("/usage");
  await customer.person.waitForMessage(/Used of your plan: 1 GB of 5 GB/u);
  expect(subscription).toMatch(/^subscription:/u);
});

test("the calendar itself books the month's start of who cannot move a byte", async () => {
  const customer = await openCustomer();
  const [key] = await waitForPeers(customer, 1);
  app.host.carry(key!, 0, 6 * gb);
  await waitForPeers(customer, 0);
  await app.pass(await app.subscriptionOf(customer.person), untilNextMonth());
  await eventually(async () => expect(await baseOf(customer)).toBe(6));
  expect(await waitForPeers(customer, 1)).toEqual([key]);
  await eventually(async () => expect(await listBack(customer)).toHaveLength(1));
});
