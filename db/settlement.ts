import { createHash } from "node:crypto";
import type { EntityManager } from "@mikro-orm/postgresql";
import { v7 } from "uuid";
import { entriesOf, ungrantedEntries } from "../domain/ledger.ts";
import { type Money, money } from "../domain/money.ts";
import {
  balanceGateway,
  type GatewayReport,
  grantCause,
  type PaymentId,
  type PaymentOrder,
  type PaymentState,
  type Told,
} from "../domain/payment.ts";
import {
  type Charge,
  type Consequence,
  consequencesOf,
  type KnownOfPayment,
} from "../domain/settlement.ts";
import type { Instant } from "../domain/time.ts";
import { balanceIn, bookOnce } from "./ledger.ts";
import { ChargeRow } from "./payment.ts";
import { sql } from "./prepared.ts";
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
    await sql`
      insert into gateway_events (id, digest, payment_id, gateway, told_by, report, headers, body)
      values (${v7()}, ${digest}, ${id}, ${gateway}, ${toldBy}, ${JSON.stringify(report)},
              ${JSON.stringify(headers)}, ${body})
      on conflict (digest) do nothing
    `.execute(this.#em.getKysely());
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
    return this.#em.transactional(async (em) => {
      const held = await hold(em, order.id);
      const { settled, charges } = await saidBefore(em, key, order.id);
      if (settled !== null) return settled;
      const { isShort, ...funds } = await fundsOf(em, order, charges);
      const decided: readonly Consequence[] = isShort
        ? [{ kind: "end", reason: "the balance is too small" }]
        : consequencesOf(order, { charges, ...held, ...funds }, report);
      const consequences = await ungranted(em, order, { charges, report, decided });
      let { state } = held;
      for (const consequence of consequences) {
        await book(em, { order, report, consequence });
        state = stateAfter(state, consequence);
      }
      await sql`
        with moved as (update payments set state = ${state}, closed_at = coalesce(closed_at, ${now})
                        where id = ${order.id} and state <> ${state})
        insert into settlements (key, payment_id, consequences)
        values (${key}, ${order.id}, ${JSON.stringify(consequences)})
      `.execute(em.getKysely());
      return consequences;
    });
  }

  /** The money of a grant that nobody could be given: it becomes the customer's balance, once. */
  async creditInsteadOnce(order: PaymentOrder): Promise<void> {
    await this.#em.transactional(async (em) => {
      await hold(em, order.id);
      const cause = grantCause(order.id);
      if ((await em.count(GrantRow, { cause })) > 0) return;
      const fact = `${cause}/credited`;
      await bookOnce(em, { fact, paymentId: order.id }, ungrantedEntries(order));
    });
  }
}

interface Held {
  readonly state: PaymentState;
  /** Whether the customer may be given time. */
  readonly mayGrant: boolean;
  readonly invoiceReference: string | undefined;
}

/**
 * Locks the payment, then its customer: reports to one payment wait for the one, two payments of one balance
 * for the other. What else is known is read after it, by another statement, so that it is as new as the lock.
 */
async function hold(em: EntityManager, id: PaymentId): Promise<Held> {
  const { rows } = await sql<Held>`
    select p.state, c.status <> 'blocked' and s.state <> 'revoked' as "mayGrant",
           p.invoice_reference as "invoiceReference"
      from payments p
      join customers c on c.id = p.customer_id join subscriptions s on s.id = p.subscription_id
     where p.id = ${id} for update of p, c
  `.execute(em.getKysely());
  const [held] = rows;
  if (held === undefined) throw new Error(`payment ${id} is not in the books`);
  return held;
}

interface SaidBefore {
  /** Null: nothing was decided under this key. */
  readonly settled: readonly Consequence[] | null;
  readonly charges: readonly Charge[];
}

async function saidBefore(em: EntityManager, key: string, id: PaymentId): Promise<SaidBefore> {
  type Row = Pick<SaidBefore, "settled"> & {
    readonly [Column in keyof Moved]: Moved[Column] | null;
  };
  const { rows } = await sql<Row>`
    select s.consequences as settled, c.reference, c.paid_minor::float8 as "paidMinor", c.currency,
           c.returned_minor::float8 as "returnedMinor", c.use
      from (select) as one
      left join settlements s on s.key = ${key} left join charges c on c.payment_id = ${id}
  `.execute(em.getKysely());
  const charges = rows.filter((row): row is Row & Moved => row.reference !== null).map(asCharge);
  return { settled: rows[0]?.settled ?? null, charges };
}

/** `isShort`: it is to be paid from a balance that does not hold the price (any more). */
async function fundsOf(
  em: EntityManager,
  order: PaymentOrder,
  charges: readonly Charge[],
): Promise<Pick<KnownOfPayment, "creditMinor"> & { readonly isShort: boolean }> {
  const { currency } = order.price;
  const own = charges
    .filter(({ use, paid }) => use === "credit" && paid?.currency === currency)
    .reduce((sum, { paid, returnedMinor }) => sum + (paid?.minor ?? 0) - returnedMinor, 0);
  const isBalance = order.gateway === balanceGateway;
  const balanceMinor =
    isBalance || own > 0 ? (await balanceIn(em, order.customerId, currency)).minor : 0;
  return {
    creditMinor: isBalance ? 0 : Math.max(0, Math.min(own, balanceMinor)),
    isShort: isBalance && charges.length === 0 && balanceMinor < order.price.minor,
  };
}

type Moved = Pick<ChargeRow, "reference" | "paidMinor" | "currency" | "returnedMinor" | "use">;

export const asCharge = (row: Moved): Charge => ({
  reference: row.reference,
  paid: row.paidMinor === null || row.paidMinor === undefined ? undefined : paidOf(row),
  returnedMinor: row.returnedMinor,
  use: row.use,
});

const paidOf = ({ paidMinor, currency }: Moved): Money => money(paidMinor ?? 0, currency);

interface Decided {
  readonly charges: readonly Charge[];
  readonly report: GatewayReport;
  readonly decided: readonly Consequence[];
}

/**
 * A payment that is booked as granted and has no grant was interrupted between the two: whoever hears of it
 * again gives the time. The grant's cause counts it once.
 */
async function ungranted(
  em: EntityManager,
  order: PaymentOrder,
  { charges, report, decided }: Decided,
): Promise<readonly Consequence[]> {
  const [first] = decided;
  if (report.kind !== "paid" || first?.kind !== "duplicate") return decided;
  const { reference } = report;
  const charge = charges.find((one) => one.reference === reference && one.use === "grant");
  if (charge?.paid === undefined || charge.returnedMinor > 0) return decided;
  if ((await em.count(GrantRow, { cause: grantCause(order.id) })) > 0) return decided;
  if (await wasCredited(em, order.id)) return decided;
  const none = money(0, order.price.currency);
  return [{ kind: "grant", paid: charge.paid, late: false, fromCredit: none, surplus: none }];
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
  const { gateway, id } = order;
  const { reference, at, fee } = report;
  await sql`
    insert into charges (gateway, reference, payment_id, paid_minor, currency, returned_minor, use,
                         paid_at, fee_minor)
    values (${gateway}, ${reference}, ${id}, ${paid.minor}, ${paid.currency}, 0, ${use}, ${at},
            ${fee?.minor ?? null})
    on conflict (gateway, reference) do update
      set payment_id = excluded.payment_id, paid_minor = excluded.paid_minor,
          currency = excluded.currency, returned_minor = 0, use = excluded.use,
          paid_at = excluded.paid_at, fee_minor = excluded.fee_minor
  `.execute(em.getKysely());
}

function stateAfter(state: PaymentState, consequence: Consequence): PaymentState {
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
