import { beforeAll, expect, test } from "vitest";
import { stateAt } from "../../../db/queries/access/access-rights.ts";
import { Plans } from "../../../db/payments/plans.ts";
import { AuditQueries } from "../../../db/queries/operations/audit.ts";
import type { TelegramId } from "../../../domain/ids.ts";
import type { PaymentOrder } from "../../../domain/payments/payment.ts";
import { money } from "../../../domain/money.ts";
import { addMs, dayMs, hourMs, type Instant, instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";
import { planFor, useShop } from "../../drivers/shop.ts";

const db = useDatabase();
const shop = useShop(db);

beforeAll(() =>
  new Plans(db.writer.em).importAll([
    { ...planFor("patient", { RUB: 30_000 }), graceDays: 3 },
    planFor("strict", { RUB: 30_000 }),
  ]),
);

const now = (): Instant => instant(new Date());

async function readAccess({ subscriptionId }: PaymentOrder) {
  const row = await shop.db
    .selectFrom("subscriptions")
    .select(["graceMs", "paidUntil"])
    .where("id", "=", subscriptionId as string)
    .executeTakeFirstOrThrow();
  return { graceDays: row.graceMs / dayMs, paidUntil: instant(row.paidUntil!) };
}

async function readStateAt({ subscriptionId }: PaymentOrder, at: Instant) {
  const row = await shop.db
    .selectFrom("subscriptions as s")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .select(stateAt(at).as("state"))
    .where("s.id", "=", subscriptionId as string)
    .executeTakeFirstOrThrow();
  return row.state;
}

async function buy(plan: string, of?: TelegramId): Promise<PaymentOrder> {
  const order = await shop.order({ plan, person: of ?? (await shop.person()) });
  await shop.decide(order, { kind: "paid", reference: order.id, paid: order.price, at: now() });
  return order;
}

const giveBack = (order: PaymentOrder, minor: number) =>
  shop.decide(order, { kind: "refunded", reference: order.id, returned: money(minor, "RUB") });

test("who has bought time of a plan with grace stays in for those days after it, and is out then", async () => {
  const order = await buy("patient");
  const { graceDays, paidUntil } = await readAccess(order);
  expect(graceDays).toBe(3);
  expect(await readStateAt(order, addMs(paidUntil, -hourMs))).toBe("active");
  expect(await readStateAt(order, addMs(paidUntil, 3 * dayMs - hourMs))).toBe("grace");
  expect(await readStateAt(order, addMs(paidUntil, 3 * dayMs))).toBe("expired");
});

test("the plan that was bought last says how long the grace is", async () => {
  const person = await shop.person();
  const first = await buy("patient", person);
  await buy("strict", person);
  expect((await readAccess(first)).graceDays).toBe(0);
  await buy("patient", person);
  expect((await readAccess(first)).graceDays).toBe(3);
});

test("time that is returned has no grace: who gets all their money back is out at once", async () => {
  const whole = await buy("patient");
  await giveBack(whole, 30_000);
  expect((await readAccess(whole)).graceDays).toBe(0);
  expect(await readStateAt(whole, addMs(now(), hourMs))).toBe("expired");
  const half = await buy("patient");
  await giveBack(half, 15_000);
  const { graceDays, paidUntil } = await readAccess(half);
  expect(graceDays).toBe(3);
  expect(await readStateAt(half, addMs(paidUntil, hourMs))).toBe("grace");
  expect(await new AuditQueries(db.writer.em).findDisagreements()).toEqual([]);
});
