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

/** What the steps of refunds read, write and ask. */
export interface RefundPorts extends DevicePorts {
  readonly refunds: Refunds;
  readonly gateways: GatewayDirectory;
  /** Up to these amounts a refund needs no approval. */
  readonly limits: ApprovalLimits;
  readonly cache: ReadCache;
}

/** The activities of refunds. */
export function createRefundActivities(ports: RefundPorts): RefundSteps {
  const { refunds } = ports;
  return {
    openRefund: (command, now) => openRefund(ports, command, now),
    approveRefund: (requestId) => refunds.approve(requestId),
    refundAtGateway: (refund) => refundAtGateway(ports, refund),
    refundUnmatched: (refund) => refundUnmatched(ports, refund),
    notifyRefundWaits: (refund) => refunds.notifyWaiting(refund),
    completeRefund: (refund, now) => completeRefund(ports, refund, now),
    failRefund: (refund, failure, now) => failRefund(ports, refund, failure, now),
  };
}

async function openRefund(
  { refunds, gateways, limits, cache }: RefundPorts,
  command: RefundCommand,
  now: Instant,
): Promise<RefundOpened> {
  const opened = await refunds.openOnce(command, {
    gateways: (name) => findRefundCapability(gateways, name),
    limits,
    now,
  });
  if (opened.kind === "opened") await cache.forget(opened.refund.order.telegramId);
  return opened;
}

/** Asks for what is left to return: a repetition returns nothing twice. */
async function refundAtGateway(
  { refunds, gateways }: RefundPorts,
  refund: Refund,
): Promise<RefundAnswer> {
  const { requestId: key, order, reference, transaction } = refund;
  if (order.gateway === balanceGateway || transaction !== undefined) return "returned";
  const { paid, returned, left } = await refunds.findRemaining(refund);
  if (left.minor === 0) return "returned";
  const gateway = await gateways.get(order.gateway).catch(refusedAs(failures.gatewayOff));
  const request = { key, order, payer: order.telegramId, reference, paid };
  return gateway
    .refund({ ...request, amount: left, alreadyReturned: returned })
    .catch(refusedAs(failures.refundRefused));
}

async function refundUnmatched(
  { gateways }: RefundPorts,
  { gateway: name, returned, ...charge }: UnmatchedRefund,
): Promise<RefundAnswer> {
  const gateway = await gateways.get(name).catch(refusedAs(failures.gatewayOff));
  const amount = money(charge.paid.minor - returned.minor, charge.paid.currency);
  return gateway
    .refund({ ...charge, amount, alreadyReturned: returned })
    .catch(refusedAs(failures.refundRefused));
}

async function completeRefund(ports: RefundPorts, refund: Refund, now: Instant): Promise<void> {
  await ports.refunds.complete(refund, now, {
    canRefund: false,
    addFirstDevice: firstDeviceOfOrder(ports),
  });
  await ports.cache.forget(refund.order.telegramId);
}

async function failRefund(
  { refunds, cache }: RefundPorts,
  refund: Refund,
  failure: RefundFailure,
  now: Instant,
): Promise<void> {
  await refunds.fail(refund, failure, now);
  await cache.forget(refund.order.telegramId);
}
