import { expect, test } from "vitest";
import { statements } from "../../db/migrations/0019-several-subscriptions.ts";
import { instant } from "../../domain/time.ts";
import { useDatabase } from "../drivers/database.ts";
import { useShop } from "../drivers/shop.ts";
import { subscriptionsOf } from "../drivers/subscriptions.ts";

const db = useDatabase();
const shop = useShop(db);

const run = <Row>(query: string, values: unknown[] = []) =>
  db.owner.em.fork().execute<Row[]>(query, values);

/** What the tables were before. */
const before = [
  `alter table payments drop constraint payments_of_own_subscription`,
  `drop index payments_one_open, payments_one_open_extra, subscriptions_of_customer`,
  `alter table subscriptions drop column number,
     add constraint subscriptions_customer_id_key unique (customer_id)`,
  `create unique index payments_one_open
     on payments (customer_id, plan, gateway, currency, (recurs is not null))
     where state = 'open' and recurs is distinct from 'renews'`,
  `create unique index payments_one_open_extra
     on payments (customer_id, extra, gateway, currency, price_minor, extra_bytes, extra_until)
     nulls not distinct where state = 'open' and extra is not null`,
];

test("whoever is in the books keeps their subscription as the first, and may have a second one then", async () => {
  const order = await shop.order();
  const at = instant(new Date());
  await shop.decide(order, { kind: "paid", reference: "r1", paid: order.price, at });
  const open = await shop.order({ person: order.telegramId });
  const withoutTime = await shop.person();
  const days = await shop.daysLeft(order);
  for (const statement of [...before, ...statements]) await run(statement);
  expect(await subscriptionsOf(db.reader.em, order.telegramId)).toEqual([order.subscriptionId]);
  expect(await subscriptionsOf(db.reader.em, withoutTime)).toHaveLength(1);
  expect(await run("select number from subscriptions group by 1")).toEqual([{ number: 1 }]);
  expect(await shop.daysLeft(order)).toBeCloseTo(days, 2);
  // What was open stays the one that is open.
  await expect(shop.order({ person: order.telegramId })).rejects.toThrow("alreadyOpen");
  expect(await shop.stateOf(open)).toBe("open");
  const second = await shop.order({ person: order.telegramId, subscription: "new" });
  await shop.decide(second, { kind: "paid", reference: "r2", paid: second.price, at });
  expect(await subscriptionsOf(db.reader.em, order.telegramId)).toEqual([
    order.subscriptionId,
    second.subscriptionId,
  ]);
});

test("the books refuse a payment for somebody else's subscription, and time that nobody is shown", async () => {
  const one = await shop.order();
  const other = await shop.order({ plan: "family" });
  const stolen = "update payments set subscription_id = ? where id = ?";
  await expect(run(stolen, [other.subscriptionId, one.id])).rejects.toThrow(
    "payments_of_own_subscription",
  );
  const hidden = "update subscriptions set number = null, paid_until = now() where id = ?";
  await expect(run(hidden, [one.subscriptionId])).rejects.toThrow(
    "subscriptions_with_time_are_listed",
  );
});
