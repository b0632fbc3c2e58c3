import { expect, test } from "vitest";
import { queriesOf } from "../../../db/orm.ts";
import { listNewestPlans, type OfferedPlan, Plans } from "../../../db/payments/plans.ts";
import { useDatabase } from "../../drivers/database.ts";
import { planFor } from "../../drivers/orders.ts";

const db = useDatabase();

/** Each plan's newest version, by its code. */
async function importAndRead(offered: readonly OfferedPlan[]): Promise<Record<string, number>> {
  await new Plans(db.writer.em).importAll(offered);
  const newest = await listNewestPlans(queriesOf(db.writer.em));
  return Object.fromEntries(newest.map(({ plan }) => [plan.code, plan.version]));
}

test("a plan gets a new version when it has changed, whatever the order of its fields in the file", async () => {
  const month = { ...planFor("month", { RUB: 100, USD: 2 }), trafficLimitBytes: 5 };
  const year = planFor("year", { RUB: 900 });
  expect(await importAndRead([month, year])).toEqual({ month: 1, year: 1 });
  const reordered = Object.fromEntries(Object.entries(month).toReversed());
  const same = { ...reordered, prices: { USD: 2, RUB: 100 } } as unknown as OfferedPlan;
  expect(await importAndRead([year, same])).toEqual({ month: 1, year: 1 });
  const dearer = { ...month, prices: { RUB: 101, USD: 2 } };
  expect(await importAndRead([dearer, year])).toEqual({ month: 2, year: 1 });
});
