import type { LocationLabel } from "../access/location.ts";
import type { MoveCause } from "../access/move.ts";
import type { TelegramId } from "../ids.ts";
import type { Money } from "../money.ts";
import type { CreditReason } from "../payments/effect.ts";
import type { LocationNotice } from "./location-notice.ts";
import type { AddOn, NotOpened, PaymentId } from "../payments/payment.ts";
import type { RenewalDoubt, RenewalKind } from "../payments/renewal.ts";
import type { RefundRefusal } from "../payments/refund.ts";
import type { ResolutionAnswer, ResolvedCharge } from "../payments/unmatched.ts";
import type { ActEffect, ActRefusal, AdminAct } from "../people/admin-act.ts";
import type { RejectReason } from "../people/approval.ts";
import type { Challenge } from "../people/captcha.ts";
import type { RequiredChannel } from "../people/channels.ts";
import type { Language } from "../people/customer.ts";
import type { Instant } from "../time.ts";

/** Something a person is notified of. Its text in their language is in `texts/`. */
export type Notice =
  | { readonly kind: "captchaAsked"; readonly challenge: Challenge }
  | { readonly kind: "captchaRight" }
  | { readonly kind: "captchaWrong"; readonly pauseSeconds: number; readonly triesLeft: number }
  | { readonly kind: "captchaFailed"; readonly pauseMinutes: number }
  | { readonly kind: "captchaLapsed" }
  /** They have to join these first; `isAgain`: they said that they had. */
  | {
      readonly kind: "channelsMissing";
      readonly channels: readonly RequiredChannel[];
      readonly isAgain?: true;
    }
  | { readonly kind: "channelsLapsed" }
  /** They are not in these, and free access is paused at `until`. */
  | {
      readonly kind: "channelsLeft";
      readonly channels: readonly RequiredChannel[];
      readonly until: Instant;
    }
  | { readonly kind: "channelsPaused"; readonly channels: readonly RequiredChannel[] }
  | { readonly kind: "channelsJoined" }
  /** They were warned, and nothing is paused. */
  | { readonly kind: "channelsStay" }
  | { readonly kind: "waitingForApproval" }
  | { readonly kind: "stillWaiting" }
  | { readonly kind: "approvedWithTrial"; readonly until: Instant }
  | { readonly kind: "approvedWithoutTime" }
  | {
      readonly kind: "rejected";
      readonly mayAskAgainAt: Instant;
      readonly reason?: RejectReason;
    }
  /** An admin has undone the decision on the request, which waits again. */
  | {
      readonly kind: "waitsAgain";
      readonly was: "approved" | "rejected";
      /** The time that the approval gave had ended before. */
      readonly isOver?: true;
    }
  | { readonly kind: "tooEarly"; readonly mayAskAgainAt: Instant }
  | { readonly kind: "approvalLapsed" }
  | { readonly kind: "welcomeBack" }
  /** `role`: theirs, unless they are an admin. */
  | { readonly kind: "adminWelcome"; readonly role?: "support" | "viewer" }
  /** Their key waits for a host that does not answer, or is in maintenance. */
  | { readonly kind: "hostTrouble"; readonly isMaintained?: true }
  /** The host of their devices is not reached by anybody; and it is again. */
  | { readonly kind: "hostSick" }
  | { readonly kind: "hostWell" }
  | { readonly kind: "changeDelayed" }
  | { readonly kind: "hostRefused" }
  | { readonly kind: "noHostFree"; readonly location?: LocationLabel }
  | LocationNotice
  | { readonly kind: "timeGiven"; readonly until: Instant }
  /** What a maintenance of their server has cost them. */
  | { readonly kind: "timeGivenBack"; readonly ms: number; readonly until: Instant }
  | {
      readonly kind: "timePaid";
      readonly until: Instant;
      /** What was paid above the price; it is on the balance. */
      readonly surplus?: Money;
      /** It came after its order was closed, and counts all the same. */
      readonly isHonoured?: true;
      /** It began a subscription in Stars, which renews itself. */
      readonly isInStars?: true;
    }
  /** An add-on is bought. */
  | {
      readonly kind: "addOnPaid";
      readonly addOn: AddOn;
      readonly surplus?: Money;
      readonly isHonoured?: true;
    }
  /** Four fifths of the traffic are used. `canBuy`: a pack is sold. */
  | {
      readonly kind: "trafficLow";
      readonly leftBytes: number;
      readonly until: Instant;
      /** When the plan's traffic begins anew by itself; undefined: never. */
      readonly againAt?: Instant;
      readonly canBuy?: true;
    }
  | {
      readonly kind: "trafficUsedUp";
      readonly until: Instant;
      readonly againAt?: Instant;
      readonly canBuy?: true;
    }
  /** A new period has begun for who had used up theirs: so much until its end. */
  | { readonly kind: "trafficBack"; readonly limitBytes: number; readonly until: Instant }
  /** A device that was bought beside the plan is off after `until`, while the time goes on. */
  | { readonly kind: "deviceEndsSoon"; readonly until: Instant; readonly canBuy?: true }
  | { readonly kind: "deviceEnded"; readonly canBuy?: true }
  | {
      readonly kind: "reminder";
      readonly daysLeft: number;
      readonly until: Instant;
      /** Auto-renewal is on: there is nothing to do. */
      readonly isRenewed?: true;
    }
  | { readonly kind: "graceBegan"; readonly until: Instant }
  | { readonly kind: "expired" }
  /** What was paid meanwhile is on the balance. */
  | { readonly kind: "accessBack"; readonly balances?: readonly Money[] }
  | { readonly kind: "unblocked"; readonly balances?: readonly Money[] }
  | { readonly kind: "subscriptionRevoked" }
  /** A change of plan has paused these: it is for no more than `limit` devices. */
  | {
      readonly kind: "devicesPaused";
      readonly limit: number;
      readonly names: readonly string[];
      readonly canBuy?: true;
    }
  /** The device whose key was asked for is paused. */
  | { readonly kind: "devicePaused"; readonly limit: number; readonly canBuy?: true }
  /** The device is on; `instead`: the one that is off for it. */
  | { readonly kind: "deviceUsed"; readonly name: string; readonly instead?: string }
  | { readonly kind: "deviceLimit"; readonly limit: number; readonly canBuy?: true }
  | { readonly kind: "deviceRenamed"; readonly name: string }
  | { readonly kind: "deviceRevoked"; readonly name: string }
  /**
   * The device is on another host. `keepsKey`: its link leads there by itself; otherwise a new key
   * follows. `until`: the old one works until the new one is used, and no longer than that.
   */
  | {
      readonly kind: "deviceMoved";
      readonly name: string;
      readonly why: MoveCause;
      readonly keepsKey: boolean;
      readonly until?: Instant;
    }
  /** A new key is on its way; the old one is off. */
  | { readonly kind: "keyReplaced"; readonly name: string }
  /** The next phone or computer may use a device's link. */
  | { readonly kind: "hwidsForgotten" }
  | { readonly kind: "deviceUnknown" }
  /** `isNew`: they never had any time. */
  | { readonly kind: "noAccessNow"; readonly isNew?: true }
  | { readonly kind: "languageChanged"; readonly language: Language }
  | { readonly kind: "notOpened"; readonly why: NotOpened }
  | { readonly kind: "invoiceRefused" }
  | { readonly kind: "underpaid"; readonly paid: Money; readonly missing: Money }
  | {
      readonly kind: "credited";
      readonly amount: Money;
      readonly why: CreditReason | "found";
    }
  | {
      readonly kind: "toppedUp";
      readonly amount: Money;
      /** It came after its order was closed, and counts all the same. */
      readonly isHonoured?: true;
    }
  | { readonly kind: "balanceShort"; readonly amount: Money }
  /** A charge that the customer has agreed to has paid for the next period. */
  | {
      readonly kind: "renewed";
      readonly until: Instant;
      readonly paid: Money;
      readonly gateway: string;
    }
  /** The balance does not cover the next period; `isLast`: it is not tried again. */
  | {
      readonly kind: "renewalShort";
      readonly amount: Money;
      readonly until: Instant;
      readonly isLast: boolean;
    }
  /** It is not what the customer has agreed to any more, so nothing was charged. */
  | {
      readonly kind: "renewalAsked";
      readonly why: RenewalDoubt;
      readonly price?: Money;
      readonly until: Instant;
    }
  /** Nothing was charged; the charge is tried again at `again`, or never. */
  | {
      readonly kind: "renewalFailed";
      readonly amount: Money;
      readonly again?: Instant;
      /** The bank does not know the saved card any more. */
      readonly isCardLost?: boolean;
    }
  /** The customer has switched auto-renewal on or off. */
  | {
      readonly kind: "renewalSet";
      /** Undefined: it is off. */
      readonly by?: RenewalKind;
      readonly price?: Money;
      readonly nextAt?: Instant;
    }
  /** The order was paid without a card that can be charged again. */
  | { readonly kind: "cardNotSaved" }
  | { readonly kind: "cardForgotten" }
  /** The subscription in Stars can be taken up again, in Telegram. */
  | { readonly kind: "starsResumable"; readonly until: Instant }
  | { readonly kind: "refundUnderWay"; readonly amount: Money }
  /**
   * A refund has begun. `until`: when access ends without the time that it takes back; `addOn`: what
   * else it takes back.
   */
  | {
      readonly kind: "refundBegan";
      readonly amount: Money;
      readonly until?: Instant;
      readonly addOn?: AddOn["kind"];
    }
  | {
      readonly kind: "moneyReturned";
      readonly amount: Money;
      readonly until?: Instant;
      readonly addOn?: AddOn["kind"];
    }
  /** The gateway refused the return: the money stays where it was, or is booked back. */
  | { readonly kind: "refundFailed"; readonly amount: Money; readonly isOnBalance: boolean }
  | {
      readonly kind: "unmatchedResolved";
      readonly resolved: { readonly kind: ResolutionAnswer };
      /** The payment that was decided on, and what became of it. */
      readonly charge?: ResolvedCharge;
    }
  | {
      readonly kind: "refundNotOpened";
      readonly why: RefundRefusal;
      readonly paymentId?: PaymentId;
    }
  | {
      readonly kind: "actDone";
      readonly act: AdminAct["kind"];
      readonly name: string;
      readonly customer?: TelegramId;
      readonly effect?: ActEffect;
    }
  /** Booked, but these hosts do not answer and follow when they are back. "": no host has room. */
  | {
      readonly kind: "actWaits";
      readonly act: AdminAct["kind"];
      readonly name: string;
      readonly customer?: TelegramId;
      readonly hosts: readonly string[];
      readonly effect?: ActEffect;
    }
  | {
      readonly kind: "actRefused";
      readonly why: ActRefusal;
      /** Whom it was about, if they are known. */
      readonly customer?: TelegramId;
    }
  /** The conversation with support is closed: by an admin, or because nobody wrote for long. */
  | { readonly kind: "ticketClosed" };
