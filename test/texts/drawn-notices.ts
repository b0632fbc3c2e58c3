import * as fc from "fast-check";
import type { Notice } from "../../domain/messaging/notice.ts";
import { creditReasons } from "../../domain/payments/effect.ts";
import { type AddOn, addOnKinds, notOpenedReasons } from "../../domain/payments/payment.ts";

import { renewalDoubts, renewalKinds } from "../../domain/payments/renewal.ts";
import { cannedReasons } from "../../domain/people/approval.ts";
import { pictureNames } from "../../domain/people/captcha.ts";
import { mostChannels } from "../../domain/people/channels.ts";
import { drawnDeviceNotices } from "./drawn-device-notices.ts";
import { drawnStaffNotices } from "./drawn-staff-notices.ts";
import { dayMs } from "../../domain/time.ts";
import { anyAmount, anyLanguage, anyMoment, anyName } from "./drawn-words.ts";

const anyChannel = fc.oneof(
  fc.stringMatching(/^[a-z]\w{3,31}$/u).map((name) => {
    return { chat: `@${name}`, url: `https://t.me/${name}` };
  }),
  fc.constant({ chat: "-1001234567890", url: "https://t.me/+AbCdEfGh12345" }),
);
const anyChannels = fc.array(anyChannel, { minLength: 1, maxLength: mostChannels });

const smallNumber = fc.nat(100);
const isSold = fc.constant(true as const);
const anyBytes = fc.integer({ min: 1, max: 2 ** 50 });
/** What can be added to a plan. */
const anyAddOn: fc.Arbitrary<AddOn> = fc.oneof(
  fc.record({ kind: fc.constant("traffic" as const), bytes: anyBytes }),
  fc.record({ kind: fc.constant("device" as const), until: anyMoment }),
);

/** Every kind of notice, with arbitrary content. */
export const drawnNotices: {
  [Kind in Notice["kind"]]: fc.Arbitrary<Extract<Notice, { kind: Kind }>>;
} = {
  ...drawnDeviceNotices,
  ...drawnStaffNotices,
  captchaAsked: fc
    .record({
      round: fc.integer({ min: 1, max: 3 }),
      options: fc.shuffledSubarray(pictureNames, { minLength: 6, maxLength: 6 }),
    })
    .map(({ round, options }) => {
      return { kind: "captchaAsked", challenge: { round, options, wanted: options[0]! } };
    }),
  captchaWrong: fc.record({
    kind: fc.constant("captchaWrong"),
    pauseSeconds: smallNumber,
    triesLeft: smallNumber,
  }),
  captchaFailed: fc.record({ kind: fc.constant("captchaFailed"), pauseMinutes: smallNumber }),
  approvedWithTrial: fc.record({ kind: fc.constant("approvedWithTrial"), until: anyMoment }),
  rejected: fc.record(
    {
      kind: fc.constant("rejected"),
      mayAskAgainAt: anyMoment,
      reason: fc.oneof(
        fc.constantFrom(...cannedReasons).map((canned) => ({ canned })),
        anyName.map((words) => ({ words })),
      ),
    },
    { requiredKeys: ["kind", "mayAskAgainAt"] },
  ),
  waitsAgain: fc.record({
    kind: fc.constant("waitsAgain"),
    was: fc.constantFrom("approved", "rejected"),
  }),
  tooEarly: fc.record({ kind: fc.constant("tooEarly"), mayAskAgainAt: anyMoment }),
  accessBack: fc.record(
    { kind: fc.constant("accessBack"), balances: fc.array(anyAmount, { maxLength: 6 }) },
    { requiredKeys: ["kind"] },
  ),
  unblocked: fc.record({
    kind: fc.constant("unblocked"),
    balances: fc.array(anyAmount, { maxLength: 6 }),
  }),
  timeGivenBack: fc.record({
    kind: fc.constant("timeGivenBack"),
    ms: fc.nat(400 * dayMs),
    until: anyMoment,
  }),
  timeGiven: fc.record({ kind: fc.constant("timeGiven"), until: anyMoment }),
  reminder: fc.record(
    {
      kind: fc.constant("reminder"),
      daysLeft: smallNumber,
      until: anyMoment,
      isRenewed: fc.constant(true),
    },
    { requiredKeys: ["kind", "daysLeft", "until"] },
  ),
  renewed: fc.record({
    kind: fc.constant("renewed"),
    until: anyMoment,
    paid: anyAmount,
    gateway: fc.constantFrom("balance", "stars", "tbank"),
  }),
  renewalShort: fc.record({
    kind: fc.constant("renewalShort"),
    amount: anyAmount,
    until: anyMoment,
    isLast: fc.boolean(),
  }),
  renewalAsked: fc.record(
    {
      kind: fc.constant("renewalAsked"),
      why: fc.constantFrom(...renewalDoubts),
      price: anyAmount,
      until: anyMoment,
    },
    { requiredKeys: ["kind", "why", "until"] },
  ),
  renewalFailed: fc.record(
    {
      kind: fc.constant("renewalFailed"),
      amount: anyAmount,
      again: anyMoment,
      isCardLost: fc.boolean(),
    },
    { requiredKeys: ["kind", "amount"] },
  ),
  renewalSet: fc.record(
    {
      kind: fc.constant("renewalSet"),
      by: fc.constantFrom(...renewalKinds),
      price: anyAmount,
      nextAt: anyMoment,
    },
    { requiredKeys: ["kind"] },
  ),
  starsResumable: fc.record({ kind: fc.constant("starsResumable"), until: anyMoment }),
  cardNotSaved: fc.constant({ kind: "cardNotSaved" }),
  cardForgotten: fc.constant({ kind: "cardForgotten" }),
  timePaid: fc.record(
    {
      kind: fc.constant("timePaid"),
      until: anyMoment,
      surplus: anyAmount,
      isHonoured: fc.constant(true),
      isInStars: fc.constant(true),
    },
    { requiredKeys: ["kind", "until"] },
  ),
  addOnPaid: fc.record(
    {
      kind: fc.constant("addOnPaid"),
      addOn: anyAddOn,
      surplus: anyAmount,
      isHonoured: fc.constant(true),
    },
    { requiredKeys: ["kind", "addOn"] },
  ),
  trafficLow: fc.record(
    {
      kind: fc.constant("trafficLow"),
      leftBytes: anyBytes,
      until: anyMoment,
      againAt: anyMoment,
      canBuy: isSold,
    },
    { requiredKeys: ["kind", "leftBytes", "until"] },
  ),
  trafficUsedUp: fc.record(
    { kind: fc.constant("trafficUsedUp"), until: anyMoment, againAt: anyMoment, canBuy: isSold },
    { requiredKeys: ["kind", "until"] },
  ),
  trafficBack: fc.record({
    kind: fc.constant("trafficBack"),
    limitBytes: anyBytes,
    until: anyMoment,
  }),
  notOpened: fc.record({
    kind: fc.constant("notOpened"),
    why: fc.constantFrom(...notOpenedReasons),
  }),
  underpaid: fc.record({ kind: fc.constant("underpaid"), paid: anyAmount, missing: anyAmount }),
  credited: fc.record({
    kind: fc.constant("credited"),
    amount: anyAmount,
    why: fc.constantFrom(...creditReasons, "noAccess" as const, "found" as const),
  }),
  toppedUp: fc.record(
    {
      kind: fc.constant("toppedUp"),
      amount: anyAmount,
      isHonoured: fc.constant(true as const),
    },
    { requiredKeys: ["kind", "amount"] },
  ),
  balanceShort: fc.record({ kind: fc.constant("balanceShort"), amount: anyAmount }),
  refundUnderWay: fc.record({ kind: fc.constant("refundUnderWay"), amount: anyAmount }),
  refundBegan: fc.record(
    {
      kind: fc.constant("refundBegan"),
      amount: anyAmount,
      until: anyMoment,
      addOn: fc.constantFrom(...addOnKinds),
    },
    { requiredKeys: ["kind", "amount"] },
  ),
  moneyReturned: fc.record(
    {
      kind: fc.constant("moneyReturned"),
      amount: anyAmount,
      until: anyMoment,
      addOn: fc.constantFrom(...addOnKinds),
    },
    { requiredKeys: ["kind", "amount"] },
  ),
  refundFailed: fc.record({
    kind: fc.constant("refundFailed"),
    amount: anyAmount,
    isOnBalance: fc.boolean(),
  }),
  invoiceRefused: fc.constant({ kind: "invoiceRefused" }),
  graceBegan: fc.record({ kind: fc.constant("graceBegan"), until: anyMoment }),
  languageChanged: fc.record({
    kind: fc.constant("languageChanged"),
    language: anyLanguage,
  }),
  captchaRight: fc.constant({ kind: "captchaRight" }),
  captchaLapsed: fc.constant({ kind: "captchaLapsed" }),
  channelsMissing: fc.record(
    {
      kind: fc.constant("channelsMissing"),
      channels: anyChannels,
      isAgain: fc.constant(true as const),
    },
    { requiredKeys: ["kind", "channels"] },
  ),
  channelsLapsed: fc.constant({ kind: "channelsLapsed" }),
  channelsLeft: fc.record({
    kind: fc.constant("channelsLeft"),
    channels: anyChannels,
    until: anyMoment,
  }),
  channelsPaused: fc.record({ kind: fc.constant("channelsPaused"), channels: anyChannels }),
  channelsJoined: fc.constant({ kind: "channelsJoined" }),
  channelsStay: fc.constant({ kind: "channelsStay" }),
  waitingForApproval: fc.constant({ kind: "waitingForApproval" }),
  stillWaiting: fc.constant({ kind: "stillWaiting" }),
  approvedWithoutTime: fc.constant({ kind: "approvedWithoutTime" }),
  approvalLapsed: fc.constant({ kind: "approvalLapsed" }),
  welcomeBack: fc.constant({ kind: "welcomeBack" }),
  adminWelcome: fc.constant({ kind: "adminWelcome" }),
  hwidsForgotten: fc.constant({ kind: "hwidsForgotten" }),
  hostTrouble: fc.constantFrom(
    { kind: "hostTrouble" },
    { kind: "hostTrouble", isMaintained: true },
  ),
  hostSick: fc.constant({ kind: "hostSick" }),
  hostWell: fc.constant({ kind: "hostWell" }),
  changeDelayed: fc.constant({ kind: "changeDelayed" }),
  hostRefused: fc.constant({ kind: "hostRefused" }),
  expired: fc.constant({ kind: "expired" }),
  ticketClosed: fc.constant({ kind: "ticketClosed" }),
  subscriptionRevoked: fc.constant({ kind: "subscriptionRevoked" }),
  noAccessNow: fc.constantFrom({ kind: "noAccessNow" }, { kind: "noAccessNow", isNew: true }),
};
