import { expect, test } from "vitest";
import { statements } from "../../db/migrations/0032-limit-periods.ts";
import { bytesInGb as gb } from "../../domain/payments/plan-change.ts";
import { instant } from "../../domain/time.ts";
import { useDatabase } from "../drivers/database.ts";
import { useShop } from "../drivers/shop.ts";

const db = useDatabase();
const shop = useShop(db);

const run = <Row>(query: string, values: unknown[] = []) =>
  db.owner.em.fork().execute<Row[]>(query, values);

/** What the tables were before. */
const before = [
  `alter table plans drop column limit_period, drop column packs_end`,
  `alter table subscriptions drop column traffic_pack_bytes, drop column traffic_period,
     drop column traffic_period_bytes, drop column traffic_period_ends_at,
     drop column traffic_packs_end`,
  `alter table add_ons drop column used_bytes`,
];

test("packs that are in the limit become lots, and those of earlier time are a part of it no more", async () => {
  const plan = await shop.order({ plan: "small" });
  const at = instant(new Date());
  await shop.decide(plan, { kind: "paid", reference: "p", paid: plan.price, at });
  const buyPack = async (reference: string) => {
    const addOn = { addOn: { kind: "traffic", bytes: 10 * gb } as const, minor: 4_000 };
    const order = await shop.order({ person: plan.telegramId, addOn });
    await shop.decide(order, { kind: "paid", reference, paid: order.price, at });
    return order;
  };
  const old = await buyPack("old");
  const fresh = await buyPack("fresh");
  await run("update add_ons set at = at - interval '1 hour' where payment_id = ?", [old.id]);
  for (const statement of [...before, ...statements]) await run(statement);
  const subscription = await run(
    `select traffic_limit_bytes::float8 as limit, traffic_pack_bytes::float8 as packs,
            traffic_period as period from subscriptions where id = ?`,
    [plan.subscriptionId],
  );
  expect(subscription).toEqual([{ limit: 25 * gb, packs: 10 * gb, period: null }]);
  const used = await run<{ id: string; used: number }>(
    "select payment_id as id, used_bytes::float8 as used from add_ons order by at",
  );
  expect(used).toEqual([
    { id: old.id, used: 10 * gb },
    { id: fresh.id, used: 0 },
  ]);
});
