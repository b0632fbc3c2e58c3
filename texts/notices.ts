import { type Challenge, pictures } from "../domain/people/captcha.ts";
import type { ActRefusal } from "../domain/people/admin-act.ts";
import type { Language } from "../domain/people/customer.ts";
import type { Notice } from "../domain/messaging/notice.ts";
import { isolated, momentIn, textsIn } from "./index.ts";
import { moneyIn } from "./money.ts";

interface Rendered {
  readonly html: string;
  readonly keyboard?: readonly (readonly { readonly text: string; readonly data: string }[])[];
}

/** The buttons of a captcha: three in a row; a press says which question it answers. */
function captchaButtons({ round, options }: Challenge) {
  const buttons = options.map((option) => {
    return { text: pictures[option], data: `captcha:${round}:${option}` };
  });
  return [buttons.slice(0, 3), buttons.slice(3)];
}

/** What a notice says to a person who speaks `language`, in Telegram's HTML. */
export function renderNotice(language: Language, notice: Notice): Rendered {
  const texts = textsIn(language);
  if (notice.kind === "captchaAsked") {
    const { challenge } = notice;
    const html = texts.captchaAsked(texts.pictures[challenge.wanted], challenge.round);
    return { html, keyboard: captchaButtons(challenge) };
  }
  return { html: sentence(language, notice) };
}

function sentence(language: Language, notice: Exclude<Notice, { kind: "captchaAsked" }>): string {
  const texts = textsIn(language);
  switch (notice.kind) {
    case "captchaWrong":
      return texts.captchaWrong(notice.pauseSeconds, notice.triesLeft);
    case "captchaFailed":
      return texts.captchaFailed(notice.pauseMinutes);
    case "rejected":
    case "tooEarly":
      return texts[notice.kind](momentIn(language, notice.mayAskAgainAt));
    case "approvedWithTrial":
    case "timeGiven":
    case "timePaid":
    case "timeTakenBack":
    case "trafficUsedUp":
    case "graceBegan":
      return texts[notice.kind](momentIn(language, notice.until));
    case "reminder":
      return texts.reminder(notice.daysLeft, momentIn(language, notice.until));
    case "deviceLimit":
      return texts.deviceLimit(notice.limit);
    case "deviceRenamed":
    case "deviceRevoked":
      return texts[notice.kind](notice.name);
    case "languageChanged":
      return textsIn(notice.language).languageChanged;
    case "notOpened":
      return texts.notOpened[notice.why];
    case "unmatchedResolved":
      return texts.unmatchedResolved[notice.resolved.kind];
    case "refundNotOpened":
      return texts.refundNotOpened[notice.why];
    case "underpaid":
      return texts.underpaid(moneyIn(language, notice.paid), moneyIn(language, notice.missing));
    case "credited":
      return texts.credited(moneyIn(language, notice.amount), texts.creditReasons[notice.why]);
    case "surplusCredited":
    case "balanceShort":
    case "refundUnderWay":
    case "moneyReturned":
      return texts[notice.kind](moneyIn(language, notice.amount));
    case "refundFailed":
      return texts.refundFailed(moneyIn(language, notice.amount), notice.isOnBalance);
    case "actWaits": {
      const what = `${isolated(notice.name)}: ${texts.events[notice.act]}`;
      const away = notice.hosts.filter((host) => host !== "");
      const words = away.length > 0 ? [texts.actWaits(what, hostsIn(away))] : [];
      // One device may wait for room and another for its host.
      return [
        ...words,
        ...(away.length < notice.hosts.length ? [texts.actWaitsForRoom(what)] : []),
      ].join("\n");
    }
    case "actDone":
      return texts.actDone(`${isolated(notice.name)}: ${texts.events[notice.act]}`);
    case "actRefused":
      return refusal(texts, notice.why);
    case "captchaRight":
    case "captchaLapsed":
    case "waitingForApproval":
    case "stillWaiting":
    case "approvedWithoutTime":
    case "approvalLapsed":
    case "welcomeBack":
    case "adminWelcome":
    case "invoiceRefused":
    case "invoiceDelayed":
    case "hostTrouble":
    case "changeDelayed":
    case "hostRefused":
    case "noHostFree":
    case "expired":
    case "accessBack":
    case "subscriptionRevoked":
    case "deviceUnknown":
    case "noAccessNow":
      return texts[notice.kind];
  }
}

const mostHostsNamed = 5;

/** The first hosts by name, and how many more there are. */
function hostsIn(hosts: readonly string[]): string {
  const named = hosts.slice(0, mostHostsNamed).map(isolated);
  const more = hosts.length - named.length;
  return [...named, ...(more > 0 ? [`+${more}`] : [])].join(", ");
}

function refusal(texts: ReturnType<typeof textsIn>, why: ActRefusal) {
  switch (why) {
    case "onAdmin":
      return texts.actOnAdmin;
    case "badDays":
      return texts.extendHow;
    case "notAdmin":
      return texts.actNotAdmin;
    case "noCustomer":
      return texts.actNoCustomer;
    case "noSubscription":
      return texts.actNoSubscription;
  }
}
