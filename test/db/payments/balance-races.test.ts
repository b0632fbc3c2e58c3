import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { Refunds } from "../../../db/payments/refunds.ts";
import { AuditQueries } from "../../../db/queries/operations/audit.ts";
import { telegramId } from "../../../domain/ids.ts";
import {
  balanceGateway,
  type GatewayReport,
  type PaymentOrder,
} from "../../../domain/payments/payment.ts";
import { instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";
import { useShop } from "../../drivers/shop.ts";

const db = useDatabase();
const shop = useShop(db);

const now = () => instant(new Date());
const paid = (reference: string, { price }: PaymentOrder): GatewayReport => {
  return { kind: "paid", reference, paid: price, at: now() };
};

interface PaidTwice {
  readonly order: PaymentOrder;
  /** The charge whose money is on the balance. */
  readonly credited: string;
}

/** A customer who paid twice without automatic refunds: the second price is their balance. */
async function payTwice(): Promise<PaidTwice> {
  const order = await shop.order();
  const first = `a-${order.id}`;
  const credited = `b-${order.id}`;
  await shop.decide(order, [paid(first, order), paid(credited, order)]);
  return { order, credited };
}

const purchase = ({ order: { telegramId: person } }: PaidTwice): Promise<PaymentOrder> =>
  shop.order({ person, gateway: balanceGateway });

async function tryRefund({ order, credited: reference }: PaidTwice): Promise<boolean> {
  const who = { requestId: randomUUID(), paymentId: order.id, by: telegramId(1001) };
  const rules = { gateways: async () => "partial" as const, limits: {}, now: now() };
  const command = { ...who, reference, reason: "r" };
  const opened = await new Refunds(db.writer.em).openOnce(command, rules);
  return opened.kind === "opened";
}

async function tryPurchase(order: PaymentOrder): Promise<boolean> {
  const { effects } = await shop.decide(order, paid(order.id, order));
  return effects.some(({ kind }) => kind === "granted");
}

const rounds = 30;
const atOnce = 8;

test("balance is refunded or buys a plan, never both, when both are tried at the same moment", async () => {
  for (let round = 0; round < rounds; round += 1) {
    const people = await Promise.all(Array.from({ length: atOnce }, payTwice));
    const orders = await Promise.all(people.map(purchase));
    const ways = await Promise.all(
      people.map((one, at) => Promise.all([tryRefund(one), tryPurchase(orders[at]!)])),
    );
    expect(ways.filter(([goesBack, isSpent]) => goesBack === isSpent)).toEqual([]);
    expect(await Promise.all(people.map(({ order }) => shop.balance(order)))).toEqual(
      people.map(() => 0),
    );
  }
  expect(await new AuditQueries(db.owner.em).findDisagreements()).toEqual([]);
});
