import {
  balanceButton,
  captchaButton,
  connectButton,
  helpButton,
  homeButton,
  paymentsButton,
  plansButton,
  renewalButton,
  startButton,
  topUpButton,
} from "../domain/messaging/buttons.ts";
import type { Notice } from "../domain/messaging/notice.ts";
import { type Challenge, pictures } from "../domain/people/captcha.ts";
import type { Texts } from "./index.ts";

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
} as const;

type NextSteps = readonly (keyof typeof steps)[];

/** What a customer may want to do after a notice. Those of admins' acts lead nowhere else. */
const nextSteps: { readonly [Kind in Notice["kind"]]: NextSteps | undefined } = {
  captchaAsked: undefined,
  captchaRight: undefined,
  captchaWrong: undefined,
  captchaFailed: ["start"],
  captchaLapsed: ["start"],
  waitingForApproval: ["help"],
  stillWaiting: ["help"],
  approvedWithTrial: ["connect", "home"],
  approvedWithoutTime: ["choosePlan", "home"],
  rejected: ["help"],
  waitsAgain: ["help"],
  tooEarly: ["help"],
  approvalLapsed: ["start"],
  welcomeBack: ["home"],
  adminWelcome: ["home"],
  hostTrouble: ["home"],
  changeDelayed: ["home"],
  hostRefused: ["home"],
  noHostFree: ["home"],
  timeGiven: ["connect", "home"],
  timePaid: ["connect", "home"],
  trafficUsedUp: ["extend", "home"],
  reminder: ["extend", "home"],
  graceBegan: ["extend", "home"],
  expired: ["choosePlan", "home"],
  accessBack: ["connect", "home"],
  unblocked: ["choosePlan", "home"],
  subscriptionRevoked: ["help"],
  deviceLimit: ["home"],
  deviceRenamed: ["home"],
  deviceRevoked: ["home"],
  deviceUnknown: ["home"],
  noAccessNow: ["extend", "home"],
  languageChanged: ["home"],
  notOpened: ["choosePlan", "home"],
  invoiceRefused: ["choosePlan", "home"],
  underpaid: ["payments", "balance"],
  credited: ["balance", "choosePlan"],
  toppedUp: ["choosePlan", "balance"],
  balanceShort: ["topUp", "choosePlan"],
  renewed: ["renewal", "home"],
  renewalShort: ["topUp", "extend", "renewal"],
  renewalAsked: ["renewal", "extend"],
  renewalFailed: ["extend", "renewal"],
  renewalSet: ["renewal", "home"],
  cardSaved: ["renewal", "home"],
  cardNotSaved: ["renewal", "home"],
  cardForgotten: ["renewal", "home"],
  starsResumable: ["renewal", "home"],
  refundUnderWay: ["payments", "home"],
  refundBegan: ["payments", "home"],
  moneyReturned: ["payments", "home"],
  refundFailed: ["help", "home"],
  unmatchedResolved: undefined,
  refundNotOpened: undefined,
  actDone: undefined,
  actWaits: undefined,
  actRefused: undefined,
  ticketClosed: ["help", "home"],
};

/** Rows of buttons. */
export type NoticeButtons = readonly (readonly {
  readonly text: string;
  readonly data: string;
}[])[];

/** The buttons below a notice; undefined: it has none. */
export function noticeButtons(
  { messaging: { menu } }: Texts,
  notice: Notice,
): NoticeButtons | undefined {
  if (notice.kind === "captchaAsked") return captchaButtons(notice.challenge);
  return nextSteps[notice.kind]?.map((step) => [{ text: menu[step], data: steps[step] }]);
}

/** A captcha's buttons, three per row; a press says which question it answers. */
function captchaButtons({ round, options }: Challenge) {
  const buttons = options.map((option) => {
    return { text: pictures[option], data: captchaButton.data({ round, choice: option }) };
  });
  return [buttons.slice(0, 3), buttons.slice(3)];
}
