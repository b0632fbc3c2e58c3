import { randomUUID } from "node:crypto";
import { Customers } from "../../db/customers.ts";
import { Gateways } from "../../db/gateways.ts";
import { type EntityManager, inTransaction } from "../../db/orm.ts";
import { Payments } from "../../db/payments.ts";
import { Plans } from "../../db/plans.ts";
import { PlanQueries } from "../../db/queries/plans.ts";
import { openSubscription } from "../../db/subscriptions.ts";
import { telegramId } from "../../domain/ids.ts";
import type { Currency } from "../../domain/money.ts";
import type { GatewayName, PaymentId, PaymentOrder } from "../../domain/payment.ts";
import type { PlanCode } from "../../domain/plan.ts";
import { instant } from "../../domain/time.ts";

export const planFor = (code: string, prices: Partial<Record<Currency, number>>, days = 30) => ({
  code: code as PlanCode,
  names: { en: code, ru: `${code} (рус.)` },
  descriptions: { en: `The plan ${code}`, ru: `Тариф ${code}` },
  days,
  deviceLimit: 3,
  prices,
  order: 0,
  hidden: false,
  trial: false,
});

const facts = { refunds: "partial", delivery: "pushes", invoiceTtlMs: 3_600_000 } as const;

/** What a shop needs before anybody can buy: two plans and a gateway that takes all currencies. */
export async function openShop(em: EntityManager): Promise<void> {
  await new Plans(em).importAll([
    planFor("month", { RUB: 30_000, XTR: 250 }),
    planFor("family", { RUB: 60_000, XTR: 500 }),
  ]);
  const currencies = ["RUB", "XTR", "USDT"] as const;
  await new Gateways(em).publish([{ name: "memory", currencies, ...facts }]);
}

let people = 9_000;

/** An order of a customer of its own, open. */
export async function openedOrder(
  em: EntityManager,
  given: { readonly plan?: string; readonly gateway?: string; readonly person?: number } = {},
): Promise<PaymentOrder> {
  const id = telegramId(given.person ?? (people += 1));
  const now = instant(new Date());
  const arrival = { admin: false, referrer: undefined, now };
  await new Customers(em).register({ telegramId: id, firstName: "P" }, arrival);
  await inTransaction(em, (db) => openSubscription(db, id));
  const plan = (given.plan ?? "month") as PlanCode;
  const offered = await new PlanQueries(em).offered();
  const purchase = {
    telegramId: id,
    plan,
    planVersion: offered.find(({ code }) => code === plan)?.version ?? 1,
    gateway: (given.gateway ?? "memory") as GatewayName,
    currency: "RUB",
  } as const;
  const opened = await new Payments(em).openOnce(randomUUID() as PaymentId, purchase, now);
  if (opened.kind !== "opened") throw new Error(`not opened: ${opened.why}`);
  return opened.known.order;
}
