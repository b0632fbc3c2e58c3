import { money } from "../../domain/money.ts";
import { reserveFact } from "../../domain/payments/ledger.ts";
import {
  type AddOn,
  addOnOf,
  type GatewayName,
  type PaymentOrder,
} from "../../domain/payments/payment.ts";
import { refundNotice } from "../../domain/payments/refund-messages.ts";
import { planRefund, type RefundPlan } from "../../domain/payments/refund-plan.ts";
import type {
  ApprovalLimits,
  RefundCapability,
  RefundCommand,
  RefundOpened,
  RefundRefusal,
} from "../../domain/payments/refund.ts";
import { refundApprovalId } from "../../domain/people/approval.ts";
import type { Instant } from "../../domain/time.ts";
import type { TimeBooked } from "../access/time-lots.ts";
import { enqueue } from "../messaging/messages.ts";
import type { Queries } from "../orm.ts";
import { writeTogether } from "../together.ts";
import { findDecision } from "../people/approvals.ts";
import { isAllowed } from "../people/customers.ts";
import { bookFacts } from "./ledger.ts";
import { loadPaymentFacts, type LockedPayment, lockPayment } from "./payment-facts.ts";
import { findRefund, moveLevel, refundWrites } from "./refund-rows.ts";
import { isOfStars, stopStars } from "./star-subscriptions.ts";

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
  if (by !== undefined && !(await isAllowed(db, by, "refund"))) return refused("notAdmin");
  const { facts } = await loadPaymentFacts(db, locked);
  const capability = await rules.gateways(locked.order.gateway);
  const { transaction } = command;
  const isTopUp = locked.order.extra?.kind === "topUp";
  if (transaction !== undefined && (await isSentAlready(db, locked.order.gateway, transaction)))
    return refused("sameTransaction");
  const plan = planRefund(command, { ...facts, isTopUp }, { capability, limits: rules.limits });
  if (plan.kind === "refused") return refused(plan.why);
  const { amount, pending, state } = plan;
  await insertRefund(db, locked, { command, plan, now: rules.now });
  if (by !== undefined && isOfStars(locked.order)) {
    await stopStars(db, locked.order.subscriptionId);
  }
  const levels = { from: facts, to: { ...facts, pending: [...facts.pending, pending] } };
  const time = await moveLevel(db, locked, levels, rules.now);
  await notifyTimeTaken(db, locked, { requestId, plan }, time);
  const { reference } = pending;
  const { reason } = command;
  return {
    kind: "opened",
    refund: {
      requestId,
      order: locked.order,
      reference,
      amount,
      reason,
      by,
      state,
      ...(transaction === undefined ? {} : { transaction }),
    },
  };
}

async function isSentAlready(
  db: Queries,
  gateway: GatewayName,
  transaction: string,
): Promise<boolean> {
  const row = await db
    .selectFrom("refunds")
    .select("requestId")
    .where("gateway", "=", gateway as string)
    .where("transaction", "=", transaction)
    .where("state", "<>", "rejected")
    .executeTakeFirst();
  return row !== undefined;
}

interface NewRefund {
  readonly command: RefundCommand;
  readonly plan: RefundPlan;
  readonly now: Instant;
}

async function insertRefund(
  db: Queries,
  { order, state: paymentState }: LockedPayment,
  refund: NewRefund,
) {
  const { command, plan, now } = refund;
  const { amount, pending, priceMinor, state } = plan;
  const { requestId, reference, upToMinor, reservedMinor } = pending;
  const { minor, currency } = amount;
  const { by, reason, transaction = null } = command;
  const paymentId = order.id as string;
  const of = { requestId, paymentId, gateway: order.gateway as string, reference, currency };
  const amounts = { minor, upToMinor, priceMinor, creditMinor: reservedMinor };
  const asked = { requestedBy: by ?? null, reason, transaction, state, askedAt: new Date(now) };
  await writeTogether(db, refundWrites([{ ...of, ...amounts, ...asked }]));
  const reserve = money(reservedMinor, currency);
  await bookFacts(db, order.id, [reserveFact(requestId, order.customerId, reserve)]);
  if (by === undefined) return;
  await db
    .insertInto("audit_log")
    .values({
      requestId,
      actor: by as number,
      act: "refund",
      customerId: order.customerId as string,
      before: { state: paymentState, returnedMinor: upToMinor - minor },
      after: { paymentId, reference, minor, currency, reason, transaction },
      at: new Date(now),
    })
    .execute();
}

async function notifyTimeTaken(
  db: Queries,
  { order }: LockedPayment,
  { requestId, plan }: { readonly requestId: string; readonly plan: RefundPlan },
  time: TimeBooked | undefined,
): Promise<void> {
  const taken = takenBy(order, { plan, time });
  if (taken === undefined) return;
  const { amount, pending } = plan;
  const notice = { kind: "refundBegan", amount, ...taken } as const;
  const charge = { reference: pending.reference, total: pending.upToMinor };
  await enqueue(db, [refundNotice(order, charge, notice, `refund/${requestId}/time`)]);
}

/** What a refund takes from its customer; undefined: nothing that they have now. */
function takenBy(
  order: PaymentOrder,
  { plan, time }: { readonly plan: RefundPlan; readonly time: TimeBooked | undefined },
): { readonly until: Instant } | { readonly addOn: AddOn["kind"] } | undefined {
  const addOn = addOnOf(order);
  if (addOn !== undefined && plan.priceMinor > 0) return { addOn: addOn.kind };
  const until = time?.account.paidUntil;
  return time === undefined || until === undefined || time.changedMs >= 0 ? undefined : { until };
}
