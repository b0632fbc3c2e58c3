import { duplicateRefundId } from "../../domain/derived-ids.ts";
import type { TelegramId } from "../../domain/ids.ts";
import { invoiceChanged, type OutgoingMessage } from "../../domain/messaging/message.ts";
import { concernsAdmins, type Decision, doesSell } from "../../domain/payments/decision-batch.ts";
import { messagesAbout } from "../../domain/payments/payment-messages.ts";
import type { PaymentState } from "../../domain/payments/payment.ts";
import type { Instant } from "../../domain/time.ts";
import type { TimeBooked } from "../access/time-lots.ts";
import type { Queries } from "../orm.ts";
import { findSellers } from "../people/admin-notices.ts";
import { findAllowed } from "../people/customers.ts";
import { readAfterFailure } from "./card-consents.ts";
import type { LockedPayment } from "./payment-facts.ts";

/** What was decided about a payment that is locked. */
interface Decided {
  readonly locked: LockedPayment;
  readonly decisions: readonly Decision[];
  readonly now: Instant;
}

/** What a decision has booked, as its messages say it. */
interface Booked {
  readonly time: TimeBooked | undefined;
  readonly refunds: readonly string[];
  readonly state: PaymentState;
}

/** The messages to the customer and to the shop's people about decisions, of which each is once. */
export async function composeMessages(
  db: Queries,
  { locked, decisions, now }: Decided,
  { time, refunds, state }: Booked,
): Promise<OutgoingMessage[]> {
  const { order, state: from } = locked;
  const admins: readonly TelegramId[] = concernsAdmins(decisions)
    ? await findAllowed(db, "receiveTrouble")
    : [];
  const sellers = doesSell(decisions) ? await findSellers(db) : [];
  const hasFailed = decisions.some(({ effects }) =>
    effects.some(({ kind }) => kind === "declined"),
  );
  const after =
    hasFailed && order.recurs === "renews" ? await readAfterFailure(db, order, now) : undefined;
  const messages = decisions.flatMap(({ key, effects }) =>
    effects.flatMap((effect) => {
      const reference = "reference" in effect ? effect.reference : "";
      return messagesAbout(effect, {
        order,
        from,
        admins,
        sellers,
        key,
        // A refund of ours took the time when it began: the books have its end already.
        paidUntil: time?.account.paidUntil ?? locked.paidUntil,
        changedMs: time?.changedMs ?? 0,
        afterFailure: after,
        isReturning: refunds.includes(duplicateRefundId(order.gateway, reference)),
      });
    }),
  );
  return from === state
    ? messages
    : [...messages, invoiceChanged(order.telegramId, order.id, state)];
}
