import { sql } from "kysely";
import { expect, test } from "vitest";
import { queriesOf } from "../../db/orm.ts";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import { type Money, money } from "../../domain/money.ts";
import type { GatewayReport } from "../../domain/payments/payment.ts";
import { instant } from "../../domain/time.ts";
import { useDatabase } from "../drivers/database.ts";
import { useShop } from "../drivers/shop.ts";

const db = useDatabase();
const shop = useShop(db);

const rub = (minor: number) => money(minor, "RUB");
const paid = (reference: string, amount: Money): GatewayReport => {
  return { kind: "paid", reference, paid: amount, at: instant(new Date()) };
};
const agree = async () =>
  expect(await new AuditQueries(db.owner.em).findDisagreements()).toEqual([]);

const charges = (paymentId: string) =>
  shop.db
    .selectFrom("charges")
    .select((row) => ["use", row.fn.countAll<number>().as("count")])
    .where("paymentId", "=", paymentId)
    .groupBy("use")
    .execute();

test("10,000 small payments of one order are decided in one call, and the one that completes the price changes them all", async () => {
  const order = await shop.order();
  const parts = Array.from({ length: 10_000 }, (_, place) => paid(`part/${place}`, rub(1)));
  const decided = await shop.decide(order, parts);
  expect(decided.effects).toHaveLength(10_000);
  expect(await shop.balance(order)).toBe(10_000);
  await shop.decide(order, paid("rest", rub(order.price.minor - 10_000)));
  expect(await charges(order.id)).toEqual([{ use: "grant", count: 10_001 }]);
  expect(await shop.daysLeft(order)).toBeCloseTo(30, 3);
  await agree();
}, 180_000);

test("5,500 payments that came twice are refunded, each by its own refund, after one call", async () => {
  const order = await shop.order();
  await shop.decide(order, paid("price", order.price));
  // Statistics that say: few accounts, many entries each. No statement may be planned to read the
  // ledger once per refund.
  await sql`analyze`.execute(queriesOf(db.owner.em));
  const again = Array.from({ length: 5_500 }, (_, place) => paid(`twice/${place}`, rub(1)));
  const decided = await shop.decide(order, again, { canRefund: true });
  expect(decided.refunds).toHaveLength(5_500);
  const repeated = await shop.decide(order, again, { canRefund: true });
  expect(new Set(repeated.refunds)).toEqual(new Set(decided.refunds));
  await agree();
}, 180_000);
