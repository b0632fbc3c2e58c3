import { expect, test } from "vitest";
import { telegramId } from "../../domain/ids.ts";
import { dayMs } from "../../domain/time.ts";
import { searchAttributes, workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const app = useTestApp();

/** The number of events of each run, but not of reconcilers. */
async function countEvents(): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for await (const { workflowId, runId } of app.client.workflow.list()) {
    const handle = app.client.workflow.getHandle(workflowId, runId);
    found.set(`${workflowId}/${runId}`, (await handle.describe()).historyLength);
  }
  return found;
}

/** The events added since then, once no more are added. */
async function countAddedSince(
  before: ReadonlyMap<string, number>,
): Promise<Record<string, number>> {
  let last = "";
  return eventually(
    async () => {
      const now = await countEvents();
      const added = [...now].flatMap(([id, events]) => {
        const more = events - (before.get(id) ?? 0);
        return more > 0 ? [[id.replace(/\/.*/u, ""), more] as const] : [];
      });
      const text = JSON.stringify(added);
      const isSteady = text === last;
      last = text;
      if (!isSteady) throw new Error("something is still added");
      return Object.fromEntries(added);
    },
    45_000,
    500,
  );
}

const sum = (events: Record<string, number>) =>
  Object.values(events).reduce((total, one) => total + one, 0);

async function waitUntilSettled(person: Person): Promise<void> {
  const calendar = await app.subscriptionOf(person);
  const signup = workflowIds.signup(telegramId(person.id));
  await app.client.workflow.getHandle(signup).result();
  await eventually(async () => {
    const described = await app.client.workflow.getHandle(calendar).describe();
    expect(described.typedSearchAttributes.get(searchAttributes.stage)).toBe("active");
  });
}

test("a signup costs at most 50 events, from Start to the key", async () => {
  const person = await app.customer();
  await waitUntilSettled(person);
  const signup = await app.client.workflow.getHandle(`signup:${person.id}`).describe();
  expect(signup.historyLength).toBeLessThanOrEqual(50);
});

test("a payment costs at most 36 events with all that it causes", async () => {
  const customer = new TestCustomer(app, await app.customer());
  await waitUntilSettled(customer.person);
  const before = await countEvents();
  const order = await customer.order();
  await customer.pay(order);
  await customer.waitForEnd(order.id);
  await customer.person.waitForMessage(/Paid\. Your access/u);
  const added = await countAddedSince(before);
  expect(added[workflowIds.payment(order.id)]).toBeGreaterThan(0);
  expect(sum(added)).toBeLessThanOrEqual(36);
});

test("a purchase after the end, which wakes the calendar, costs at most 36 events with all that it causes", async () => {
  const customer = new TestCustomer(app, await app.customer());
  await waitUntilSettled(customer.person);
  const calendar = await app.subscriptionOf(customer.person);
  await app.pass(calendar, 4 * dayMs);
  await customer.person.waitForMessage(/access has ended/u);
  const before = await countEvents();
  const order = await customer.order();
  await customer.pay(order);
  await customer.waitForEnd(order.id);
  const added = await countAddedSince(before);
  expect(sum(added)).toBeLessThanOrEqual(36);
});

test("an idle product writes no events at all", async () => {
  const before = await countAddedSince(await countEvents()).then(countEvents);
  await new Promise((over) => setTimeout(over, 5_000));
  expect(await countAddedSince(before)).toEqual({});
});
