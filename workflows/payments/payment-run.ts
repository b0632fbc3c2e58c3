import {
  ParentClosePolicy,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type {
  InvoiceRequest,
  PaymentOrder,
  PaymentOutcome,
  PaymentState,
} from "../../domain/payments/payment.ts";
import { wakeSubscription } from "../access/calendars.ts";
import { paymentAttributes, refundOf } from "../contract/payments.ts";
import type { EventQueue } from "./event-queue.ts";
import { needHuman } from "../operator-view.ts";
import { ignoreStarted } from "../other-workflows.ts";
import type { refund } from "./refund.ts";
import type { DecidedEvents } from "../steps/payments.ts";

/** What the customer pressed and is not done yet. */
export interface PendingPresses {
  isCancelled: boolean;
  /** Requests to show the invoice. */
  requests: readonly InvoiceRequest[];
}

/** One run of a payment. */
export interface PaymentRun {
  readonly order: PaymentOrder;
  readonly queue: EventQueue;
  readonly pending: PendingPresses;
  state: PaymentState;
  outcome: PaymentOutcome;
  /** How far the charge of a saved card is; undefined: there is none. */
  charging?: "underWay" | "done" | "refused";
  /** The order is no longer in the database. */
  isUnknown?: boolean;
}

/** Sets the search attributes that the payment's start did not set. */
export function showPayment({ order, state }: PaymentRun): void {
  const { terms, ...of } = order;
  const attributes = paymentAttributes({ ...of, plan: terms?.code, stage: state });
  const { typedSearchAttributes: has } = workflowInfo();
  const news = attributes.filter(({ key, value }) => has.get(key) !== value);
  if (news.length > 0) upsertSearchAttributes(news);
}

/** Starts the workflows that follow a decision. If one is lost, reconciler and audit find it. */
export async function startFollowUps({ order }: PaymentRun, decided: DecidedEvents): Promise<void> {
  const wrong = decided.effects.find((effect) => effect.kind === "inconsistent");
  if (wrong?.kind === "inconsistent") needHuman(true, wrong.reason);
  for (const command of decided.refunds) {
    const options = refundOf(command);
    await startChild<typeof refund>("refund", {
      ...options,
      parentClosePolicy: ParentClosePolicy.ABANDON,
    }).catch(ignoreStarted);
  }
  if (decided.wakesCalendar) await wakeSubscription(order);
}
