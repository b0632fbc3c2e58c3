import { telegramId } from "../../domain/ids.ts";
import { noticeTo } from "../../domain/messaging/message.ts";
import { type Money, money } from "../../domain/money.ts";
import type { GatewayEvent } from "../../domain/payments/payment.ts";
import type {
  Refund,
  RefundCommand,
  RefundFailure,
  RefundOpened,
} from "../../domain/payments/refund.ts";
import { refundFailureMessages } from "../../domain/payments/refund-messages.ts";
import type { Instant } from "../../domain/time.ts";
import { enqueue } from "../messaging/messages.ts";
import { type EntityManager, inTransaction, queriesOf } from "../orm.ts";
import { notifyAdmins } from "../people/admin-notices.ts";
import { findAllowed } from "../people/customers.ts";
import { decideIn, type DecisionPorts } from "./decisions.ts";
import { loadPaymentFacts, lockPayment } from "./payment-facts.ts";
import { PlanVersions } from "./plans.ts";
import { openRefund, type RefundRules } from "./refund-opening.ts";
import { closeRefund, findOpen, findRefund, moveLevel, release } from "./refund-rows.ts";

/** Refunds of payments, from the request to the gateway's answer. */
export class Refunds {
  readonly #em: EntityManager;
  readonly #versions = new PlanVersions();

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Opens a refund, once per request: records it with its audit row, takes the time it covers, and
   * reserves the balance it takes. A charge has one refund under way at a time.
   */
  openOnce(command: RefundCommand, rules: RefundRules): Promise<RefundOpened> {
    return inTransaction(this.#em, async (db) => {
      const opened = await openRefund(db, command, rules);
      const { by, requestId, paymentId } = command;
      if (opened.kind === "notOpened" && by !== undefined) {
        const about = opened.why === "noPayment" ? {} : { paymentId };
        const notice = { kind: "refundNotOpened", why: opened.why, ...about } as const;
        await enqueue(db, [noticeTo(by, `refund/${requestId}/notOpened`, notice)]);
      }
      return opened;
    });
  }

  /** Notifies admins, once, that a refund waits for its gateway. */
  async notifyWaiting({
    requestId,
    order: { id: paymentId, gateway },
    amount,
  }: Refund): Promise<void> {
    const db = queriesOf(this.#em);
    const notice = { kind: "refundWaits", gateway, amount, paymentId } as const;
    await notifyAdmins(db, `refund/${requestId}/waits`, notice);
  }

  /** A refund in any state. */
  find(requestId: string): Promise<Refund | undefined> {
    return findRefund(queriesOf(this.#em), requestId);
  }

  /**
   * What is still to be refunded of the charge: less,
   * if the gateway has reported a return meanwhile.
   * @throws Error when the refund or its charge does not exist.
   */
  async findRemaining({ requestId, order }: Refund): Promise<{
    readonly paid: Money;
    readonly returned: Money;
    readonly left: Money;
  }> {
    const row = await queriesOf(this.#em)
      .selectFrom("refunds as r")
      .innerJoin("charges as c", (join) =>
        join.onRef("c.gateway", "=", "r.gateway").onRef("c.reference", "=", "r.reference"),
      )
      .select(["r.upToMinor", "r.currency", "c.returnedMinor", "c.paidMinor"])
      .where("r.requestId", "=", requestId)
      .executeTakeFirstOrThrow();
    const { currency, returnedMinor, upToMinor, paidMinor } = row;
    return {
      paid: money(paidMinor ?? order.price.minor, currency),
      returned: money(returnedMinor, currency),
      left: money(Math.max(0, upToMinor - returnedMinor), currency),
    };
  }

  /** Records the admins' approval. */
  async approve(requestId: string): Promise<void> {
    await queriesOf(this.#em)
      .updateTable("refunds")
      .set({ state: "approved" })
      .where("requestId", "=", requestId)
      .where("state", "=", "asked")
      .execute();
  }

  /**
   * Books the return like the gateway's own report of it, whichever comes first; closes the refund
   * and notifies the admins.
   */
  complete({ requestId, order }: Refund, now: Instant, ports: DecisionPorts): Promise<void> {
    return inTransaction(this.#em, async (db) => {
      const locked = await lockPayment(db, order.id);
      const row = await findOpen(db, requestId);
      if (locked === undefined || row === undefined) return;
      const { gateway } = order;
      const { reference, upToMinor, currency } = row;
      const report = { kind: "refunded", reference, returned: money(upToMinor, currency) } as const;
      const evidence = "the gateway's answer to our refund";
      const event: GatewayEvent = { gateway, report, evidence, source: "gateway" };
      await decideIn(db, this.#versions, { id: order.id, events: [event], now, ports });
      await closeRefund(db, requestId, { state: "returned", now });
      await release(db, locked, { requestId, currency });
      if (row.requestedBy === null) return;
      const amount = money(row.minor, currency);
      const notice = { kind: "refundReturned", gateway, amount, paymentId: order.id } as const;
      await notifyAdmins(db, `refund/${requestId}/returned`, notice);
    });
  }

  /** Restores the time and the reserve, and notifies those who were notified of the refund. */
  fail({ requestId, order }: Refund, failure: RefundFailure, now: Instant): Promise<void> {
    return inTransaction(this.#em, async (db) => {
      const locked = await lockPayment(db, order.id);
      const row = await findOpen(db, requestId);
      if (locked === undefined || row === undefined) return;
      const before = await loadPaymentFacts(db, locked);
      const state = failure.kind === "refused" ? "refused" : "rejected";
      await closeRefund(db, requestId, { state, why: failure.why, now });
      await release(db, locked, { requestId, currency: row.currency });
      const pending = before.facts.pending.filter((refund) => refund.requestId !== requestId);
      const levels = { from: before.facts, to: { ...before.facts, pending } };
      const time = await moveLevel(db, locked, levels, now);
      const admins = failure.kind === "refused" ? await findAllowed(db, "receiveTrouble") : [];
      const failed = {
        requestId,
        failure,
        amount: money(row.minor, row.currency),
        by: row.requestedBy === null ? undefined : telegramId(row.requestedBy),
        isOnBalance: row.creditMinor > 0,
        timeBack: time !== undefined && time.changedMs > 0 ? time.account.paidUntil : undefined,
      };
      await enqueue(db, refundFailureMessages(locked.order, failed, admins));
    });
  }
}
