import {
  type EntityManager,
  LockMode,
  UniqueConstraintViolationException,
} from "@mikro-orm/postgresql";
import { money } from "../domain/money.ts";
import { type Charge, refundOf } from "../domain/settlement.ts";
import type { Refund, RefundRefusal, RefundWish } from "../domain/refund.ts";
import { type Instant } from "../domain/time.ts";
import { AuditEntryRow } from "./audit-entry.ts";
import { CustomerRow } from "./customer.ts";
import { isAdmin } from "./customers.ts";
import { ChargeRow, PaymentRow, RefundRow } from "./payment.ts";
import { orderOf } from "./payments.ts";

export type RefundOpened =
  | { readonly kind: "opened"; readonly refund: Refund }
  | { readonly kind: "notOpened"; readonly why: RefundRefusal };

export class Refunds {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** Writes a refund and its audit row, once per request; one refund of a charge is under way at a time. */
  async openOnce(
    wish: RefundWish,
    { run, now }: { readonly run: string; readonly now: Instant },
  ): Promise<RefundOpened> {
    try {
      return await this.#em.fork().transactional((em) => open(em, wish, { run, now }));
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      return { kind: "notOpened", why: "underWay" };
    }
  }

  async setState(
    requestId: string,
    state: RefundRow["state"],
    { why, now }: { readonly why?: string; readonly now: Instant },
  ): Promise<void> {
    const closedAt = state === "asked" || state === "approved" ? null : new Date(now);
    await this.#em
      .fork()
      .nativeUpdate(RefundRow, { requestId }, { state, why: why ?? null, closedAt });
  }
}

const refused = (why: RefundRefusal): RefundOpened => ({ kind: "notOpened", why });

async function open(
  em: EntityManager,
  wish: RefundWish,
  { run, now }: { readonly run: string; readonly now: Instant },
): Promise<RefundOpened> {
  const { requestId, paymentId, by, reason } = wish;
  if (by !== undefined && !(await isAdmin(em, by))) return refused("notAdmin");
  const payment = await em.findOne(
    PaymentRow,
    { id: paymentId },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  if (payment === null) return refused("noPayment");
  const charge = await chargeOf(em, wish);
  if (!charge?.paidMinor) return refused("noPayment");
  const owner = await em.findOneOrFail(CustomerRow, { id: payment.customerId });
  const known = await em.findOne(RefundRow, { requestId });
  // Asked before, and not by this very run, whose step may have lost its answer.
  if (known !== null && known.run !== run) {
    return refused(known.closedAt ? "nothingLeft" : "underWay");
  }
  const leftMinor = charge.paidMinor - charge.returnedMinor;
  const amount = known ? money(known.minor, known.currency) : wished(wish, charge, leftMinor);
  if (known === null && leftMinor === 0) return refused("nothingLeft");
  if (amount.currency !== charge.currency || amount.minor <= 0) return refused("tooMuch");
  if (known === null && amount.minor > leftMinor) return refused("tooMuch");
  const refund = refundFrom({ payment, owner, charge }, { requestId, amount });
  if (known !== null) return { kind: "opened", refund };
  const { reference } = charge;
  const { minor, currency } = amount;
  const row = { requestId, paymentId, reference, minor, currency, days: refund.days, reason, run };
  await em.insert(RefundRow, { ...row, requestedBy: by ?? null, state: "asked", askedAt: now });
  if (by !== undefined) {
    await em.insert(AuditEntryRow, {
      requestId,
      actor: by,
      act: "refund",
      customerId: payment.customerId,
      before: { state: payment.state, returnedMinor: charge.returnedMinor },
      after: { paymentId, reference, minor, currency, reason },
      at: now,
    });
  }
  return { kind: "opened", refund };
}

const wished = ({ amount }: RefundWish, { currency }: ChargeRow, leftMinor: number) =>
  amount ?? money(leftMinor, currency);

const chargeOf = (em: EntityManager, { paymentId, reference }: RefundWish) =>
  em.findOne(
    ChargeRow,
    reference === undefined ? { paymentId, use: "grant" } : { paymentId, reference },
  );

interface Rows {
  readonly payment: PaymentRow;
  readonly owner: CustomerRow;
  readonly charge: ChargeRow;
}

function refundFrom(
  { payment, owner, charge: row }: Rows,
  { requestId, amount }: Pick<Refund, "requestId" | "amount">,
): Refund {
  const order = orderOf(payment, owner);
  const paid = money(row.paidMinor ?? 0, row.currency);
  const { reference, returnedMinor, use } = row;
  const charge: Charge = { reference, paid, returnedMinor, use };
  return {
    requestId,
    order,
    reference,
    paid,
    alreadyReturned: money(returnedMinor, row.currency),
    amount,
    ...refundOf(order, charge, amount),
  };
}
