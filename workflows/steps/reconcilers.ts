import { ActivityCancellationType } from "@temporalio/workflow";
import type { HostCondition } from "../../domain/access/host.ts";
import type { HostId } from "../../domain/ids.ts";
import type { GatewayTrouble } from "../../domain/operations/reconciliation.ts";
import type { GatewayName } from "../../domain/payments/payment.ts";
import { reconcilerTaskQueue } from "../contract/names.ts";

/** What a host's loop starts with. */
export interface HostLoopInput {
  readonly hostId: HostId;
  /** The condition that the workflow knows: the loop ends when it changes. */
  readonly known: HostCondition;
  /** A question about unknown peers that admins have been sent. */
  readonly asked?: string;
}

/** The steps of hosts' reconcilers. */
export interface HostSteps {
  /**
   * Keeps a host equal to the books until its condition differs from the known one.
   * @throws ApplicationFailure (retryable) when this process ends.
   */
  reconcileHost(input: HostLoopInput): Promise<HostCondition>;
  /** Starts a full comparison of the host now. */
  checkHost(id: HostId): Promise<void>;
  /** Permits one full comparison to remove `count` peers. */
  allowRemovals(id: HostId, count: number): Promise<void>;
}

/** What ended a gateway's loop. */
export interface GatewayTurn {
  readonly troubles: readonly GatewayTrouble[];
  /** For operators: the gateway's last failure. */
  readonly reason: string;
}

/** `notConfigured`: this gateway's keys were removed, and it is no longer read. */
export type GatewayAnswer = GatewayTurn | "notConfigured";

/** The steps of gateways' reconcilers. */
export interface GatewaySteps {
  /**
   * Keeps a gateway equal to the books until the troubles that need a person differ from `shown`,
   * and returns them.
   * @throws ApplicationFailure (retryable) at shutdown, so that another worker goes on.
   */
  reconcileGateway(name: GatewayName, shown: readonly GatewayTrouble[]): Promise<GatewayAnswer>;
  /** Starts a pass of the gateway's loop now, wherever it runs. */
  wakeGateway(name: GatewayName): Promise<void>;
}

/** The steps of the messages' reconciler. */
export interface MessageSteps {
  /**
   * Sends messages until it is cancelled or a day has passed.
   * @throws ApplicationFailure (retryable) at a shutdown, so that another process goes on.
   */
  sendMessages(): Promise<void>;
  /** Wakes the sender, wherever it runs. */
  wakeSender(): Promise<void>;
}

/**
 * A reconciler's loop runs until its condition changes, and moves from worker to worker without
 * events in the history. When it ends, another worker has it within a second, or within the
 * heartbeat timeout after a kill.
 */
export const loop = {
  taskQueue: reconcilerTaskQueue,
  startToCloseTimeout: "30d",
  heartbeatTimeout: "10s",
  retry: { initialInterval: "100ms", maximumInterval: "1s" },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
} as const;

/** A short step beside a reconciler's loop. */
export const shortStep = {
  taskQueue: reconcilerTaskQueue,
  startToCloseTimeout: "10s",
  retry: { initialInterval: "200ms", maximumInterval: "10s" },
} as const;
