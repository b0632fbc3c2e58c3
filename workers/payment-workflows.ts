import type { PaymentWorkflows } from "../activities/operations/reconciliation/ports.ts";
import type { DurableClient } from "../client/durable.ts";
import { reportEvents, resumePayment, resumeRefund, resumeUnmatched } from "../client/payments.ts";
import { isNeverTaken, reasonOf } from "../client/refusals.ts";
import { type EntityManager, queriesOf } from "../db/orm.ts";
import { Refunds } from "../db/payments/refunds.ts";
import { findReturn } from "../db/payments/unmatched-returns.ts";
import type { GatewayEvent, PaymentId } from "../domain/payments/payment.ts";
import { Refused } from "../gateways/refused.ts";

/** A gateway's reconciler reaches the payment workflows through this. */
export class TemporalPaymentWorkflows implements PaymentWorkflows {
  readonly #client: DurableClient;
  readonly #em: EntityManager;

  constructor(client: DurableClient, em: EntityManager) {
    this.#client = client;
    this.#em = em;
  }

  /** @throws Refused when the payment's workflow will never accept the events. */
  async reportEvents(id: PaymentId, events: readonly GatewayEvent[]): Promise<void> {
    await reportEvents(this.#client, id, events).catch(refuseWhatIsNeverTaken);
  }

  /** Starts a payment's workflow again from the database. */
  resumePayment(id: PaymentId): Promise<void> {
    return resumePayment(this.#client, id);
  }

  /** Starts a refund's workflow again, where the database knows the request. */
  async resumeRefund(requestId: string): Promise<void> {
    const refund = await new Refunds(this.#em).find(requestId);
    if (refund === undefined) return;
    const { order, reference, amount, reason, by } = refund;
    const who = by === undefined ? {} : { by };
    await resumeRefund(this.#client, {
      requestId,
      paymentId: order.id,
      reference,
      amount,
      reason,
      ...who,
    });
  }

  /** Starts the return of an unmatched payment again, where the database knows the request. */
  async resumeUnmatched(requestId: string): Promise<void> {
    const resolution = await findReturn(queriesOf(this.#em), requestId);
    if (resolution !== undefined) await resumeUnmatched(this.#client, resolution);
  }
}

function refuseWhatIsNeverTaken(error: unknown): never {
  if (isNeverTaken(error)) throw new Refused(String(reasonOf(error)));
  throw error;
}
