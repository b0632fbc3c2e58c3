import type { TelegramId } from "../ids.ts";
import { saleMessages } from "../messaging/announcements.ts";
import { adminNoticesTo, noticeTo, type OutgoingMessage } from "../messaging/message.ts";
import type { AdminNotice } from "../messaging/admin-notice.ts";
import type { Notice } from "../messaging/notice.ts";
import type { Instant } from "../time.ts";
import { type Money, money } from "../money.ts";
import type { CreditReason, Effect } from "./effect.ts";
import { refundNotice } from "./refund-messages.ts";
import {
  addOnOf,
  balanceGateway,
  type PaymentOrder,
  type PaymentState,
  starsGateway,
} from "./payment.ts";
import { unwantedCharge } from "./renewal.ts";

/** What follows for the customer when a charge of their calendar has failed. */
export interface AfterFailure {
  /** When it is tried again; undefined: it is not. */
  readonly nextTryAt: Instant | undefined;
  /** There is no card any more. */
  readonly isCardLost: boolean;
}

/** What a payment's messages are made from. */
export interface MessageContext {
  readonly order: PaymentOrder;
  /** The order's state before the effect. */
  readonly from: PaymentState;
  readonly admins: readonly TelegramId[];
  /** The admins who are told of each sale. */
  readonly sellers: readonly TelegramId[];
  /** The event's key, by which its messages are written once. */
  readonly key: string;
  /** When access ends after the effect. */
  readonly paidUntil: Instant | undefined;
  /** How much access the effect added; negative: took. */
  readonly changedMs: number;
  /** Money that was paid twice is being refunded automatically. */
  readonly isReturning: boolean;
  /** What follows the failure of a renewal; undefined: none has failed. */
  readonly afterFailure: AfterFailure | undefined;
}

/** The messages to customer and admins about an effect, beside the order's own message. */
export function messagesAbout(effect: Effect, context: MessageContext): readonly OutgoingMessage[] {
  const { order, key } = context;
  const { telegramId: to, subscriptionId: of } = order;
  switch (effect.kind) {
    case "granted": {
      const surplus = sum(effect.surplus, effect.leftOver);
      const until = context.paidUntil ?? order.openedAt;
      if (order.recurs === "renews") {
        const { gateway } = order;
        const renewed = { kind: "renewed", until, paid: effect.paid, gateway } as const;
        return [noticeTo(to, `${key}/time`, renewed, of)];
      }
      const addOn = addOnOf(order);
      const paid = addOn
        ? { kind: "addOnPaid" as const, addOn }
        : { kind: "timePaid" as const, until, ...starsOf(order) };
      return [
        noticeTo(
          to,
          `${key}/time`,
          {
            ...paid,
            ...(surplus.minor > 0 ? { surplus } : {}),
            ...(context.from === "open" ? {} : { isHonoured: true as const }),
          },
          of,
        ),
        ...saleMessages(context.sellers, order.id),
      ];
    }
    case "credited":
      return effect.why === "topUp"
        ? aboutTopUp(effect.paid, context)
        : aboutCredit({ ...effect, why: effect.why }, context);
    case "returned":
      return aboutReturn(effect, context);
    case "declined":
      // An invoice's own message shows it; a payment from the balance has no message.
      if (order.recurs === "renews") {
        const notice = renewalFailed(order, context.afterFailure);
        return effect.reason === unwantedCharge ? [] : [noticeTo(to, `${key}/failed`, notice, of)];
      }
      return order.gateway === balanceGateway
        ? [noticeTo(to, `${key}/short`, { kind: "balanceShort", amount: order.price })]
        : [];
    case "inconsistent": {
      const { reason } = effect;
      return toAdmins(context, "inconsistent", {
        kind: "inconsistent",
        gateway: order.gateway,
        reason,
      });
    }
    case "returnNoted":
    case "noted":
    case "duplicate":
      return [];
  }
}

const starsOf = ({ recurs, gateway }: PaymentOrder) =>
  recurs === "begins" && gateway === starsGateway ? { isInStars: true as const } : {};

const sum = ({ minor, currency }: Money, other: Money | undefined): Money =>
  money(minor + (other?.minor ?? 0), currency);

type Credit = Extract<Effect, { kind: "credited" }>;

/** Tells a customer that a renewal was not charged, and whether it is tried again. */
export function renewalFailed(
  { price: amount }: Pick<PaymentOrder, "price">,
  after: AfterFailure | undefined,
): Notice {
  const { nextTryAt: again, isCardLost = false } = after ?? {};
  const next = again === undefined ? {} : { again };
  return { kind: "renewalFailed", amount, ...next, ...(isCardLost ? { isCardLost } : {}) };
}

function aboutTopUp(
  amount: Money,
  { order, key, from, sellers }: MessageContext,
): readonly OutgoingMessage[] {
  const honoured = from === "open" ? {} : { isHonoured: true as const };
  return [
    noticeTo(order.telegramId, `${key}/credited`, { kind: "toppedUp", amount, ...honoured }),
    ...saleMessages(sellers, order.id),
  ];
}

function aboutCredit(
  { paid: amount, why, missing }: Credit & { readonly why: CreditReason },
  context: MessageContext,
): readonly OutgoingMessage[] {
  const { order, key, isReturning } = context;
  const to = order.telegramId;
  if (why === "underpaid" && missing !== undefined) {
    return [noticeTo(to, `${key}/part`, { kind: "underpaid", paid: amount, missing })];
  }
  if (isReturning) return [noticeTo(to, `${key}/back`, { kind: "refundUnderWay", amount })];
  const credited = noticeTo(to, `${key}/credited`, { kind: "credited", amount, why });
  const { id: paymentId, gateway } = order;
  const blocked = { kind: "creditedBlocked", gateway, amount, paymentId } as const;
  return why === "blocked" ? [credited, ...toAdmins(context, "blocked", blocked)] : [credited];
}

function aboutReturn(
  effect: Extract<Effect, { kind: "returned" }>,
  context: MessageContext,
): readonly OutgoingMessage[] {
  const { returned: amount, total, reference, forced, isOurs, ofBalance, ofPrice } = effect;
  const { order, key, paidUntil } = context;
  const { id: paymentId, gateway } = order;
  const addOn = addOnOf(order);
  const tookTime = ofPrice.minor > 0 && paidUntil !== undefined;
  const notice = {
    kind: "moneyReturned",
    amount,
    ...(tookTime ? { until: paidUntil } : {}),
    ...(addOn !== undefined && ofPrice.minor > 0 ? { addOn: addOn.kind } : {}),
  } as const;
  const charge = { reference, total: total.minor };
  const back = refundNotice(order, charge, notice, `${key}/money`);
  if (isOurs) return [back];
  const kind = forced ? "chargedBack" : "returnedOutside";
  const debt = { kind: "debt", gateway, amount: ofBalance, paymentId } as const;
  return [
    back,
    ...toAdmins(context, "outside", { kind, gateway, amount, paymentId }),
    ...(forced && ofBalance.minor > 0 ? toAdmins(context, "debt", debt) : []),
  ];
}

const toAdmins = ({ admins, key }: MessageContext, about: string, notice: AdminNotice) =>
  adminNoticesTo(admins, `${key}/${about}`, notice);
