import type { RefundOpened, Refunds } from "../db/refunds.ts";
import { failures } from "../domain/failures.ts";
import { balanceGateway } from "../domain/payment.ts";
import {
  type ApprovalLimits,
  needsApproval,
  type Refund,
  type RefundWish,
} from "../domain/refund.ts";
import { money } from "../domain/money.ts";
import type { Instant } from "../domain/time.ts";
import type { UnmatchedRefund } from "../domain/unmatched.ts";
import type { RefundAnswer } from "../gateways/payment-gateway.ts";
import { refusedAs } from "./failure.ts";
import { type GatewayDirectory, refundsOf } from "./gateway-directory.ts";

export interface RefundPorts {
  readonly refunds: Refunds;
  readonly gateways: GatewayDirectory;
  readonly limits: ApprovalLimits;
}

export type OpenedRefund =
  | Extract<RefundOpened, { kind: "notOpened" }>
  | { readonly kind: "opened"; readonly refund: Refund; readonly needsApproval: boolean };

export type RefundActivities = ReturnType<typeof createRefundActivities>;

export function createRefundActivities({ refunds, gateways, limits }: RefundPorts) {
  return {
    /** Writes the wish down where books and gateway allow it. */
    async openRefund(
      wish: RefundWish,
      by: { readonly run: string; readonly now: Instant },
    ): Promise<OpenedRefund> {
      const { now } = by;
      const opened = await refunds.openOnce(wish, by);
      if (opened.kind === "notOpened") return opened;
      const { refund } = opened;
      const { order, amount, paid, requestId } = refund;
      const how = refundsOf(gateways, order.gateway);
      const why =
        how === "none"
          ? "notPossible"
          : how === "whole" && amount.minor < paid.minor
            ? "onlyWhole"
            : undefined;
      if (why !== undefined) {
        await refunds.setState(requestId, "refused", { why, now });
        return { kind: "notOpened", why };
      }
      return { ...opened, needsApproval: needsApproval(wish, amount, limits) };
    },

    /** Gives the money back at the gateway; the balance needs no more than the books. */
    async refundAtGateway(refund: Refund): Promise<RefundAnswer> {
      const { requestId: key, order } = refund;
      if (order.gateway === balanceGateway) return "returned";
      return gateways
        .get(order.gateway)
        .refund({ ...refund, key, payer: order.telegramId })
        .catch(refusedAs(failures.refundRefused));
    },

    /** Gives all of a charge back that nobody was asked for. */
    async refundUnmatched({ gateway, amount, ...charge }: UnmatchedRefund): Promise<RefundAnswer> {
      const nothing = money(0, amount.currency);
      return gateways
        .get(gateway)
        .refund({ ...charge, paid: amount, amount, alreadyReturned: nothing })
        .catch(refusedAs(failures.refundRefused));
    },

    async closeRefund(
      requestId: string,
      state: "approved" | "rejected" | "returned" | "refused",
      { why, now }: { readonly why?: string; readonly now: Instant },
    ): Promise<void> {
      await refunds.setState(requestId, state, { now, ...(why === undefined ? {} : { why }) });
    },
  };
}
