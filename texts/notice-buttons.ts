import {
  addOnButton,
  balanceButton,
  captchaButton,
  connectButton,
  devicesButton,
  helpButton,
  homeButton,
  joinedButton,
  paymentsButton,
  plansButton,
  renewalButton,
  startButton,
  topUpButton,
} from "../domain/messaging/buttons.ts";
import type { Notice } from "../domain/messaging/notice.ts";
import type { CreditReason } from "../domain/payments/effect.ts";
import type { AddOn, NotOpened } from "../domain/payments/payment.ts";
import { type Challenge, pictures } from "../domain/people/captcha.ts";
import { joinButtons } from "./channels.ts";
import type { Texts } from "./index.ts";
import type { Keyboard } from "./keyboard.ts";
import { isStaffAnswer, staffButtons } from "./staff-buttons.ts";

/** The buttons below notices; their labels are those of the menu. */
const steps = {
  start: startButton.data({}),
  connect: connectButton.data({}),
  choosePlan: plansButton.data({}),
  extend: plansButton.data({}),
  balance: balanceButton.data({}),
  topUp: topUpButton.data({}),
  payments: paymentsButton.data({ page: 1 }),
  renewal: renewalButton.data({}),
  help: helpButton.data({}),
  home: homeButton.data({}),
  devices: devicesButton.data({}),
  moreTraffic: addOnButton.data({ kind: "traffic" }),
  moreDevices: addOnButton.data({ kind: "device" }),
} as const;

type NextSteps = readonly (keyof typeof steps)[];

/** What is offered first where it is sold. */
const soldSteps = {
  trafficLow: "moreTraffic",
  trafficUsedUp: "moreTraffic",
  deviceLimit: "moreDevices",
  devicesPaused: "moreDevices",
  devicePaused: "moreDevices",
  deviceEndsSoon: "moreDevices",
  deviceEnded: "moreDevices",
} as const;

/** Where a purchase that became no order can be made right. */
const notOpenedSteps: Readonly<Record<NotOpened, NextSteps>> = {
  notCustomer: ["start", "help"],
  notForSale: ["choosePlan", "home"],
  priceChanged: ["choosePlan", "home"],
  gatewayOff: ["choosePlan", "home"],
  alreadyOpen: ["payments", "home"],
  wrongAmount: ["topUp", "home"],
  addOnOff: ["choosePlan", "home"],
  addOnChanged: ["devices", "home"],
};

/** Only a person can make a credit useful to whoever may buy nothing; a block closes its page too. */
function creditSteps(why: CreditReason | "found"): NextSteps {
  if (why === "blocked") return ["help"];
  return why === "noAccess" ? ["help", "balance"] : ["balance", "choosePlan"];
}

function stepsAfter(notice: Notice): NextSteps | undefined {
  const steps = nextSteps[notice.kind];
  const next = typeof steps === "function" ? (steps as StepsAfter)(notice) : steps;
  if (next === undefined || !("canBuy" in notice) || !notice.canBuy) return next;
  return [soldSteps[notice.kind], ...next];
}

/** A device that is taken back may turn another one off. */
const refundSteps = ({ addOn }: { readonly addOn?: AddOn["kind"] }): NextSteps =>
  addOn === "device" ? ["devices", "payments", "home"] : ["payments", "home"];

type StepsAfter<Of = Notice> = (notice: Of) => NextSteps;

/** What a customer may want to do after a notice; for admins see `staffButtons`. */
const nextSteps: {
  readonly [Kind in Notice["kind"]]: NextSteps | undefined | StepsAfter<Notice & { kind: Kind }>;
} = {
  captchaAsked: undefined,
  captchaRight: undefined,
  captchaWrong: undefined,
  captchaFailed: ["start"],
  captchaLapsed: ["start"],
  channelsMissing: undefined,
  channelsLapsed: ["start"],
  channelsLeft: undefined,
  channelsPaused: undefined,
  channelsJoined: ["home"],
  channelsStay: ["home"],
  waitingForApproval: ["help"],
  stillWaiting: ["help"],
  approvedWithTrial: ["connect", "home"],
  approvedWithoutTime: ["choosePlan", "home"],
  rejected: ["help", "home"],
  waitsAgain: ["help"],
  tooEarly: ["help", "home"],
  approvalLapsed: ["start"],
  welcomeBack: ["home"],
  adminWelcome: ["home"],
  hostTrouble: ["home"],
  hostSick: ["home"],
  hostWell: ["home"],
  changeDelayed: ["home"],
  hostRefused: ["home"],
  noHostFree: ({ location }) => (location === undefined ? ["home"] : ["devices", "home"]),
  locationPicked: ["devices", "home"],
  timeGiven: ["connect", "home"],
  timeGivenBack: ["home"],
  timePaid: ({ isInStars }) => (isInStars ? ["connect", "renewal", "home"] : ["connect", "home"]),
  addOnPaid: ["devices", "home"],
  trafficLow: ["extend", "home"],
  trafficUsedUp: ["extend", "home"],
  trafficBack: ["home"],
  deviceEndsSoon: ["devices", "home"],
  deviceEnded: ["devices", "home"],
  reminder: ({ isRenewed }) => (isRenewed ? ["renewal", "home"] : ["extend", "home"]),
  graceBegan: ["extend", "home"],
  expired: ["choosePlan", "home"],
  accessBack: ["connect", "home"],
  unblocked: ["choosePlan", "home"],
  subscriptionRevoked: ["help"],
  devicesPaused: ["devices", "home"],
  devicePaused: ["devices", "choosePlan", "home"],
  deviceUsed: ["devices", "home"],
  deviceLimit: ["devices", "home"],
  deviceRenamed: ["devices", "home"],
  deviceRevoked: ["devices", "home"],
  deviceMoved: ["devices", "home"],
  keyReplaced: ["devices", "home"],
  hwidsForgotten: ["devices", "home"],
  deviceUnknown: ["devices", "home"],
  noAccessNow: ["choosePlan", "home"],
  languageChanged: ["home"],
  notOpened: ({ why }) => notOpenedSteps[why],
  invoiceRefused: ["choosePlan", "home"],
  underpaid: ["payments", "balance"],
  credited: ({ why }) => creditSteps(why),
  toppedUp: ["choosePlan", "balance"],
  balanceShort: ["topUp", "choosePlan"],
  renewed: ["renewal", "home"],
  renewalShort: ["topUp", "extend", "renewal"],
  renewalAsked: ["renewal", "extend"],
  renewalFailed: ["extend", "renewal"],
  renewalSet: ["renewal", "home"],
  cardNotSaved: ["renewal", "home"],
  cardForgotten: ["renewal", "home"],
  starsResumable: ["renewal", "home"],
  refundUnderWay: ["payments", "home"],
  refundBegan: refundSteps,
  moneyReturned: refundSteps,
  refundFailed: ["help", "home"],
  unmatchedResolved: undefined,
  refundNotOpened: undefined,
  actDone: undefined,
  actWaits: undefined,
  actRefused: undefined,
  ticketClosed: ["help", "home"],
};

/** The buttons below a notice; undefined: it has none. */
export function noticeButtons(texts: Texts, notice: Notice): Keyboard | undefined {
  if (notice.kind === "captchaAsked") return captchaButtons(notice.challenge);
  if ("channels" in notice) return channelButtons(texts, notice);
  if (isStaffAnswer(notice)) return staffButtons(texts, notice);
  const { menu } = texts.messaging;
  return stepsAfter(notice)?.map((step) => [{ text: menu[step], data: steps[step] }]);
}

/** A captcha's buttons, three per row; a press says which question it answers. */
function captchaButtons({ round, options }: Challenge): Keyboard {
  const buttons = options.map((option) => {
    return { text: pictures[option], data: captchaButton.data({ round, choice: option }) };
  });
  return [buttons.slice(0, 3), buttons.slice(3)];
}

/** The channels to join, and below them the button that has them looked up again. */
function channelButtons(
  texts: Texts,
  { kind, channels }: Extract<Notice, { readonly channels: unknown }>,
): Keyboard {
  const isNew = kind === "channelsMissing";
  const { joined, back } = texts.people.channels;
  const press = { text: isNew ? joined : back, data: joinedButton.data({}) };
  const home = { text: texts.messaging.menu.home, data: homeButton.data({}) };
  const rows = [...joinButtons(texts, channels).map((button) => [button]), [press]];
  return isNew ? rows : [...rows, [home]];
}
