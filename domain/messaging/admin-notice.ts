import type { TelegramId } from "../ids.ts";
import type { Money } from "../money.ts";
import type { PaymentId } from "../payments/payment.ts";

/** Whose payment it is, and what they have now, is read when the notice is sent. */
interface AboutPayment {
  readonly gateway: string;
  readonly paymentId?: PaymentId;
}

/** Something that admins should know. */
export type AdminNotice =
  /** An answer of support did not arrive: this customer has stopped the bot. */
  | { readonly kind: "answerNotDelivered"; readonly customer: TelegramId }
  /** A message that could not be rendered: its kind of content, and why. */
  | { readonly kind: "messageNotSent"; readonly content: string; readonly reason: string }
  | { readonly kind: "hostAway"; readonly host: string; readonly trouble: string }
  | { readonly kind: "hostBack"; readonly host: string }
  /** All its devices are moved. */
  | { readonly kind: "hostEmptied"; readonly host: string; readonly moved: number }
  /** It was given up, and all its devices are moved. */
  | { readonly kind: "hostLost"; readonly host: string; readonly moved: number }
  /** Its maintenance is over, and so many subscriptions have got back what it has cost them. */
  | { readonly kind: "timeGivenBack"; readonly host: string; readonly given: number }
  /** No other host has room for those that are left. */
  | { readonly kind: "hostMigrationWaits"; readonly host: string; readonly left: number }
  /** No probe reaches its data plane: customers have no connection. */
  | { readonly kind: "hostSick"; readonly host: string; readonly trouble: string }
  | { readonly kind: "hostWell"; readonly host: string }
  /** It works, and one place does not reach it. */
  | {
      readonly kind: "hostBlocked";
      readonly host: string;
      readonly source: string;
      readonly trouble: string;
    }
  | { readonly kind: "hostUnblocked"; readonly host: string; readonly source: string }
  /** The bot cannot see who is in a required channel, so nobody is kept out for it. */
  | { readonly kind: "channelUnreadable"; readonly channel: string; readonly reason: string }
  | {
      readonly kind: "unmatchedMoney";
      readonly gateway: string;
      readonly amount: Money;
      /** The charge at its gateway. */
      readonly reference?: string;
    }
  | (AboutPayment & { readonly kind: "chargedBack"; readonly amount: Money })
  | (AboutPayment & { readonly kind: "returnedOutside"; readonly amount: Money })
  | (AboutPayment & { readonly kind: "creditedBlocked"; readonly amount: Money })
  | { readonly kind: "foundAndFixed"; readonly gateway: string; readonly count: number }
  /** Lines of a gateway's statement from before this installation first used the account. */
  | { readonly kind: "linesSkipped"; readonly gateway: string; readonly count: number }
  /** A line or an invoice that could not be handled; it is retried. */
  | { readonly kind: "quarantined"; readonly gateway: string; readonly reason: string }
  | (AboutPayment & {
      readonly kind: "refundRefused";
      readonly amount: Money;
      readonly why: string;
    })
  | (AboutPayment & {
      readonly kind: "refundNotAgreed";
      readonly amount: Money;
      readonly how: "rejected" | "lapsed";
    })
  | (AboutPayment & { readonly kind: "refundReturned"; readonly amount: Money })
  | { readonly kind: "inconsistent"; readonly gateway: string; readonly reason: string }
  | (AboutPayment & { readonly kind: "refundWaits"; readonly amount: Money })
  | { readonly kind: "unmatchedReturned"; readonly gateway: string; readonly amount: Money }
  | (AboutPayment & { readonly kind: "debt"; readonly amount: Money });
