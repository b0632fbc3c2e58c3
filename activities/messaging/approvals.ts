import type { ApprovalFacts } from "../../db/messaging/message-facts.ts";
import type { ApprovalQuestion } from "../../domain/messaging/announcements.ts";
import {
  customerButton,
  decideButton,
  pendingButton,
  rejectButton,
  unmatchedButton,
} from "../../domain/messaging/buttons.ts";
import { displayName, type Language } from "../../domain/people/customer.ts";
import { hourMs, type Instant, instant, msBetween } from "../../domain/time.ts";
import type { Keyboard, TextMessage } from "../../gateways/messenger/port.ts";
import { escapeHtml, momentIn, type ReaderLocale, textsIn } from "../../texts/index.ts";
import { reasonText } from "../../texts/reasons.ts";
import { moneyIn } from "../../texts/money.ts";
import { truncate } from "../../texts/truncate.ts";

/** The question with its buttons while it is open; then with who decided it, and when. */
export function approvalText(
  asked: ApprovalQuestion,
  facts: ApprovalFacts,
  locale: ReaderLocale,
): TextMessage {
  const html = question(facts, locale);
  if (facts.state === "open") {
    return { kind: "text", html, keyboard: decisionButtons(asked, facts, locale.language) };
  }
  const keyboard = closedButtons(facts, locale.language);
  return { kind: "text", html: `${html}\n\n${verdict(facts, locale)}`, keyboard };
}

/** Below a closed question: whom it was about, and the others that wait. */
function closedButtons(
  { subject: { telegramId: id } }: ApprovalFacts,
  language: Language,
): Keyboard {
  const { menu, sale } = textsIn(language).operations;
  const requests = { text: menu.requests, data: pendingButton.data({ place: "new" }) };
  if (id === undefined) return [[requests]];
  return [[{ text: sale.card, data: customerButton.data({ id }) }, requests]];
}

/** Reminds admins of one open question. */
export function reminderText(facts: ApprovalFacts, language: Language, now: Instant): TextMessage {
  const { subject, person, askedAt } = facts;
  const name = person ? displayName(person) : "host" in subject ? subject.host : "—";
  const hours = Math.max(1, Math.floor(msBetween(askedAt, now) / hourMs));
  const { people, operations } = textsIn(language);
  const requests = { text: operations.menu.requests, data: pendingButton.data({ place: "new" }) };
  return { kind: "text", html: people.approval.reminder(name, hours), keyboard: [[requests]] };
}

/** How many questions are open; its button lists them. */
export function digestText(open: number, language: Language): TextMessage {
  const texts = textsIn(language);
  if (open === 0) return { kind: "text", html: texts.people.approval.none, keyboard: [] };
  const keyboard = [[{ text: texts.operations.menu.requests, data: pendingButton.data({}) }]];
  return { kind: "text", html: texts.people.approval.digest(open), keyboard };
}

/** How many unmatched payments wait; its button lists them. */
export function unmatchedDigestText(open: number, language: Language): TextMessage {
  const { operations, payments } = textsIn(language);
  const { none, digest } = payments.unmatched;
  if (open === 0) return { kind: "text", html: none, keyboard: [] };
  const list = { text: operations.menu.unmatched, data: unmatchedButton.data({ page: 1 }) };
  return { kind: "text", html: digest(open), keyboard: [[list]] };
}

function question(facts: ApprovalFacts, locale: ReaderLocale): string {
  const { language } = locale;
  const { subject, person, invitedBy, askedAt } = facts;
  const texts = textsIn(language);
  const name = person ? displayName(person) : "—";
  const at = momentIn(locale, askedAt);
  switch (subject.kind) {
    case "refund":
      return texts.payments.refund.ask({
        name,
        id: subject.telegramId,
        amount: moneyIn(language, subject.amount),
        gateway: texts.payments.gateway.name(subject.gateway),
        reason: subject.reason,
        at,
      });
    case "signup":
      return texts.people.approval.askSignup({
        name,
        username: person?.username ? `@${escapeHtml(person.username)}` : "",
        id: subject.telegramId,
        language: texts.people.languages[person?.language ?? "en"],
        invited: invitedBy && { name: displayName(invitedBy), id: invitedBy.telegramId },
        at,
      });
    case "removals":
      return texts.operations.peers.askRemovals(escapeHtml(subject.host), {
        count: subject.count,
        owners: (facts.owners ?? []).map(({ name: owner, device }) => ({
          name: truncate(owner),
          device: truncate(device),
        })),
        at,
      });
    case "unknownPeers":
      return texts.operations.peers.askUnknownPeers(escapeHtml(subject.host), subject.count, at);
    default:
      // The database may hold a question of a newer version.
      throw new Error(`a question about "${(subject as { kind: string }).kind}" has no text`);
  }
}

function decisionButtons(
  asked: ApprovalQuestion,
  { subject: { kind } }: ApprovalFacts,
  language: Language,
): Keyboard {
  const texts = textsIn(language);
  const no = { ...asked, decision: "reject" } as const;
  return [
    [
      {
        text: texts.people.approval.approve,
        data: decideButton.data({ ...asked, decision: "approve" }),
      },
      {
        text: texts.people.approval.reject,
        data: kind === "signup" ? rejectButton.data(asked) : decideButton.data(no),
      },
    ],
  ];
}

function verdict(facts: ApprovalFacts, locale: ReaderLocale): string {
  const texts = textsIn(locale.language);
  const at = momentIn(locale, facts.decidedAt ?? instant(facts.askedAt));
  const by = facts.decidedBy ? displayName(facts.decidedBy) : "—";
  if (facts.undoneAt !== undefined) {
    const { undoneBy, undoneAt } = facts;
    const who = undoneBy ? displayName(undoneBy) : "—";
    return texts.people.approval.undone(who, momentIn(locale, undoneAt));
  }
  if (facts.state === "approved") return texts.people.approval.approved(by, at);
  if (facts.state === "rejected") {
    const why = facts.reason && reasonText(texts, facts.reason);
    const verdict = texts.people.approval.rejected(by, at);
    return why === undefined ? verdict : `${verdict}\n${why}`;
  }
  return texts.people.approval.lapsed(at);
}
