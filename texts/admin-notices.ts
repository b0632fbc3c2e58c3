import type { AdminNotice } from "../domain/messaging/admin-notice.ts";
import { displayName } from "../domain/people/customer.ts";
import { type Instant, toMs } from "../domain/time.ts";
import { adminNoticeButtons } from "./admin-notice-buttons.ts";
import type { NoticeSubject } from "./facts.ts";
import { dayIn, escapeHtml, type ReaderLocale, type Texts, textsIn } from "./index.ts";
import { moneyIn } from "./money.ts";
import type { Keyboard } from "./keyboard.ts";
import { transferLines } from "./transfer-lines.ts";

/** How much of a stranger's comment a notice shows: all that is kept. */
const longestComment = 300;

/**
 * What a notice says to an admin, in Telegram's HTML, and the buttons that lead on from it. `about`
 * is what the books say of it `now`.
 */
export function renderAdminNotice(
  locale: ReaderLocale,
  notice: AdminNotice,
  about: NoticeSubject,
  now: Instant,
): { readonly html: string; readonly keyboard?: Keyboard } {
  const texts = textsIn(locale.language);
  const { owner, origin, person } = about;
  const html = [
    sentenceOf(locale, notice, person === undefined ? "—" : displayName(person)),
    ...(owner === undefined ? [] : [ownerLine(locale, owner, now)]),
    ...(origin === undefined ? [] : transferLines({ texts }, origin, longestComment)),
  ].join("\n");
  const keyboard = adminNoticeButtons(texts, notice, about);
  return keyboard === undefined ? { html } : { html, keyboard };
}

/** Whose payment it is, and what they have now. */
function ownerLine(
  locale: ReaderLocale,
  { paidUntil, balances, ...name }: NonNullable<NoticeSubject["owner"]>,
  now: Instant,
): string {
  const { language } = locale;
  const hasTime = paidUntil !== undefined && toMs(paidUntil) > toMs(now);
  const balance = balances.map((amount) => moneyIn(language, amount)).join(" · ");
  const until = hasTime ? dayIn(locale, paidUntil, now) : "";
  return textsIn(language).operations.notice.owner(displayName(name), until, balance);
}

function sentenceOf({ language }: ReaderLocale, notice: AdminNotice, name: string): string {
  const { operations, payments } = textsIn(language);
  const say = operations.notice;
  if (notice.kind === "answerNotDelivered") return say.answerNotDelivered(name);
  if (notice.kind === "messageNotSent") return say.messageNotSent(notice.content, notice.reason);
  if ("host" in notice) return hostSentence(say, notice);
  if (notice.kind === "channelUnreadable") {
    return say.channelUnreadable(escapeHtml(notice.channel), notice.reason);
  }
  const gateway = payments.gateway.name(notice.gateway);
  switch (notice.kind) {
    case "unmatchedMoney":
    case "chargedBack":
    case "returnedOutside":
    case "creditedBlocked":
    case "refundReturned":
    case "refundWaits":
    case "unmatchedReturned":
    case "debt":
      return say[notice.kind](gateway, moneyIn(language, notice.amount));
    case "foundAndFixed":
    case "linesSkipped":
      return say[notice.kind](gateway, notice.count);
    case "refundNotAgreed": {
      const tell = notice.how === "rejected" ? say.refundRejected : say.refundLapsed;
      return tell(gateway, moneyIn(language, notice.amount));
    }
    case "refundRefused":
      return say.refundRefused(gateway, moneyIn(language, notice.amount), notice.why);
    case "quarantined":
    case "inconsistent":
      return say[notice.kind](gateway, notice.reason);
  }
}

/** A notice about a host. */
function hostSentence(
  say: Texts["operations"]["notice"],
  notice: Extract<AdminNotice, { readonly host: string }>,
): string {
  const host = escapeHtml(notice.host);
  switch (notice.kind) {
    case "hostBack":
    case "hostWell":
      return say[notice.kind](host);
    case "hostAway":
    case "hostSick":
      return say[notice.kind](host, escapeHtml(notice.trouble));
    case "hostEmptied":
    case "hostLost":
      return say[notice.kind](host, notice.moved);
    case "timeGivenBack":
      return say.timeGivenBack(host, notice.given);
    case "hostMigrationWaits":
      return say.hostMigrationWaits(host, notice.left);
    case "hostBlocked":
      return say.hostBlocked(host, escapeHtml(notice.source), escapeHtml(notice.trouble));
    case "hostUnblocked":
      return say.hostUnblocked(host, escapeHtml(notice.source));
  }
}
