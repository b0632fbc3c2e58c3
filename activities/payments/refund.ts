import type { Refunds } from "../../db/payments/refunds.ts";
import type { ReadCache } from "../../db/read-cache.ts";
import { failures } from "../../domain/failures.ts";
import { money } from "../../domain/money.ts";
import { balanceGateway } from "../../domain/payments/payment.ts";
import type {
  ApprovalLimits,
  Refund,
  RefundAnswer,
  RefundCommand,
  RefundFailure,
  RefundOpened,
} from "../../domain/payments/refund.ts";
import type { UnmatchedRefund } from "../../domain/payments/unmatched.ts";
import type { Instant } from "../../domain/time.ts";
import type { RefundSteps } from "../../workflows/steps/payments.ts";
import { type DevicePorts, firstDeviceOfOrder } from "../access/first-device.ts";
import { refusedAs } from "../failure.ts";
import { findRefundCapability, type GatewayDirectory } from "./gateway-directory.ts";

export interface RefundPorts extends DevicePorts {
  readonly refunds: Refunds;
  readonly gateways: GatewayDirectory;
  readonly limits: ApprovalLimits;
  readonly cache: ReadCache;
}

/** The activities of refunds. */
export function createRefundActivities(ports: RefundPorts): RefundSteps {
  const { refunds, gateways, limits, cache } = ports;
  return {
    /** Opens the refund if books and gateway allow it; otherwise notifies the admin. */
    async openRefund(command: RefundCommand, now: Instant): Promise<RefundOpened> {
      const opened = await refunds.openOnce(command, {
        gateways: (name) => findRefundCapability(gateways, name),
        limits,
        now,
      });
      if (opened.kind === "opened") await cache.forget(opened.refund.order.telegramId);
      return opened;
    },

    /** Records the admins' approval. */
    approveRefund: (requestId: string): Promise<void> => refunds.approve(requestId),

    /**
     * Refunds the money at the gateway; a refund to the balance needs the books alone.
     * @throws ApplicationFailure `RefundRefused` or `GatewayOff`.
     */
    async refundAtGateway(refund: Refund): Promise<RefundAnswer> {
      const { requestId: key, order, reference } = refund;
      if (order.gateway === balanceGateway) return "returned";
      const { paid, returned, left } = await refunds.findRemaining(refund);
      if (left.minor === 0) return "returned";
      const gateway = await gateways.get(order.gateway).catch(refusedAs(failures.gatewayOff));
      const request = { key, order, payer: order.telegramId, reference, paid };
      return gateway
        .refund({ ...request, amount: left, alreadyReturned: returned })
        .catch(refusedAs(failures.refundRefused));
    },

    /**
     * Refunds the rest of an unmatched payment.
     * @throws ApplicationFailure `RefundRefused` or `GatewayOff`.
     */
    async refundUnmatched({
      gateway: name,
      returned,
      ...charge
    }: UnmatchedRefund): Promise<RefundAnswer> {
      const gateway = await gateways.get(name).catch(refusedAs(failures.gatewayOff));
      const amount = money(charge.paid.minor - returned.minor, charge.paid.currency);
      return gateway
        .refund({ ...charge, amount, alreadyReturned: returned })
        .catch(refusedAs(failures.refundRefused));
    },

    /** Notifies admins, once, that the refund waits for its gateway. */
    tellRefundWaits: (refund: Refund): Promise<void> => refunds.notifyWaiting(refund),

    /** Books the return of the money. */
    async completeRefund(refund: Refund, now: Instant): Promise<void> {
      await refunds.complete(refund, now, {
        canRefund: false,
        addFirstDevice: firstDeviceOfOrder(ports),
      });
      await cache.forget(refund.order.telegramId);
    },

    /** Restores time and balance after a refund that was refused or not approved. */
    async failRefund(refund: Refund, failure: RefundFailure, now: Instant): Promise<void> {
      await refunds.fail(refund, failure, now);
      await cache.forget(refund.order.telegramId);
    },
  };
}
