import { money } from "../../domain/money.ts";
import { creditReasons } from "../../domain/payments/effect.ts";
import { gatewayName, notOpenedReasons } from "../../domain/payments/payment.ts";
import type { ResolvedCharge } from "../../domain/payments/unmatched.ts";
import { bytesInGb } from "../../domain/payments/plan-change.ts";
import { refundRefusals } from "../../domain/payments/refund.ts";
import { actRefusals } from "../../domain/people/admin-act.ts";
import { cannedReasons } from "../../domain/people/approval.ts";
import type { Language } from "../../domain/people/customer.ts";
import { addMs, dayMs, type Instant } from "../../domain/time.ts";
import { accessSamples } from "./access-samples.ts";
import { fullName, names, paymentIds, sampleId } from "./sample-people.ts";
import { type NoticeOf, type NoticeSamples, ofKind } from "./samples-of.ts";

const start = ofKind("start");
const access = ofKind("access");
const payments = ofKind("payments");
const adminPayments = ofKind("admin-payments");
const adminPeople = ofKind("admin-people");

const namedChannel = { chat: "@tollgate_news", url: "https://t.me/tollgate_news" };
const privateChannel = { chat: "-1001234567890", url: "https://t.me/+AbCdEfGh12345" };

const rubles = (amount: number) => money(amount * 100, "RUB");
const refusedResults = ["notAdmin", "noCustomer", "notOpen", "notPossible"] as const;

/** What each notice says, for somebody who speaks `language`. */
export function noticeSamples(language: Language, now: Instant): NoticeSamples {
  return {
    ...startSamples(language, now),
    ...accessSamples(language, now),
    ...moneySamples(language, now),
  };
}

function startSamples(language: Language, now: Instant) {
  const tomorrow = addMs(now, dayMs);
  const options = ["cat", "rocket", "apple", "key", "moon", "tree"] as const;
  const ask = (round: number) =>
    ({ kind: "captchaAsked", challenge: { round, options, wanted: "rocket" } }) as const;
  return {
    captchaAsked: start(ask(1), ask(2)),
    captchaRight: start({ kind: "captchaRight" }),
    captchaWrong: start(
      { kind: "captchaWrong", pauseSeconds: 5, triesLeft: 2 },
      { kind: "captchaWrong", pauseSeconds: 1, triesLeft: 1 },
    ),
    captchaFailed: start({ kind: "captchaFailed", pauseMinutes: 15 }),
    captchaLapsed: start({ kind: "captchaLapsed" }),
    channelsMissing: start(
      { kind: "channelsMissing", channels: [namedChannel] },
      { kind: "channelsMissing", channels: [namedChannel, privateChannel], isAgain: true },
    ),
    channelsLapsed: start({ kind: "channelsLapsed" }),
    channelsLeft: access(
      { kind: "channelsLeft", channels: [namedChannel], until: tomorrow },
      { kind: "channelsLeft", channels: [privateChannel], until: tomorrow },
    ),
    channelsPaused: access({ kind: "channelsPaused", channels: [namedChannel] }),
    channelsJoined: access({ kind: "channelsJoined" }),
    channelsStay: access({ kind: "channelsStay" }),
    waitingForApproval: start({ kind: "waitingForApproval" }),
    stillWaiting: start({ kind: "stillWaiting" }),
    approvedWithTrial: start({ kind: "approvedWithTrial", until: addMs(now, 3 * dayMs) }),
    approvedWithoutTime: start({ kind: "approvedWithoutTime" }),
    rejected: start<NoticeOf<"rejected">>(
      { kind: "rejected", mayAskAgainAt: tomorrow },
      ...cannedReasons.map((canned) => ({
        kind: "rejected" as const,
        mayAskAgainAt: tomorrow,
        reason: { canned },
      })),
      { kind: "rejected", mayAskAgainAt: tomorrow, reason: { words: names[language].why } },
    ),
    waitsAgain: start(
      { kind: "waitsAgain", was: "approved" },
      { kind: "waitsAgain", was: "approved", isOver: true },
      { kind: "waitsAgain", was: "rejected" },
    ),
    tooEarly: start({ kind: "tooEarly", mayAskAgainAt: tomorrow }),
    approvalLapsed: start({ kind: "approvalLapsed" }),
    welcomeBack: start({ kind: "welcomeBack" }),
    adminWelcome: adminPeople(
      { kind: "adminWelcome" },
      { kind: "adminWelcome", role: "support" },
      { kind: "adminWelcome", role: "viewer" },
    ),
    languageChanged: ofKind("home")(
      { kind: "languageChanged", language: "en" },
      { kind: "languageChanged", language: "ru" },
    ),
    ticketClosed: ofKind("support")({ kind: "ticketClosed" }),
  } satisfies Partial<NoticeSamples>;
}

function renewalSamples(now: Instant) {
  const until = addMs(now, 30 * dayMs);
  const amount = rubles(299);
  return {
    renewed: payments({ kind: "renewed", until, paid: amount, gateway: "balance" }),
    renewalShort: payments(
      { kind: "renewalShort", amount, until, isLast: false },
      { kind: "renewalShort", amount, until, isLast: true },
    ),
    renewalAsked: payments(
      { kind: "renewalAsked", why: "price", price: amount, until },
      { kind: "renewalAsked", why: "devices", price: amount, until },
      { kind: "renewalAsked", why: "plan", price: amount, until },
      { kind: "renewalAsked", why: "gone", until },
    ),
    renewalFailed: payments(
      { kind: "renewalFailed", amount, again: addMs(now, dayMs) },
      { kind: "renewalFailed", amount },
      { kind: "renewalFailed", amount, isCardLost: true },
    ),
    renewalSet: payments<NoticeOf<"renewalSet">>(
      { kind: "renewalSet", by: "balance", price: amount, nextAt: until },
      { kind: "renewalSet", by: "card", price: amount, nextAt: until },
      { kind: "renewalSet", by: "stars", price: amount, nextAt: until },
      { kind: "renewalSet" },
    ),
    cardNotSaved: payments({ kind: "cardNotSaved" }),
    cardForgotten: payments({ kind: "cardForgotten" }),
    starsResumable: payments({ kind: "starsResumable", until }),
  } satisfies Partial<NoticeSamples>;
}

function moneySamples(language: Language, now: Instant) {
  const until = addMs(now, 30 * dayMs);
  const amount = rubles(299);
  const credits = [...creditReasons, "found"] as const;
  return {
    timePaid: payments(
      { kind: "timePaid", until },
      { kind: "timePaid", until, isInStars: true },
      { kind: "timePaid", until, surplus: rubles(50), isHonoured: true },
    ),
    addOnPaid: payments<NoticeOf<"addOnPaid">>(
      { kind: "addOnPaid", addOn: { kind: "traffic", bytes: 10 * bytesInGb } },
      { kind: "addOnPaid", addOn: { kind: "device", until }, surplus: rubles(50) },
    ),
    notOpened: payments(...notOpenedReasons.map((why) => ({ kind: "notOpened" as const, why }))),
    invoiceRefused: payments({ kind: "invoiceRefused" }),
    underpaid: payments({ kind: "underpaid", paid: rubles(200), missing: rubles(99) }),
    credited: payments(...credits.map((why) => ({ kind: "credited" as const, amount, why }))),
    toppedUp: payments(
      { kind: "toppedUp", amount },
      { kind: "toppedUp", amount, isHonoured: true },
    ),
    balanceShort: payments({ kind: "balanceShort", amount }),
    ...renewalSamples(now),
    refundUnderWay: payments({ kind: "refundUnderWay", amount }),
    refundBegan: payments<NoticeOf<"refundBegan">>(
      { kind: "refundBegan", amount, until },
      { kind: "refundBegan", amount, addOn: "device" },
      { kind: "refundBegan", amount, addOn: "traffic" },
    ),
    moneyReturned: payments<NoticeOf<"moneyReturned">>(
      { kind: "moneyReturned", amount, until },
      { kind: "moneyReturned", amount, addOn: "device" },
    ),
    refundFailed: payments(
      { kind: "refundFailed", amount, isOnBalance: true },
      { kind: "refundFailed", amount, isOnBalance: false },
    ),
    ...staffSamples(language, until),
  } satisfies Partial<NoticeSamples>;
}

function staffSamples(language: Language, until: Instant) {
  const name = fullName(language, "customer");
  const hosts = [names[language].host];
  const customer = sampleId;
  const about = { name, customer };
  const charge = { gateway: gatewayName("ton"), amount: rubles(299) };
  const given = { customer, name, balance: rubles(350) };
  const resolved = (
    kind: "done" | "underWay" | "returned" | "refused",
    of: ResolvedCharge = charge,
  ) => ({ kind: "unmatchedResolved", resolved: { kind }, charge: of }) as const;
  const reason = { en: "My own test", ru: "Проверял сам" }[language];
  return {
    unmatchedResolved: adminPayments<NoticeOf<"unmatchedResolved">>(
      resolved("done", { ...charge, given }),
      resolved("done", { ...charge, reason }),
      resolved("underWay"),
      resolved("returned"),
      resolved("refused"),
      ...refusedResults.map((kind) => ({ kind: "unmatchedResolved" as const, resolved: { kind } })),
    ),
    refundNotOpened: adminPayments<NoticeOf<"refundNotOpened">>(
      ...refundRefusals.map((why) => ({
        kind: "refundNotOpened" as const,
        why,
        ...(why === "noPayment" ? {} : { paymentId: paymentIds.settled }),
      })),
    ),
    actDone: adminPeople<NoticeOf<"actDone">>(
      { kind: "actDone", act: "extend", ...about, effect: { days: 30, until } },
      { kind: "actDone", act: "unblock", ...about, effect: { until } },
      ...(["block", "unblock", "revoke", "undo"] as const).map((act) => {
        return { kind: "actDone" as const, act, ...about };
      }),
    ),
    actWaits: adminPeople<NoticeOf<"actWaits">>(
      { kind: "actWaits", act: "block", ...about, hosts },
      {
        kind: "actWaits",
        act: "extend",
        ...about,
        hosts: ["", ...hosts],
        effect: { days: 30, until },
      },
    ),
    actRefused: adminPeople<NoticeOf<"actRefused">>(
      ...actRefusals.map((why) => ({ kind: "actRefused" as const, why, customer })),
    ),
  } satisfies Partial<NoticeSamples>;
}
