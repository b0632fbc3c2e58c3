import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../../domain/time.ts";
import { identitiesOf, waitForState } from "../drivers/access.ts";
import type { Person } from "../drivers/person.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const yearMs = 366 * dayMs;

/** The evening before the next 29 February that is at least a year away. */
function eveBeforeLeapDay(): Date {
  for (let year = new Date(Date.now() + yearMs).getUTCFullYear(); ; year += 1) {
    const leapDay = new Date(Date.UTC(year, 1, 29));
    const isThere = leapDay.getUTCMonth() === 1;
    if (isThere && leapDay.getTime() - Date.now() > yearMs) {
      return new Date(leapDay.getTime() - hourMs);
    }
  }
}

const startsAt = eveBeforeLeapDay();
const app = useTestApp({ startsAt });

/** How far the clocks of a new payment, of the database and of the reconcilers are apart. */
async function readClocks(customer: TestCustomer) {
  const order = await customer.order();
  await customer.pay(order);
  await customer.waitForEnd(order.id);
  const [row] = await app.rows<{ now: string }>("select clock_timestamp() as now");
  const passedMs = (at: string) => Math.abs(Date.parse(at) - app.now().getTime());
  return { order, apartMs: [passedMs(order.openedAt), passedMs(row!.now)] };
}

const endedNotices = async (person: Person) =>
  (await person.listTexts()).filter((text) => /access has ended/u.test(text));

test("workflows, the database and reconcilers have one clock that begins years later, over 29 February", async () => {
  const customer = new TestCustomer(app, await app.customer());
  const { person } = customer;
  const [identity] = await identitiesOf(app, person);
  const trialEnd = await customer.paidUntil();
  expect(Math.abs(trialEnd - startsAt.getTime() - 3 * dayMs)).toBeLessThan(5 * minuteMs);
  // The 29th is one of the trial's days: it ends on the evening of 2 March.
  expect(new Date(trialEnd + hourMs).toISOString()).toMatch(/-03-03T/u);
  await app.pass(await app.subscriptionOf(person), 10 * dayMs);
  await waitForState(app, person, "expired", 0);
  expect(await endedNotices(person)).toHaveLength(1);
  const { order, apartMs } = await readClocks(customer);
  for (const ms of apartMs) expect(ms).toBeLessThan(5 * minuteMs);
  // Time that is bought after the end begins with the payment.
  const boughtMs = (await customer.paidUntil()) - Date.parse(order.openedAt) - 30 * dayMs;
  expect(Math.abs(boughtMs)).toBeLessThan(5 * minuteMs);
  await waitForState(app, person, "active", 1);
  expect(await identitiesOf(app, person)).toEqual([identity]);
});
