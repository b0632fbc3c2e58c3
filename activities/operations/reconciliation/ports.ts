import type { Listener } from "../../../db/notifications.ts";
import type { Lookups } from "../../../db/operations/lookups.ts";
import type { Quarantine } from "../../../db/operations/quarantine.ts";
import type { Statements } from "../../../db/operations/statements.ts";
import type { UnattendedWork } from "../../../db/operations/unattended.ts";
import type { GatewayEvent, PaymentId } from "../../../domain/payments/payment.ts";
import type { Instant } from "../../../domain/time.ts";
import type { PollingOptions } from "./polling.ts";

/**
 * How a gateway's reconciler reaches the workflows of payments. Each method resolves when Temporal
 * has stored it, and is safe to repeat.
 * @throws Refused for what Temporal will never accept, e.g. because it is too large; any other
 * error is an outage, unless `isOutage` says otherwise.
 */
export interface PaymentWorkflows {
  /**
   * Reports events as gateways' webhooks do, also for a payment that has ended or does not exist.
   */
  reportEvents(id: PaymentId, events: readonly GatewayEvent[]): Promise<void>;
  /**
   * Starts the payment's workflow if it does not run. A running one is left alone:
   * no signal, no event.
   */
  resumePayment(id: PaymentId): Promise<void>;
  /** The same for a refund. */
  resumeRefund(requestId: string): Promise<void>;
  /** The same for the refund of an unmatched payment. */
  resumeUnmatched(requestId: string): Promise<void>;
}

/** What a gateway's loop reads, writes and wakes; the gateway itself is passed beside them. */
export interface ReconcilerPorts {
  readonly statements: Statements;
  readonly lookups: Lookups;
  readonly quarantine: Quarantine;
  readonly unattended: UnattendedWork;
  readonly workflows: PaymentWorkflows;
  /** Opens a dedicated listening connection outside the pool. */
  readonly listen: (channels: readonly string[]) => Promise<Listener>;
  /**
   * When this installation first used an account: older lines are ignored, unless they are about an
   * order of ours.
   */
  readonly startedAt: (account: string) => Instant;
  readonly polling: PollingOptions;
}

/** What a loop needs from its caller. */
export interface Run {
  /** Ends the loop within a second. */
  readonly signal: AbortSignal;
  readonly warn: (message: string, attributes: Readonly<Record<string, unknown>>) => void;
}
