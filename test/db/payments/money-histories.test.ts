import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { loadReserves } from "../../../db/payments/ledger.ts";
import { Refunds } from "../../../db/payments/refunds.ts";
import { AdminActs } from "../../../db/people/admin-acts.ts";
import { PlanQueries } from "../../../db/queries/payments/plans.ts";
import { offerAddOn } from "../../../domain/payments/add-on.ts";
import { AuditQueries } from "../../../db/queries/operations/audit.ts";
import { type SubscriptionId, type TelegramId, telegramId } from "../../../domain/ids.ts";
import { money } from "../../../domain/money.ts";
import {
  balanceGateway,
  type GatewayReport,
  type PaymentOrder,
} from "../../../domain/payments/payment.ts";
import type { AdminAct } from "../../../domain/people/admin-act.ts";
import { instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";
import { subscriptionsOf } from "../../drivers/subscriptions.ts";
import { noDevices, useShop } from "../../drivers/shop.ts";
import { type Act, drawn } from "./money-acts.ts";

const db = useDatabase();
const shop = useShop(db);
let refunds: Refunds;
let acts: AdminActs;
beforeAll(async () => {
  refunds = new Refunds(db.writer.em);
  acts = new AdminActs(db.writer.em);
});

interface Charge {
  readonly order: PaymentOrder;
  readonly reference: string;
  readonly minor: number;
}

/** One customer's history, booked act by act. */
class CustomerHistory {
  readonly person: TelegramId;
  readonly orders: PaymentOrder[] = [];
  readonly charges: Charge[] = [];
  readonly refundIds: string[] = [];
  wasChargedBack = false;

  constructor(person: TelegramId) {
    this.person = person;
  }

  async act(act: Act): Promise<void> {
    const now = instant(new Date());
    switch (act.do) {
      case "order":
        return this.#order(act, {
          plan: act.plan,
          subscription: (await this.#nth(act.of)) ?? "new",
        });
      case "addOn": {
        const of = await this.#nth(act.of);
        if (of === undefined) return;
        const facts = await new PlanQueries(shop.em).findAddOnFacts(of, now);
        const offer = facts && offerAddOn(act.kind, facts, now);
        const minor = offer?.prices.RUB;
        if (offer === undefined || minor === undefined) return;
        return this.#order(act, { addOn: { addOn: offer.addOn, minor }, subscription: of });
      }
      case "topUp": {
        const topUp = shop.order({ person: this.person, topUpMinor: act.minor });
        return topUp.then((order) => void this.orders.push(order)).catch(() => undefined);
      }
      case "pay": {
        const order = this.orders[act.order];
        if (order === undefined || order.gateway === balanceGateway) return;
        const minor = Math.max(1, Math.round((order.price.minor * act.percent) / 100));
        const reference = randomUUID();
        this.charges.push({ order, reference, minor });
        const report = { kind: "paid", reference, paid: money(minor, "RUB"), at: now } as const;
        await this.#decide(order, act.repeat ? [report, report] : report);
        return;
      }
      case "goBack": {
        const charge = this.charges[act.charge];
        if (charge === undefined) return;
        const returned = money(
          Math.max(1, Math.min(charge.minor, Math.round((charge.minor * act.percent) / 100))),
          "RUB",
        );
        if (act.forced) this.wasChargedBack = true;
        const { reference } = charge;
        await this.#decide(charge.order, {
          kind: act.forced ? "chargedBack" : "refunded",
          reference,
          returned,
        });
        return;
      }
      case "openRefund":
        return this.#openRefund(act);
      case "endRefund":
        return this.#endRefund(act);
      case "admin": {
        const of = { customer: this.person };
        const subscription = await this.#nth(act.of);
        const one = subscription === undefined ? of : { ...of, subscription };
        const what: AdminAct =
          act.act === "extend" ? { ...one, kind: "extend", days: 5 } : { ...one, kind: act.act };
        await acts.actOnce({ requestId: randomUUID(), by: telegramId(1001), act: what }, now, {
          addFirstDevice: async () => undefined,
          policy: { autoApprove: false, reapplyAfterMs: 0 },
        });
      }
    }
  }

  /** One of the customer's subscriptions; undefined: they do not have so many. */
  async #nth(place: number): Promise<SubscriptionId | undefined> {
    return (await subscriptionsOf(shop.em, this.person))[place];
  }

  async #order(
    { fromBalance }: Extract<Act, { do: "order" | "addOn" }>,
    item: Parameters<typeof shop.order>[0],
  ): Promise<void> {
    const gateway = fromBalance ? balanceGateway : "memory";
    const order = await shop
      .order({ person: this.person, ...item, gateway })
      .catch(() => undefined);
    if (order === undefined) return;
    this.orders.push(order);
    if (!fromBalance) return;
    const at = instant(new Date());
    await this.#decide(order, { kind: "paid", reference: order.id, paid: order.price, at });
  }

  async #openRefund({
    charge: which,
    percent: part,
  }: Extract<Act, { do: "openRefund" }>): Promise<void> {
    const charge = this.charges[which];
    if (charge === undefined) return;
    const amount = money(Math.max(1, Math.round((charge.minor * part) / 100)), "RUB");
    const requestId = randomUUID();
    const opened = await refunds.openOnce(
      {
        requestId,
        paymentId: charge.order.id,
        reference: charge.reference,
        amount,
        reason: "r",
        by: telegramId(1001),
      },
      { gateways: async () => "partial", limits: {}, now: instant(new Date()) },
    );
    if (opened.kind === "opened") this.refundIds.push(requestId);
  }

  async #endRefund({ refund: which, how }: Extract<Act, { do: "endRefund" }>): Promise<void> {
    const refund = await refunds.find(this.refundIds[which] ?? "");
    if (refund === undefined) return;
    const now = instant(new Date());
    if (how === "returned") return refunds.complete(refund, now, noDevices);
    return refunds.fail(refund, { kind: how, why: how }, now);
  }

  async #decide(
    order: PaymentOrder,
    report: GatewayReport | readonly GatewayReport[],
  ): Promise<void> {
    const decided = await shop.decide(order, report, { canRefund: this.orders.length % 2 === 0 });
    this.refundIds.push(...decided.refunds);
  }
}

interface Sum {
  readonly sum: string | null;
}

/** Our losses: returns that we made ourselves of spent balance. */
async function sumLosses(history: CustomerHistory): Promise<number> {
  const rows = await db.owner.em.fork().execute<Sum[]>(
    `select sum((f->'ofShop'->>'minor')::bigint) as sum
       from decisions d join payments p on p.id = d.payment_id join customers c on c.id = p.customer_id,
            jsonb_array_elements(d.effects) f
      where c.telegram_id = ? and f->>'kind' = 'returned'`,
    [history.person],
  );
  return Number(rows[0]?.sum ?? 0);
}

/** What was returned of a charge before it became a part of a price was never price. */
async function moneyOf(history: CustomerHistory) {
  const rows = await db.owner.em.fork().execute<{ outside: string | null; kept: string | null }[]>(
    `select sum(case when h.gateway = 'balance' then 0 else h.paid_minor - h.returned_minor end) as outside,
            sum(h.price_minor - coalesce(round(greatest(h.returned_minor - h.returned_before_minor, 0)::numeric
                * h.price_minor / nullif(h.paid_minor - h.returned_before_minor, 0)), 0)) as kept
       from charges h join payments p on p.id = h.payment_id join customers c on c.id = p.customer_id
      where c.telegram_id = ?`,
    [history.person],
  );
  const balance = history.orders[0] === undefined ? 0 : await shop.balance(history.orders[0]);
  const reserves = await Promise.all(history.orders.map(({ id }) => loadReserves(shop.db, id)));
  const reserved = reserves
    .flatMap((of) => [...of.values()])
    .reduce((sum, minor) => sum + minor, 0);
  return {
    outside: Number(rows[0]?.outside ?? 0),
    kept: Number(rows[0]?.kept ?? 0),
    balance,
    reserved,
  };
}

/** A coin of the first part is returned before the others complete the price. */
const pays = (part: number, order = 0) =>
  ({ do: "pay", order, percent: part, repeat: false }) as const;
const returnedBeforeItWasPrice: Act[] = [
  { do: "order", plan: "month", of: 0, fromBalance: false },
  pays(1),
  { do: "goBack", charge: 0, percent: 1, forced: false },
  pays(99),
  pays(1),
];

/** Half of what was added is refunded, then the rest, which the gateway refuses. */
const addedAndReturned = (kind: "traffic" | "device"): Act[] => [
  { do: "order", plan: "small", of: 0, fromBalance: false },
  pays(100),
  { do: "addOn", kind, of: 0, fromBalance: false },
  pays(100, 1),
  { do: "openRefund", charge: 1, percent: 50 },
  { do: "endRefund", refund: 0, how: "returned" },
  { do: "openRefund", charge: 1, percent: 50 },
  { do: "endRefund", refund: 1, how: "refused" },
  { do: "openRefund", charge: 1, percent: 33 },
];

test("whatever happens to a customer's money, in whatever order: no coin is lost, made or spent twice", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(drawn, { minLength: 4, maxLength: 18 }), async (acts) => {
      const history = new CustomerHistory(await shop.person());
      for (const act of acts) {
        await history.act(act);
        const { balance } = await moneyOf(history);
        expect(history.wasChargedBack || balance >= 0).toBe(true);
      }
      const { outside, kept, balance, reserved } = await moneyOf(history);
      expect(outside + (await sumLosses(history))).toBe(kept + balance + reserved);
      expect(await new AuditQueries(db.owner.em).findDisagreements()).toEqual([]);
    }),
    {
      numRuns: 60,
      examples: [
        [returnedBeforeItWasPrice],
        [addedAndReturned("traffic")],
        [addedAndReturned("device")],
      ],
    },
  );
}, 180_000);
