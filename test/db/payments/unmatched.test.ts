import { expect, test } from "vitest";
import { inTransaction } from "../../../db/orm.ts";
import { bookFacts } from "../../../db/payments/ledger.ts";
import { UnmatchedPayments } from "../../../db/payments/unmatched.ts";
import { telegramId } from "../../../domain/ids.ts";
import { money } from "../../../domain/money.ts";
import { customerAccount } from "../../../domain/payments/ledger.ts";
import {
  type GatewayEvent,
  gatewayName,
  type GatewayReport,
  type PaymentId,
} from "../../../domain/payments/payment.ts";
import { instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useShop } from "../../drivers/shop.ts";

const db = useDatabase();
const shop = useShop(db);

const gateway = gatewayName("memory");
const rub = (minor: number) => money(minor, "RUB");
const event = (report: GatewayReport): GatewayEvent => {
  return { gateway, report, evidence: JSON.stringify(report), source: "gateway" };
};

test("a return of a given payment waits for concurrent spending from that balance, and takes what is left: never below zero", async () => {
  const unmatched = new UnmatchedPayments(db.writer.em);
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

const nobodys = "0192d3a4-0000-7000-8000-0000000000ab" as PaymentId;

const noticesOf = async (reference: string) => {
  const rows = await db.owner.em
    .fork()
    .execute<{ content: { notice: { kind: string; amount?: { minor: number } } } }[]>(
      "select content from messages where key like ? and key not like '%/given' order by id",
      [`unmatched/memory/${reference}%`],
    );
  return rows.map(({ content: { notice } }) => [notice.kind, notice.amount?.minor]);
};

const rowOf = async (reference: string) => {
  const [row] = await db.owner.em
    .fork()
    .execute<{ state: string; minor: number; returned_minor: number }[]>(
      "select state, minor, returned_minor from unmatched where reference = ?",
      [reference],
    );
  return row && { state: row.state, minor: row.minor, back: row.returned_minor };
};

const isLeft = async (reference: string) => {
  const [row] = await db.owner.em
    .fork()
    .execute<{ minor: string }[]>(
      "select coalesce(-sum(minor), 0) as minor from ledger_entries where account = 'unmatched' and starts_with(fact, ?)",
      [`memory/${reference}/`],
    );
  return Number(row?.minor);
};

test.each([
  ["whole", 10_000, "returned", [["unmatchedReturned", 10_000]]],
  [
    "in part",
    4_000,
    "open",
    [
      ["unmatchedReturned", 4_000],
      ["unmatchedMoney", 6_000],
    ],
  ],
])(
  "an unmatched payment that went back %s before anybody reported it is booked in and out, and the admins are notified",
  async (_, back, state, notices) => {
    const unmatched = new UnmatchedPayments(db.writer.em);
    const reference = `early-${back}`;
    const paid = event({ kind: "paid", reference, paid: rub(10_000), at: instant(new Date()) });
    await unmatched.keepAll(nobodys, [
      event({ kind: "refunded", reference, returned: rub(back) }),
      paid,
    ]);
    await unmatched.keepAll(nobodys, [paid]);
    expect(await rowOf(reference)).toEqual({ state, minor: 10_000, back });
    expect(await isLeft(reference)).toBe(10_000 - back);
    expect(await noticesOf(reference)).toEqual(notices);
  },
);

test("the return of an ignored unmatched payment is booked, and the admins are notified", async () => {
  const unmatched = new UnmatchedPayments(db.writer.em);
  const reference = "ignored-then-back";
  const now = instant(new Date());
  await unmatched.keepAll(nobodys, [event({ kind: "paid", reference, paid: rub(5_000), at: now })]);
  const what = { kind: "ignore", reason: "a mistake" } as const;
  const by = telegramId(1001);
  await unmatched.resolveOnce({ gateway, reference, by, requestId: reference, what }, now);
  await unmatched.keepAll(nobodys, [event({ kind: "refunded", reference, returned: rub(5_000) })]);
  expect(await isLeft(reference)).toBe(0);
  expect(await noticesOf(reference)).toEqual([
    ["unmatchedMoney", 5_000],
    ["unmatchedReturned", 5_000],
  ]);
});

test("a charge that is booked as an order's and as unmatched at once is booked once", async () => {
  const unmatched = new UnmatchedPayments(db.writer.em);
  for (let round = 0; round < 20; round += 1) {
    const order = await shop.order();
    const reference = `both-${order.id}`;
    const paid = { kind: "paid", reference, paid: order.price, at: instant(new Date()) } as const;
    const ended = await Promise.allSettled([
      unmatched.keepAll(nobodys, [event(paid)]),
      shop.decide(order, paid),
    ]);
    expect(ended.map(({ status }) => status)).toContain("fulfilled");
    const [booked] = await db.owner.em.fork().execute<{ count: number }[]>(
      `select (select count(*) from charges where reference = ?)
              + (select count(*) from unmatched where reference = ?) as count`,
      [reference, reference],
    );
    expect(booked?.count).toBe(1);
    // The second one reads what the first has booked, when it is retried.
    await unmatched.keepAll(nobodys, [event(paid)]);
    await shop.decide(order, paid);
    const entries = await db.owner.em
      .fork()
      .execute("select 1 from ledger_entries where fact like ? and account = 'gateway:memory'", [
        `%${reference}%`,
      ]);
    expect(entries).toHaveLength(1);
  }
});
