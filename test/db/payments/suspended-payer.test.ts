import { expect, test } from "vitest";
import { AuditQueries } from "../../../db/queries/operations/audit.ts";
import { type Money, money } from "../../../domain/money.ts";
import type { GatewayReport } from "../../../domain/payments/payment.ts";
import { instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";
import { useShop } from "../../drivers/shop.ts";

const db = useDatabase();
const shop = useShop(db);

const paid = (reference: string, amount: Money): GatewayReport => {
  return { kind: "paid", reference, paid: amount, at: instant(new Date()) };
};

test("the payment of a suspended customer lets them in, in the transaction that gives the time", async () => {
  const order = await shop.order();
  const suspendedAt = new Date(Date.now() - 1_000);
  await shop.db
    .updateTable("customers")
    .set({ leftChannelsAt: suspendedAt, suspendedAt })
    .where("telegramId", "=", order.telegramId as number)
    .execute();
  const read = () =>
    shop.db
      .selectFrom("customers")
      .select(["leftChannelsAt", "suspendedAt"])
      .where("telegramId", "=", order.telegramId as number)
      .executeTakeFirstOrThrow();
  await shop.decide(order, paid(`part-${order.id}`, money(1, "RUB")));
  expect(await read()).toEqual({ leftChannelsAt: suspendedAt, suspendedAt });
  await shop.decide(order, paid(`rest-${order.id}`, money(order.price.minor - 1, "RUB")));
  expect(await read()).toEqual({ leftChannelsAt: null, suspendedAt: null });
  expect(await new AuditQueries(db.owner.em).findDisagreements()).toEqual([]);
});
