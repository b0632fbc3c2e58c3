import type { TelegramId } from "../ids.ts";
import { adminNoticesTo, noticeTo, type OutgoingMessage } from "../messaging/message.ts";
import type { Notice } from "../messaging/notice.ts";
import type { Money } from "../money.ts";
import type { Instant } from "../time.ts";
import type { PaymentOrder } from "./payment.ts";
import type { RefundFailure } from "./refund.ts";

/** What the messages about a refund say of its order. */
type RefundedOrder = Pick<PaymentOrder, "id" | "telegramId" | "gateway" | "subscriptionId">;

/**
 * The message in which a refund of a charge begins and ends; `total` is how much of the charge is
 * returned when it is done, in minor units.
 */
export const refundNotice = (
  { telegramId: to, gateway, subscriptionId: of }: RefundedOrder,
  { reference, total }: { readonly reference: string; readonly total: number },
  notice: Extract<Notice, { kind: "refundBegan" | "moneyReturned" }>,
  cause: string,
): OutgoingMessage => ({
  ...noticeTo(to, cause, notice, of),
  slot: `refund/${gateway}/${reference}/${total}`,
  action: "show",
});

/** A refund that has failed, and what its failure restored. */
export interface FailedRefund {
  readonly requestId: string;
  readonly failure: RefundFailure;
  readonly amount: Money;
  /** The admin who asked for it; undefined: Tollgate itself, for a payment that came twice. */
  readonly by: TelegramId | undefined;
  /** Some of the money had become balance, and is balance again. */
  readonly isOnBalance: boolean;
  /** The end of the time that was restored; undefined: none was. */
  readonly timeBack: Instant | undefined;
}

/**
 * Who is told of a failed refund. A gateway's refusal concerns all `admins`; a refund that the
 * admins rejected, or that lapsed, concerns the one who asked. The customer is told of restored
 * time, and of the money only if its refund was announced: one that Tollgate itself began.
 */
export function refundFailureMessages(
  { id: paymentId, telegramId: to, gateway, subscriptionId: of }: RefundedOrder,
  { requestId, failure, amount, by, isOnBalance, timeBack }: FailedRefund,
  admins: readonly TelegramId[],
): OutgoingMessage[] {
  const key = `refund/${requestId}/failed`;
  const failed = { kind: "refundFailed", amount, isOnBalance } as const;
  const about = { gateway, amount, paymentId };
  const refused = { kind: "refundRefused", ...about, why: failure.why } as const;
  const toAdmins =
    failure.kind === "refused"
      ? adminNoticesTo(admins, key, refused)
      : adminNoticesTo(by === undefined ? [] : [by], key, {
          kind: "refundNotAgreed",
          ...about,
          how: failure.kind,
        });
  const until = timeBack;
  return [
    ...(by === undefined ? [noticeTo(to, `${key}/money`, failed)] : []),
    ...(until === undefined ? [] : [noticeTo(to, `${key}/time`, { kind: "timeGiven", until }, of)]),
    ...toAdmins,
  ];
}
