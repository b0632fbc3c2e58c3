import type { Listener } from "../../../db/notifications.ts";
import type { Lookups } from "../../../db/operations/lookups.ts";
import type { Quarantine } from "../../../db/operations/quarantine.ts";
import type { Statements } from "../../../db/operations/statements.ts";
import type { Unattended } from "../../../db/operations/unattended.ts";
import type { GatewayEvent, PaymentId } from "../../../domain/payments/payment.ts";
import type { Instant } from "../../../domain/time.ts";

/**
 * How a gateway's reconciler reaches the workflows of money. Each resolves when Temporal has it, and is safe to
 * repeat. It throws `Refused` for what Temporal will never take, e.g. because it is too large; whatever else it
 * throws is an outage, unless `isOutage` knows better.
 */
export interface PaymentWorkflows {
  /** The entry that gateways' webhooks take as well: also for a payment that is over, or that nobody knows. */
  reportEvents(id: PaymentId, events: readonly GatewayEvent[]): Promise<void>;
  /** Starts the payment's workflow anew where none runs. One that runs is left alone: no signal, no event. */
  resumePayment(id: PaymentId): Promise<void>;
  /** The same of a refund. */
  resumeRefund(requestId: string): Promise<void>;
  /** The same of sending unmatched money back. */
  resumeUnmatched(requestId: string): Promise<void>;
}

export interface PollingOptions {
  /** Passes begin at multiples of this. */
  readonly everyMs: number;
  /** How long a message that may be on its way is waited for before it counts as lost. */
  readonly inFlightMs: number;
  /** How often all open orders are compared with what runs. */
  readonly sweepEveryMs: number;
  /** What Temporal has is handed to it again so much later, if the books still do not have it. */
  readonly againMs: number;
  /** So long the cursor stays before what is not in the books; what takes longer is put aside. */
  readonly holdMs: number;
}

export const usualPolling: PollingOptions = {
  everyMs: 60_000,
  inFlightMs: 2_000,
  sweepEveryMs: 600_000,
  againMs: 60_000,
  holdMs: 600_000,
};

export interface ReconcilerPorts {
  readonly statements: Statements;
  readonly lookups: Lookups;
  readonly quarantine: Quarantine;
  readonly unattended: Unattended;
  readonly workflows: PaymentWorkflows;
  /** Opens a connection of its own that listens, past any pool. */
  readonly listen: (channels: readonly string[]) => Promise<Listener>;
  /** When the shop first used an account: what is older is not its business, unless it is about an order of its own. */
  readonly startedAt: (account: string) => Instant;
  readonly pace: PollingOptions;
}

/** What a running loop needs of whoever runs it. */
export interface Run {
  /** Ends the loop within a second. */
  readonly signal: AbortSignal;
  readonly warn: (message: string, attributes: Readonly<Record<string, unknown>>) => void;
}
