import type { AdminNotice } from "../../domain/messaging/admin-notice.ts";
import { money } from "../../domain/money.ts";
import type { Language } from "../../domain/people/customer.ts";
import { addMs, dayMs, type Instant } from "../../domain/time.ts";
import type { NoticeSubject } from "../../texts/facts.ts";
import { fullName, names, paymentIds, sampleId, sampleWallet } from "./sample-people.ts";

const rubles = (amount: number) => money(amount * 100, "RUB");

/** Samples of every kind of notice to admins: a new kind does not compile until it is here. */
export type AdminNoticeSamples = {
  readonly [Kind in AdminNotice["kind"]]: readonly Extract<AdminNotice, { readonly kind: Kind }>[];
};

/** The customer of the payments that the samples are about. */
export const sampleOwner = (language: Language, now: Instant): NoticeSubject => ({
  owner: {
    telegramId: sampleId,
    firstName: fullName(language, "customer"),
    lastName: undefined,
    paidUntil: addMs(now, 12 * dayMs),
    balances: [rubles(50)],
  },
});

/** Where the sample of an unmatched payment came from. */
export const sampleOrigin = (language: Language): NoticeSubject => ({
  origin: {
    key: "0123456789abcdef0123456789abcdef",
    sender: sampleWallet,
    comment: { en: "for Emma's phone", ru: "за телефон Маши" }[language],
  },
});

/** What each notice to admins says, for an admin who speaks `language`. */
export function adminNoticeSamples(language: Language): AdminNoticeSamples {
  const came = { gateway: "ton", amount: rubles(299) };
  const paid = { ...came, gateway: "tbank", paymentId: paymentIds.settled };
  const host = names[language].host;
  const reason = "connect ETIMEDOUT 203.0.113.7:22";
  return {
    unmatchedMoney: [{ kind: "unmatchedMoney", ...came, reference: "a1b2c3" }],
    chargedBack: [{ kind: "chargedBack", ...paid }],
    returnedOutside: [{ kind: "returnedOutside", ...paid }],
    creditedBlocked: [{ kind: "creditedBlocked", ...paid }],
    foundAndFixed: [
      { kind: "foundAndFixed", gateway: "ton", count: 1 },
      { kind: "foundAndFixed", gateway: "ton", count: 5 },
    ],
    linesSkipped: [
      { kind: "linesSkipped", gateway: "ton", count: 1 },
      { kind: "linesSkipped", gateway: "ton", count: 22 },
    ],
    quarantined: [{ kind: "quarantined", gateway: "cryptobot", reason: "invoice 4711: no asset" }],
    inconsistent: [{ kind: "inconsistent", gateway: "tbank", reason: "refunded before paid" }],
    refundReturned: [{ kind: "refundReturned", ...paid }],
    refundWaits: [{ kind: "refundWaits", ...paid }],
    refundRefused: [{ kind: "refundRefused", ...paid, why: "the card is closed" }],
    refundNotAgreed: [
      { kind: "refundNotAgreed", ...paid, how: "rejected" },
      { kind: "refundNotAgreed", ...paid, how: "lapsed" },
    ],
    unmatchedReturned: [{ kind: "unmatchedReturned", ...came }],
    debt: [{ kind: "debt", ...paid }],
    channelUnreadable: [
      {
        kind: "channelUnreadable",
        channel: "@tollgate_news",
        reason: "Telegram getChatMember: 400 Bad Request: member list is inaccessible",
      },
    ],
    hostAway: [{ kind: "hostAway", host, trouble: reason }],
    hostBack: [{ kind: "hostBack", host }],
    answerNotDelivered: [{ kind: "answerNotDelivered", customer: sampleId }],
    hostEmptied: [{ kind: "hostEmptied", host, moved: 41 }],
    hostLost: [{ kind: "hostLost", host, moved: 1 }],
    timeGivenBack: [{ kind: "timeGivenBack", host, given: 41 }],
    hostMigrationWaits: [{ kind: "hostMigrationWaits", host, left: 12 }],
    hostSick: [{ kind: "hostSick", host, trouble: "no answer to a handshake at 192.0.2.7:51820" }],
    hostWell: [{ kind: "hostWell", host }],
    hostBlocked: [{ kind: "hostBlocked", host, source: "msk", trouble: reason }],
    hostUnblocked: [{ kind: "hostUnblocked", host, source: "msk" }],
    messageNotSent: [{ kind: "messageNotSent", content: "invoice", reason }],
  };
}
