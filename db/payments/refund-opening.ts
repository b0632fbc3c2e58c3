import { noticeTo } from "../../domain/messaging/message.ts";
import { type Money, money } from "../../domain/money.ts";
import { type Charge, type PendingRefund, priceShare } from "../../domain/payments/charge.ts";
import { reserved } from "../../domain/payments/ledger.ts";
import type { GatewayName } from "../../domain/payments/payment.ts";
import {
  type ApprovalLimits,
  needsApproval,
  type Refund,
  type RefundCapability,
  type RefundCommand,
  type RefundRefusal,
} from "../../domain/payments/refund.ts";
import { refundApprovalId } from "../../domain/people/approval.ts";
import type { Instant } from "../../domain/time.ts";
import type { TimeBooked } from "../access/time-lots.ts";
import { enqueue } from "../messaging/messages.ts";
import type { Queries } from "../orm.ts";
import { findDecision } from "../people/approvals.ts";
import { isAdmin } from "../people/customers.ts";
import { bookFacts } from "./ledger.ts";
import { type LockedPayment, lockPayment, loadPaymentFacts } from "./payment-facts.ts";
import { findRefund, moveLevel } from "./refund-rows.ts";

export type RefundOpened =
  | {
      readonly kind: "opened";
      readonly refund: Refund;
      /** The admins' answer, if they were asked before. */
      readonly decision?: "approved" | "rejected" | "lapsed";
    }
  | { readonly kind: "notOpened"; readonly why: RefundRefusal };

/** What the owner and the gateways permit. */
export interface RefundRules {
  readonly gateways: (name: GatewayName) => Promise<RefundCapability>;
  readonly limits: ApprovalLimits;
  readonly now: Instant;
}

const refused = (why: RefundRefusal): RefundOpened => ({ kind: "notOpened", why });

/** Opens a refund inside the transaction of `db`: see `Refunds.openOnce`. */
export async function openRefund(
  db: Queries,
  command: RefundCommand,
  rules: RefundRules,
): Promise<RefundOpened> {
  const { requestId, paymentId, by } = command;
  const locked = await lockPayment(db, paymentId);
  if (locked === undefined) return refused("noPayment");
  // An open refund goes on, even if its admin is no longer one.
  const known = await findRefund(db, requestId);
  if (known !== undefined) {
    const isOpen = known.state === "asked" || known.state === "approved";
    if (!isOpen) return refused("nothingLeft");
    const decision = await findDecision(db, refundApprovalId(requestId));
    return { kind: "opened", refund: known, ...(decision && { decision: decision.kind }) };
  }
  if (by !== undefined && !(await isAdmin(db, by))) return refused("notAdmin");
  const { facts } = await loadPaymentFacts(db, locked);
  const charge = chargeFor(facts.charges, command);
  if (charge?.paid === undefined) return refused("noPayment");
  const { reference, paid, returnedMinor } = charge;
  if (facts.pending.some((refund) => refund.reference === reference)) return refused("underWay");
  const leftMinor = paid.minor - returnedMinor;
  const amount = command.amount ?? money(leftMinor, paid.currency);
  const capability = await rules.gateways(locked.order.gateway);
  const why = refusalOf(amount, { paid, leftMinor, capability });
  if (why !== undefined) return refused(why);
  const upToMinor = returnedMinor + amount.minor;
  const priceMinor = priceShare(charge, upToMinor) - priceShare(charge, returnedMinor);
  const creditMinor = amount.minor - priceMinor;
  if (creditMinor > Math.max(0, facts.balances[amount.currency] ?? 0)) return refused("spent");
  const state = needsApproval(by, amount, rules.limits) ? "asked" : "approved";
  const pending: PendingRefund = { requestId, reference, upToMinor, reservedMinor: creditMinor };
  await insertRefund(db, locked, { command, amount, pending, priceMinor, state, now: rules.now });
  const levels = { from: facts, to: { ...facts, pending: [...facts.pending, pending] } };
  const time = await moveLevel(db, locked, levels, rules.now);
  await notifyTimeTaken(db, locked, requestId, time);
  const { reason } = command;
  return {
    kind: "opened",
    refund: { requestId, order: locked.order, reference, amount, reason, by, state },
  };
}

const priceLeft = (charge: Charge): number =>
  charge.priceMinor - priceShare(charge, charge.returnedMinor);

/** The charge to refund: the named one, or the one with most of the price that is not returned. */
function chargeFor(charges: readonly Charge[], { reference }: RefundCommand): Charge | undefined {
  if (reference !== undefined) return charges.find((charge) => charge.reference === reference);
  return charges
    .filter(({ use }) => use === "grant")
    .toSorted((a, b) => priceLeft(b) - priceLeft(a))
    .at(0);
}

function refusalOf(
  amount: Money,
  {
    paid,
    leftMinor,
    capability,
  }: {
    readonly paid: Money;
    readonly leftMinor: number;
    readonly capability: RefundCapability;
  },
): RefundRefusal | undefined {
  if (leftMinor <= 0) return "nothingLeft";
  if (amount.currency !== paid.currency || amount.minor <= 0) return "tooMuch";
  if (amount.minor > leftMinor) return "tooMuch";
  if (capability === "none") return "notPossible";
  return capability === "whole" && amount.minor < paid.minor ? "onlyWhole" : undefined;
}

interface NewRefund {
  readonly command: RefundCommand;
  readonly amount: Money;
  readonly pending: PendingRefund;
  readonly priceMinor: number;
  readonly state: "asked" | "approved";
  readonly now: Instant;
}

async function insertRefund(
  db: Queries,
  { order, state: paymentState }: LockedPayment,
  refund: NewRefund,
) {
  const { command, amount, pending, priceMinor, state, now } = refund;
  const { requestId, reference, upToMinor, reservedMinor } = pending;
  const { minor, currency } = amount;
  const { by, reason } = command;
  const paymentId = order.id as string;
  const of = { requestId, paymentId, gateway: order.gateway as string, reference, currency };
  const amounts = { minor, upToMinor, priceMinor, creditMinor: reservedMinor };
  const asked = { requestedBy: by ?? null, reason, state, askedAt: new Date(now) };
  await db
    .insertInto("refunds")
    .values({ ...of, ...amounts, ...asked })
    .execute();
  const reserve = money(reservedMinor, currency);
  await bookFacts(db, order.id, [reserved(requestId, order.customerId, reserve)]);
  if (by === undefined) return;
  await db
    .insertInto("audit_log")
    .values({
      requestId,
      actor: by as number,
      act: "refund",
      customerId: order.customerId as string,
      before: { state: paymentState, returnedMinor: upToMinor - minor },
      after: { paymentId, reference, minor, currency, reason },
      at: new Date(now),
    })
    .execute();
}

async function notifyTimeTaken(
  db: Queries,
  { order }: LockedPayment,
  requestId: string,
  time: TimeBooked | undefined,
): Promise<void> {
  const until = time?.account.paidUntil;
  if (time === undefined || until === undefined || time.changedMs >= 0) return;
  const notice = { kind: "timeTakenBack", until } as const;
  await enqueue(db, [noticeTo(order.telegramId, `refund/${requestId}/time`, notice)]);
}
