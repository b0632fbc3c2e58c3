import { createHash } from "node:crypto";
import { type EntityManager, LockMode } from "@mikro-orm/postgresql";
import { v7 } from "uuid";
import { entriesOf, ungrantedEntries } from "../domain/ledger.ts";
import { type Money, money } from "../domain/money.ts";
import {
  balanceGateway,
  type GatewayReport,
  grantCause,
  type PaymentId,
  type PaymentOrder,
  type Told,
} from "../domain/payment.ts";
import {
  type Charge,
  type Consequence,
  consequencesOf,
  type KnownOfPayment,
} from "../domain/settlement.ts";
import type { Instant } from "../domain/time.ts";
import { insertOnce } from "./insert-once.ts";
import { balanceIn, bookOnce } from "./ledger.ts";
import { ChargeRow, GatewayEventRow, PaymentRow, SettlementRow } from "./payment.ts";
import { GrantRow } from "./subscription.ts";

/** What gateways say, kept word for word, and what it does to the books. */
export class Settlement {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** Keeps what was said before anybody decides over it; what comes again word for word is kept once. */
  async keepOnce(id: PaymentId, told: Told): Promise<void> {
    const { gateway, report, evidence: body, headers = {}, by: toldBy } = told;
    const said = JSON.stringify([id, gateway, report, headers, body]);
    const digest = createHash("sha256").update(said).digest("hex");
    const row = { id: v7(), digest, paymentId: id, gateway, toldBy, report, headers, body };
    await insertOnce(this.#em.fork(), GatewayEventRow, { rows: [row], key: ["digest"] });
  }

  /**
   * Decides over a report and books what follows, in one transaction and once per key. Of two reports that
   * come at the same time one waits for the other.
   */
  async settleOnce(
    order: PaymentOrder,
    { key, report }: { readonly key: string; readonly report: GatewayReport },
    now: Instant,
  ): Promise<readonly Consequence[]> {
    return this.#em.fork().transactional(async (em) => {
      const payment = await lock(em, order.id);
      const settled = await em.findOne(SettlementRow, { key });
      if (settled !== null) return settled.consequences as Consequence[];
      const { isShort, ...known } = await knownOf(em, order);
      const decided: readonly Consequence[] = isShort
        ? [{ kind: "end", reason: "the balance is too small" }]
        : consequencesOf(order, known, report);
      const consequences = await ungranted(em, order, { report, decided });
      for (const consequence of consequences) {
        await book(em, { order, report, consequence });
        payment.state = stateAfter(payment.state, consequence);
      }
      if (payment.state !== "open") payment.closedAt ??= new Date(now);
      await em.insert(SettlementRow, { key, paymentId: order.id, consequences: [...consequences] });
      return consequences;
    });
  }

  /** The money of a grant that nobody could be given: it becomes the customer's balance, once. */
  async creditInsteadOnce(order: PaymentOrder): Promise<void> {
    await this.#em.fork().transactional(async (em) => {
      await lock(em, order.id);
      const cause = grantCause(order.id);
      if ((await em.count(GrantRow, { cause })) > 0) return;
      const fact = `${cause}/credited`;
      await bookOnce(em, { fact, paymentId: order.id }, ungrantedEntries(order));
    });
  }
}

const lock = (em: EntityManager, id: PaymentId) =>
  em.findOneOrFail(PaymentRow, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });

/** `isShort`: it is to be paid from a balance that does not hold the price (any more). */
async function knownOf(
  em: EntityManager,
  order: PaymentOrder,
): Promise<KnownOfPayment & { readonly isShort: boolean }> {
  const mayGrant = await holdCustomer(em, order);
  const rows = await em.find(ChargeRow, { paymentId: order.id });
  const charges = rows.map(asCharge);
  const { currency } = order.price;
  const own = charges
    .filter(({ use, paid }) => use === "credit" && paid?.currency === currency)
    .reduce((sum, { paid, returnedMinor }) => sum + (paid?.minor ?? 0) - returnedMinor, 0);
  const isBalance = order.gateway === balanceGateway;
  const balanceMinor =
    isBalance || own > 0 ? (await balanceIn(em, order.customerId, currency)).minor : 0;
  return {
    charges,
    creditMinor: isBalance ? 0 : Math.max(0, Math.min(own, balanceMinor)),
    mayGrant,
    isShort: isBalance && charges.length === 0 && balanceMinor < order.price.minor,
  };
}

/**
 * Whether the customer may be given time. Their row stays locked: it is what two payments of one balance wait
 * for.
 */
async function holdCustomer(em: EntityManager, order: PaymentOrder): Promise<boolean> {
  const [row]: { may_grant: boolean }[] = await em.execute(
    `select c.status <> 'blocked' and s.state <> 'revoked' as may_grant
       from customers c join subscriptions s on s.customer_id = c.id
      where c.id = ? and s.id = ? for update of c`,
    [order.customerId, order.subscriptionId],
  );
  if (row === undefined) throw new Error(`the customer of payment ${order.id} is not in the books`);
  return row.may_grant;
}

export const asCharge = (row: ChargeRow): Charge => ({
  reference: row.reference,
  paid: row.paidMinor === null || row.paidMinor === undefined ? undefined : paidOf(row),
  returnedMinor: row.returnedMinor,
  use: row.use,
});

const paidOf = ({ paidMinor, currency }: ChargeRow): Money => money(paidMinor ?? 0, currency);

/**
 * A payment that is booked as granted and has no grant was interrupted between the two: whoever hears of it
 * again gives the time. The grant's cause counts it once.
 */
async function ungranted(
  em: EntityManager,
  order: PaymentOrder,
  { report, decided }: { report: GatewayReport; decided: readonly Consequence[] },
): Promise<readonly Consequence[]> {
  const [first] = decided;
  if (report.kind !== "paid" || first?.kind !== "duplicate") return decided;
  const charge = await em.findOne(ChargeRow, {
    paymentId: order.id,
    reference: report.reference,
    use: "grant",
  });
  if (charge === null || charge.returnedMinor > 0) return decided;
  if ((await em.count(GrantRow, { cause: grantCause(order.id) })) > 0) return decided;
  if (await wasCredited(em, order.id)) return decided;
  const none = money(0, order.price.currency);
  return [{ kind: "grant", paid: paidOf(charge), late: false, fromCredit: none, surplus: none }];
}

async function wasCredited(em: EntityManager, id: PaymentId): Promise<boolean> {
  const rows: unknown[] = await em.execute("select 1 from ledger_entries where fact = ? limit 1", [
    `${grantCause(id)}/credited`,
  ]);
  return rows.length > 0;
}

interface Booking {
  readonly order: PaymentOrder;
  readonly report: GatewayReport;
  readonly consequence: Consequence;
}

async function book(em: EntityManager, { order, report, consequence }: Booking): Promise<void> {
  if (!("reference" in report)) return;
  const { gateway } = order;
  const { reference } = report;
  const name = `${gateway}/${reference}`;
  const paymentId = order.id;
  switch (consequence.kind) {
    case "grant":
    case "credit": {
      const { paid, kind: use } = consequence;
      const fee = report.kind === "paid" ? report.fee : undefined;
      await chargeOnce(em, { order, report, use, paid });
      const entries = entriesOf(order, consequence, fee);
      return bookOnce(em, { fact: `${name}/paid`, paymentId }, entries);
    }
    case "takeBack": {
      const charge = await em.findOneOrFail(ChargeRow, { gateway, reference });
      const returnedMinor = charge.returnedMinor + consequence.returned.minor;
      await em.nativeUpdate(ChargeRow, { gateway, reference }, { returnedMinor });
      const fact = `${name}/returned/${returnedMinor}`;
      return bookOnce(em, { fact, paymentId }, entriesOf(order, consequence));
    }
    case "remember": {
      const { minor: returnedMinor, currency } = consequence.returned;
      const row = { gateway, reference, paymentId, currency, returnedMinor, use: "none" } as const;
      await em.upsert(ChargeRow, row, { onConflictFields: ["gateway", "reference"] });
      return;
    }
    case "listenOn":
    case "end":
    case "puzzle":
    case "duplicate":
  }
}

interface NewCharge {
  readonly order: PaymentOrder;
  readonly report: GatewayReport;
  readonly use: "grant" | "credit";
  readonly paid: Money;
}

/** What was remembered of its return is counted anew by the `takeBack` that follows. */
async function chargeOnce(em: EntityManager, { order, report, use, paid }: NewCharge) {
  if (report.kind !== "paid") return;
  const row = {
    gateway: order.gateway as string,
    reference: report.reference,
    paymentId: order.id as string,
    paidMinor: paid.minor,
    currency: paid.currency,
    returnedMinor: 0,
    use,
    paidAt: new Date(report.at),
    feeMinor: report.fee?.minor ?? null,
  };
  await em.upsert(ChargeRow, row, { onConflictFields: ["gateway", "reference"] });
}

function stateAfter(state: PaymentRow["state"], consequence: Consequence): PaymentRow["state"] {
  switch (consequence.kind) {
    case "grant":
      return "settled";
    case "takeBack":
      return consequence.whole && state === "settled" ? "refunded" : state;
    case "end":
      return state === "open" ? "declined" : state;
    case "credit":
    case "remember":
    case "listenOn":
    case "puzzle":
    case "duplicate":
      return state;
  }
}
