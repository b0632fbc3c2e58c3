import { expect, test } from "vitest";
import { AuditQueries } from "../../../db/queries/operations/audit.ts";
import { money } from "../../../domain/money.ts";
import type { GatewayReport } from "../../../domain/payments/payment.ts";
import { instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";
import { useShop } from "../../drivers/shop.ts";

const db = useDatabase();
const shop = useShop(db);

const rub = (minor: number) => money(minor, "RUB");
const paid = (reference: string, minor: number): GatewayReport => {
  return { kind: "paid", reference, paid: rub(minor), at: instant(new Date()) };
};
const back = (reference: string, minor: number): GatewayReport => {
  return { kind: "refunded", reference, returned: rub(minor) };
};
const agree = async () =>
  expect(await new AuditQueries(db.owner.em).findDisagreements()).toEqual([]);

test("a return of a part before the price was complete takes no time, and a later one does", async () => {
  const order = await shop.order();
  await shop.decide(order, paid("first", 20_000));
  await shop.decide(order, back("first", 8_000));
  await shop.decide(order, paid("second", 18_000));
  expect(await shop.daysLeft(order)).toBeCloseTo(30, 3);
  expect(await shop.balance(order)).toBe(0);
  await agree();
  await shop.decide(order, back("first", 20_000));
  expect(await shop.daysLeft(order)).toBeCloseTo(18, 3);
  expect(await shop.balance(order)).toBe(0);
  await agree();
});
