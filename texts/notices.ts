import type { LocationLabel } from "../domain/access/location.ts";
import type { Notice } from "../domain/messaging/notice.ts";
import { withSubscription } from "../domain/messaging/subscription-buttons.ts";
import type { Money } from "../domain/money.ts";
import type { AddOn } from "../domain/payments/payment.ts";
import { type ActRefusal, longestExtensionDays } from "../domain/people/admin-act.ts";
import { captchaRules } from "../domain/people/captcha.ts";
import { type Instant, msBetween } from "../domain/time.ts";
import { bytesIn, dayIn, momentIn, type ReaderLocale, type Texts, textsIn } from "./index.ts";
import { actWaits, effectOf, resolvedText } from "./act-notices.ts";
import { durationIn } from "./durations.ts";
import { channelsByName } from "./channels.ts";
import { labelIn, locationOutcome } from "./location-lines.ts";
import { moneyIn } from "./money.ts";
import type { Keyboard } from "./keyboard.ts";
import { noticeButtons } from "./notice-buttons.ts";
import { reasonText } from "./reasons.ts";
import { type NamedSubscription, subscriptionName } from "./subscription-name.ts";

interface Rendered {
  readonly html: string;
  readonly keyboard?: Keyboard;
}

/**
 * What a notice says to a person, in Telegram's HTML, and the buttons that
 * lead on from it. `now` decides whether a day is written with its year; `about` is the one of
 * several subscriptions that it is about.
 */
export function renderNotice(
  locale: ReaderLocale,
  notice: Notice,
  now: Instant,
  about?: NamedSubscription,
): Rendered {
  const { language } = locale;
  const texts = textsIn(language);
  const tools: Tools = {
    texts,
    day: (at) => dayIn(locale, at, now),
    moment: (at) => momentIn(locale, at),
    amount: (money) => moneyIn(language, money),
    bytes: (count) => bytesIn(language, count),
    place: (location) => labelIn(language, location),
  };
  const html = (sentences[notice.kind] as Sentence)(notice, tools);
  const keyboard = noticeButtons(texts, notice);
  const plain = keyboard === undefined ? { html } : { html, keyboard };
  return about === undefined ? plain : aboutOne(locale, plain, about);
}

/** The notice with the name of its subscription, whose buttons lead on to that one. */
function aboutOne(
  { language }: ReaderLocale,
  { html, keyboard }: Rendered,
  about: NamedSubscription,
): Rendered {
  const { heading } = textsIn(language).access.subscriptions;
  const named = [heading(subscriptionName(language, about)), html].join("\n");
  if (keyboard === undefined) return { html: named };
  return {
    html: named,
    keyboard: keyboard.map((row) =>
      row.map((button) =>
        "data" in button
          ? { ...button, data: withSubscription(button.data, about.number) }
          : button,
      ),
    ),
  };
}

/** One language's texts, and how it writes moments and money. */
interface Tools {
  /** A location as its reader calls it. */
  readonly place: (location: LocationLabel) => string;
  readonly texts: Texts;
  readonly day: (at: Instant) => string;
  readonly moment: (at: Instant) => string;
  readonly amount: (money: Money) => string;
  readonly bytes: (count: number) => string;
}
type Sentence<Of = Notice> = (notice: Of, tools: Tools) => string;

/** The sentence of every kind of notice. */
const sentences: { readonly [Kind in Notice["kind"]]: Sentence<Notice & { kind: Kind }> } = {
  captchaAsked: ({ challenge }, { texts: { people } }) =>
    people.captcha.asked(people.pictures[challenge.wanted], challenge.round, captchaRules.tries),
  captchaRight: (_, { texts }) => texts.people.captcha.right,
  captchaWrong: ({ pauseSeconds, triesLeft }, { texts }) =>
    texts.people.captcha.wrong(pauseSeconds, triesLeft),
  captchaFailed: ({ pauseMinutes }, { texts }) => texts.people.captcha.failed(pauseMinutes),
  captchaLapsed: (_, { texts }) => texts.people.captcha.lapsed,
  channelsMissing: ({ isAgain }, { texts: { people } }) =>
    isAgain ? people.channels.missingAgain : people.channels.missing,
  channelsLapsed: (_, { texts }) => texts.people.channels.lapsed,
  channelsLeft: ({ channels, until }, { texts, moment }) =>
    texts.people.channels.left(channelsByName(texts, channels), moment(until)),
  channelsPaused: ({ channels }, { texts }) =>
    texts.people.channels.paused(channelsByName(texts, channels)),
  channelsJoined: (_, { texts }) => texts.people.channels.thanks,
  channelsStay: (_, { texts }) => texts.people.channels.stays,
  waitingForApproval: (_, { texts }) => texts.people.signup.waiting,
  stillWaiting: (_, { texts }) => texts.people.signup.stillWaiting,
  approvedWithTrial: ({ until }, { texts, day }) =>
    texts.people.signup.approvedWithTrial(day(until)),
  approvedWithoutTime: (_, { texts }) => texts.people.signup.approvedWithoutTime,
  rejected: ({ mayAskAgainAt, reason }, { texts, moment }) =>
    texts.people.signup.rejected(moment(mayAskAgainAt), reason && reasonText(texts, reason)),
  waitsAgain: ({ was, isOver }, { texts: { people } }) =>
    people.signup.waitsAgain[isOver ? "over" : was],
  tooEarly: ({ mayAskAgainAt }, { texts, moment }) =>
    texts.people.signup.tooEarly(moment(mayAskAgainAt)),
  approvalLapsed: (_, { texts }) => texts.people.signup.lapsed,
  welcomeBack: (_, { texts }) => texts.people.signup.welcomeBack,
  adminWelcome: ({ role }, { texts: { people } }) =>
    role === undefined ? people.signup.adminWelcome : people.signup.staffWelcome[role],
  languageChanged: ({ language }) => textsIn(language).people.language.changed,

  hostTrouble: ({ isMaintained }, { texts: { access } }) =>
    isMaintained === true ? access.host.maintained : access.host.notAnswering,
  hostSick: (_, { texts }) => texts.access.host.sick,
  hostWell: (_, { texts }) => texts.access.host.well,
  changeDelayed: (_, { texts }) => texts.access.host.changeDelayed,
  hostRefused: (_, { texts }) => texts.access.host.refused,
  noHostFree: ({ location }, { texts: { access }, place }) =>
    location === undefined ? access.host.full : access.location.fullNow(place(location)),
  locationPicked: (notice, { texts, place }) =>
    locationOutcome(texts.access.location, notice, place),
  timeGiven: ({ until }, { texts, day }) => texts.access.subscription.timeGiven(day(until)),
  timeGivenBack: ({ ms, until }, { texts, day }) =>
    texts.access.maintenance.givenBack(durationIn(texts, ms), day(until)),
  timePaid: ({ until, surplus, isHonoured, isInStars }, { texts, day, amount }) =>
    [
      texts.access.subscription.timePaid(day(until)),
      ...(isInStars ? [texts.payments.renewal.begunInStars] : []),
      ...(isHonoured ? [texts.payments.invoice.honoured] : []),
      ...(surplus ? [texts.payments.balance.surplus(amount(surplus))] : []),
    ].join("\n"),
  addOnPaid: ({ addOn, surplus, isHonoured }, { texts: { payments }, day, amount, bytes }) =>
    [
      addOn.kind === "traffic"
        ? payments.addOn.trafficPaid(bytes(addOn.bytes))
        : payments.addOn.devicePaid(day(addOn.until)),
      ...(isHonoured ? [payments.invoice.honoured] : []),
      ...(surplus ? [payments.balance.surplus(amount(surplus))] : []),
    ].join("\n"),
  trafficLow: ({ leftBytes, until, againAt }, { texts, day, bytes }) =>
    texts.payments.addOn.trafficLow(bytes(leftBytes), day(until), againIn(until, againAt, day)),
  trafficBack: ({ limitBytes, until }, { texts, day, bytes }) =>
    texts.access.subscription.trafficBack(bytes(limitBytes), day(until)),
  trafficUsedUp: ({ until, canBuy = false, againAt }, { texts, day }) =>
    texts.access.subscription.trafficUsedUp(day(until), canBuy, againIn(until, againAt, day)),
  deviceEndsSoon: ({ until, canBuy = false }, { texts, moment }) =>
    texts.payments.addOn.deviceEndsSoon(moment(until), canBuy),
  deviceEnded: ({ canBuy = false }, { texts }) => texts.payments.addOn.deviceEnded(canBuy),
  reminder: ({ daysLeft, until, isRenewed }, { texts: { access, payments }, day }) =>
    isRenewed
      ? payments.renewal.soon(daysLeft, day(until))
      : access.subscription.reminder(daysLeft, day(until)),
  graceBegan: ({ until }, { texts, moment }) => texts.access.subscription.graceBegan(moment(until)),
  expired: (_, { texts }) => texts.access.subscription.expired,
  accessBack: ({ balances }, tools) =>
    withBalances(tools.texts.access.subscription.back, balances, tools),
  unblocked: ({ balances }, tools) =>
    withBalances(tools.texts.access.subscription.unblocked, balances, tools),
  subscriptionRevoked: (_, { texts }) => texts.access.subscription.revoked,
  noAccessNow: ({ isNew }, { texts: { access } }) =>
    isNew ? access.subscription.notBegun : access.subscription.notActive,
  devicesPaused: ({ limit, names }, { texts }) => texts.access.device.planPaused(limit, names),
  devicePaused: ({ limit }, { texts }) => texts.access.device.isPaused(limit),
  deviceUsed: ({ name, instead }, { texts }) => texts.access.device.used(name, instead),
  deviceLimit: ({ limit, canBuy = false }, { texts }) => texts.access.device.limit(limit, canBuy),
  deviceRenamed: ({ name }, { texts }) => texts.access.device.renamed(name),
  deviceRevoked: ({ name }, { texts }) => texts.access.device.removed(name),
  deviceMoved: ({ name, why, keepsKey, until }, { texts, moment }) => {
    const { moved } = texts.access.device;
    const old = until === undefined || keepsKey ? [] : [moved.until(moment(until))];
    return [moved.why[why](name), keepsKey ? moved.sameLink : moved.newKey, ...old].join("\n");
  },
  keyReplaced: ({ name }, { texts }) => texts.access.device.keyReplaced(name),
  hwidsForgotten: (_notice, { texts }) => texts.access.link.forgotten,
  deviceUnknown: (_, { texts }) => texts.access.device.unknown,

  notOpened: ({ why }, { texts }) => texts.payments.notOpened[why],
  invoiceRefused: (_, { texts }) => texts.payments.invoice.refused,
  underpaid: ({ paid, missing }, { texts, amount }) =>
    texts.payments.balance.underpaid(amount(paid), amount(missing)),
  credited: ({ amount: credit, why }, { texts: { payments }, amount }) =>
    payments.balance.credited(amount(credit), payments.creditReasons[why]),
  toppedUp: ({ amount: paid, isHonoured }, { texts: { payments }, amount }) =>
    [payments.topUp.done(amount(paid)), ...(isHonoured ? [payments.invoice.honoured] : [])].join(
      "\n",
    ),
  balanceShort: ({ amount: price }, { texts, amount }) =>
    texts.payments.balance.tooSmall(amount(price)),
  renewed: ({ until, paid, gateway }, { texts: { payments }, day, amount }) =>
    payments.renewal.renewed(day(until), amount(paid), payments.gateway.name(gateway)),
  renewalShort: ({ amount: price, until, isLast }, { texts, day, amount }) =>
    texts.payments.renewal.short(amount(price), day(until), isLast),
  renewalAsked: ({ why, price, until }, { texts, day, amount }) =>
    texts.payments.renewal.asked[why](day(until), price && amount(price)),
  renewalFailed: ({ amount: price, again, isCardLost }, { texts, moment, amount }) =>
    isCardLost === true
      ? texts.payments.renewal.cardLost(amount(price))
      : texts.payments.renewal.failed(amount(price), again && moment(again)),
  renewalSet: ({ by, price, nextAt }, { texts: { payments }, moment, amount }) =>
    by === undefined || price === undefined
      ? payments.renewal.stopped
      : payments.renewal.agreed[by](amount(price), nextAt && moment(nextAt)),
  cardNotSaved: (_, { texts }) => texts.payments.renewal.cardNotSaved,
  cardForgotten: (_, { texts }) => texts.payments.renewal.cardForgotten,
  starsResumable: ({ until }, { texts, day }) => texts.payments.renewal.resumable(day(until)),
  refundUnderWay: ({ amount: refund }, { texts, amount }) =>
    texts.payments.refund.underWay(amount(refund)),
  refundBegan: ({ amount: refund, until, addOn }, { texts, amount, day }) =>
    withTaken(texts.payments.refund.began(amount(refund), until && day(until)), texts, addOn),
  moneyReturned: ({ amount: refund, until, addOn }, { texts, amount, day }) =>
    withTaken(texts.payments.refund.returned(amount(refund), until && day(until)), texts, addOn),
  refundFailed: ({ amount: refund, isOnBalance }, { texts, amount }) =>
    texts.payments.refund.failed(amount(refund), isOnBalance),
  refundNotOpened: ({ why }, { texts }) => texts.payments.refundNotOpened[why],
  unmatchedResolved: (notice, tools) => resolvedText(notice, tools),

  actDone: (notice, tools) => tools.texts.people.act.done(effectOf(notice, tools)),
  actWaits: (notice, tools) => actWaits(notice, tools),
  actRefused: ({ why }, { texts }) => refusal(texts, why),
  ticketClosed: (_, { texts }) => texts.messaging.tickets.closed,
};

/** The sentence, and what else a refund takes back. */
function withTaken(sentence: string, texts: Texts, addOn: AddOn["kind"] | undefined): string {
  const { deviceTaken, trafficTaken } = texts.payments.addOn;
  if (addOn === undefined) return sentence;
  return `${sentence} ${addOn === "device" ? deviceTaken : trafficTaken}`;
}

/** The sentence, and below it what the person has on the balance. */
function withBalances(
  sentence: string,
  balances: readonly Money[] = [],
  { texts, amount }: Tools,
): string {
  if (balances.length === 0) return sentence;
  return `${sentence}\n${texts.payments.balance.title}: ${balances.map(amount).join(" · ")}`;
}

function refusal({ people: { act } }: Texts, why: ActRefusal): string {
  switch (why) {
    case "onAdmin":
      return act.onAdmin;
    case "badDays":
      return act.extendHow(longestExtensionDays);
    case "notAdmin":
      return act.notAdmin;
    case "noCustomer":
      return act.noCustomer;
    case "noSubscription":
    case "undone":
    case "tooLate":
    case "notBooked":
    case "changedSince":
      return act[why];
  }
}

/** When the traffic begins anew, where the access lasts so long. */
const againIn = (
  until: Instant,
  againAt: Instant | undefined,
  say: (at: Instant) => string,
): string | undefined =>
  againAt !== undefined && msBetween(againAt, until) > 0 ? say(againAt) : undefined;
