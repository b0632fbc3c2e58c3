import temporalProto from "@temporalio/proto";
import { expect, test } from "vitest";
import { dayMs, minuteMs } from "../../domain/time.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { identitiesOf } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const { EventType } = temporalProto.temporal.api.enums.v1;

const startsAt = new Date(Date.now() + 2 * dayMs);
const app = useTestApp({ startsAt });

const monthDays = 30;
const months = 2;
const bytesADay = 2 ** 30;

/** The number of rows of each table. */
async function countRows(): Promise<Record<string, number>> {
  const tables = await app.rows<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' order by 1",
  );
  const each = tables.map(
    ({ name }) => `select '${name}' as name, count(*)::int as n from "${name}"`,
  );
  const counts = await app.rows<{ name: string; n: number }>(each.join(" union all "));
  return Object.fromEntries(counts.map(({ name, n }) => [name, n]));
}

/** Events of the test's own skipping of time. */
const skipping: readonly unknown[] = [
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
];

async function countEvents(workflowId: string): Promise<number> {
  const { events } = await app.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).filter(({ eventType }) => !skipping.includes(eventType)).length;
}

/** One customer whose device is used every day, and who pays once in each month. */
async function liveMonth(customer: TestCustomer, calendar: string) {
  const before = { rows: await countRows(), calendar: await countEvents(calendar) };
  const order = await customer.order();
  await customer.pay(order);
  await customer.waitForEnd(order.id);
  const [identity = ""] = await identitiesOf(app, customer.person);
  for (let day = 1; day <= monthDays; day += 1) {
    const moved = await readMoved();
    app.host.carry(identity, 0, bytesADay);
    await app.pass(calendar, day < monthDays ? dayMs : dayMs - minuteMs);
    await eventually(async () => expect(await readMoved()).toBe(moved + bytesADay));
  }
  const after = await countRows();
  const rows = Object.fromEntries(
    Object.entries(after)
      .map(([name, n]) => [name, n - (before.rows[name] ?? 0)] as const)
      .filter(([, n]) => n !== 0),
  );
  const payment = await countEvents(workflowIds.payment(order.id));
  return { events: payment + (await countEvents(calendar)) - before.calendar, rows };
}

async function readMoved(): Promise<number> {
  const [row] = await app.rows<{ moved: string }>(
    "select coalesce(sum(moved_bytes), 0) as moved from subscriptions",
  );
  return Number(row?.moved);
}

const sum = (rows: Readonly<Record<string, number>>) =>
  Object.values(rows).reduce((all, n) => all + n, 0);

test("a month of a subscription that is paid for and used every day costs at most 40 events and 45 rows, the second no more than the first", async () => {
  const customer = new TestCustomer(app, await app.customer());
  const calendar = await app.subscriptionOf(customer.person);
  const lived = [];
  for (let month = 1; month <= months; month += 1) lived.push(await liveMonth(customer, calendar));
  // `npm run bench:months`
  if (process.env["npm_lifecycle_event"] === "bench:months")
    for (const [at, { events, rows }] of lived.entries())
      console.log(`month ${at + 1}: ${events} events, ${sum(rows)} rows`, rows);
  for (const { events, rows } of lived) {
    expect(events).toBeLessThanOrEqual(40);
    expect(sum(rows)).toBeLessThanOrEqual(45);
  }
  expect(lived[1]!.events).toBeLessThanOrEqual(lived[0]!.events);
  expect(sum(lived[1]!.rows)).toBeLessThanOrEqual(sum(lived[0]!.rows));
}, 400_000);
