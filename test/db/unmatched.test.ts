import { beforeAll, expect, test } from "vitest";
import { Unmatched } from "../../db/unmatched.ts";
import { inTransaction } from "../../db/orm.ts";
import { bookFacts } from "../../db/ledger.ts";
import { customerAccount } from "../../domain/ledger.ts";
import { telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import type { GatewayEvent, GatewayName, GatewayReport, PaymentId } from "../../domain/payment.ts";
import { instant } from "../../domain/time.ts";
import { eventually } from "../support/eventually.ts";
import { useDatabase } from "../support/database.ts";
import { BookShop } from "../support/shop.ts";

const db = useDatabase();
let shop: BookShop;
beforeAll(async () => {
  shop = new BookShop(db.writer.em);
  await shop.open();
});

const gateway = "memory" as GatewayName;
const rub = (minor: number) => money(minor, "RUB");
const event = (report: GatewayReport): GatewayEvent => {
  return { gateway, report, evidence: JSON.stringify(report), source: "gateway" };
};

test("a return of given money waits for whoever spends from that balance, and takes what is left: never below zero", async () => {
  const unmatched = new Unmatched(db.writer.em);
  const order = await shop.order();
  const nobodys = "0192d3a4-0000-7000-8000-0000000000aa" as PaymentId;
  const reference = `nobody-${order.id}`;
  const now = instant(new Date());
  await unmatched.keepAll(nobodys, [
    event({ kind: "paid", reference, paid: rub(10_000), at: now }),
  ]);
  const give = { kind: "give", customer: order.telegramId } as const;
  await unmatched.resolveOnce(
    { gateway, reference, by: telegramId(1001), requestId: `give-${order.id}`, what: give },
    now,
  );
  expect(await shop.balance(order)).toBe(10_000);
  const back = event({ kind: "refunded", reference, returned: rub(10_000) });
  let returning: Promise<unknown> | undefined;
  await inTransaction(db.writer.em, async (inner) => {
    await inner
      .selectFrom("customers")
      .select("id")
      .where("id", "=", order.customerId as string)
      .forUpdate()
      .execute();
    returning = unmatched.keepAll(nobodys, [back]);
    await eventually(async () => {
      const waiting = await db.owner.em
        .fork()
        .execute(
          "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
      expect(waiting).not.toEqual([]);
    });
    const spent = [
      { account: customerAccount(order.customerId), amount: rub(8_000) },
      { account: "revenue" as const, amount: rub(-8_000) },
    ];
    await bookFacts(inner, order.id, [{ fact: `spent/${order.id}`, entries: spent }]);
  });
  await returning;
  expect(await shop.balance(order)).toBe(0);
});
