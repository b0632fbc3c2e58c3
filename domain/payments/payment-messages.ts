import type { TelegramId } from "../ids.ts";
import { adminNoticesTo, noticeTo, type OutgoingMessage } from "../messaging/message.ts";
import type { AdminNotice } from "../messaging/notice.ts";
import type { Instant } from "../time.ts";
import type { Effect } from "./decision.ts";
import { balanceGateway, type PaymentOrder } from "./payment.ts";

/** What a payment's messages are made of. */
export interface Telling {
  readonly order: PaymentOrder;
  readonly admins: readonly TelegramId[];
  /** The key of the event: its messages are written once. */
  readonly key: string;
  /** Until when access runs after it. */
  readonly paidUntil: Instant | undefined;
  /** How much access the effect took, or gave. */
  readonly changedMs: number;
  /** Money that came twice is on its way back by itself. */
  readonly isReturning: boolean;
}

/** What customer and admins are told about an effect, beside the order's own message. */
export function messagesAbout(effect: Effect, telling: Telling): readonly OutgoingMessage[] {
  const { order, key } = telling;
  const to = order.telegramId;
  switch (effect.kind) {
    case "granted": {
      const { surplus } = effect;
      const until = telling.paidUntil ?? order.openedAt;
      return [
        noticeTo(to, `${key}/time`, { kind: "timePaid", until }),
        ...(surplus.minor > 0
          ? [noticeTo(to, `${key}/surplus`, { kind: "surplusCredited", amount: surplus })]
          : []),
      ];
    }
    case "credited":
      return aboutCredit(effect, telling);
    case "returned":
      return aboutReturn(effect, telling);
    case "declined":
      // An invoice says so in its own message; what is paid from the balance has none.
      return order.gateway === balanceGateway
        ? [noticeTo(to, `${key}/short`, { kind: "balanceShort", amount: order.price })]
        : [];
    case "inconsistent": {
      const { reason } = effect;
      return toAdmins(telling, "inconsistent", {
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

function aboutCredit(
  { paid: amount, why, missing }: Extract<Effect, { kind: "credited" }>,
  telling: Telling,
): readonly OutgoingMessage[] {
  const { order, key, isReturning } = telling;
  const to = order.telegramId;
  if (why === "underpaid" && missing !== undefined) {
    return [noticeTo(to, `${key}/part`, { kind: "underpaid", paid: amount, missing })];
  }
  if (isReturning) return [noticeTo(to, `${key}/back`, { kind: "refundUnderWay", amount })];
  const told = noticeTo(to, `${key}/credited`, { kind: "credited", amount, why });
  const blocked = { kind: "creditedBlocked", gateway: order.gateway, amount } as const;
  return why === "blocked" ? [told, ...toAdmins(telling, "blocked", blocked)] : [told];
}

function aboutReturn(
  effect: Extract<Effect, { kind: "returned" }>,
  telling: Telling,
): readonly OutgoingMessage[] {
  const { returned: amount, forced, isOurs, ofBalance } = effect;
  const { order, key, paidUntil, changedMs } = telling;
  const to = order.telegramId;
  const { gateway } = order;
  const taken =
    changedMs < 0 && paidUntil !== undefined
      ? [noticeTo(to, `${key}/time`, { kind: "timeTakenBack", until: paidUntil })]
      : [];
  const back = noticeTo(to, `${key}/money`, { kind: "moneyReturned", amount });
  if (isOurs) return [...taken, back];
  const kind = forced ? "chargedBack" : "returnedOutside";
  const debt = { kind: "debt", gateway, amount: ofBalance } as const;
  return [
    ...taken,
    back,
    ...toAdmins(telling, "outside", { kind, gateway, amount }),
    ...(forced && ofBalance.minor > 0 ? toAdmins(telling, "debt", debt) : []),
  ];
}

const toAdmins = ({ admins, key }: Telling, about: string, notice: AdminNotice) =>
  adminNoticesTo(admins, `${key}/${about}`, notice);
