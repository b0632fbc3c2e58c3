import type { TicketPerson, TicketMessageFacts } from "../../db/messaging/ticket-facts.ts";
import {
  answerTicketButton,
  closeTicketButton,
  customerButton,
  replyTicketButton,
} from "../../domain/messaging/buttons.ts";
import { piecesOf } from "../../domain/messaging/ticket-messages.ts";
import { displayName, type Language } from "../../domain/people/customer.ts";
import { hourMs, type Instant, msBetween } from "../../domain/time.ts";
import type { Keyboard, Message, TextMessage } from "../../gateways/messenger/port.ts";
import { escapeHtml, momentIn, textsIn, type ReaderLocale } from "../../texts/index.ts";

/** Where a message goes: an admin's chat, the customer's chat, or the customer's topic. */
export interface TicketPlace {
  readonly language: Language;
  readonly part: number;
  /** A group of admins, and no private chat. */
  readonly isGroup: boolean;
  /** The number of the customer's topic there; undefined: it could not be made. */
  readonly topic: number | undefined;
}

/** One message of a conversation, for those who have not written it. */
export function ticketMessage(facts: TicketMessageFacts, place: TicketPlace): Message {
  const { words } = facts;
  const { part, topic } = place;
  const piece = escapeHtml(piecesOf(words)[part] ?? "");
  const inTopic = topic === undefined ? {} : { topic };
  if (part > 0) return { kind: "text", html: piece, ...inTopic };
  const { edited } = textsIn(place.language).messaging.tickets;
  const head = [headOf(facts, place), ...(facts.isEdit ? [edited] : [])].join("\n");
  const html = [head, piece, ...verdictOf(facts, place)].filter(Boolean).join("\n\n");
  const keyboard = keyboardOf(facts, place);
  const { file } = words;
  if (file === undefined) return { kind: "text", html, keyboard, ...inTopic };
  const { media, id: fileId } = file;
  return { kind: "sentFile", media, fileId, captionHtml: html, keyboard, ...inTopic };
}

/** Whose words they are; also in a topic, because a message may land outside of it. */
function headOf({ person, author }: TicketMessageFacts, place: TicketPlace): string {
  const { tickets } = textsIn(place.language).messaging;
  if (author === undefined) return tickets.from({ ...nameOf(person), id: person.telegramId });
  return place.isGroup ? tickets.answeredBy(displayName(author)) : tickets.fromSupport;
}

function verdictOf({ author, answeredBy, isClosed }: TicketMessageFacts, place: TicketPlace) {
  if (author !== undefined || place.isGroup) return [];
  const { tickets } = textsIn(place.language).messaging;
  if (answeredBy !== undefined) return [tickets.answeredBy(displayName(answeredBy))];
  return isClosed ? [tickets.isClosed] : [];
}

function keyboardOf(
  { person, author, isClosed }: TicketMessageFacts,
  place: TicketPlace,
): Keyboard {
  const { tickets } = textsIn(place.language).messaging;
  // The bot is silent in groups: there an answer is written into the topic.
  if (place.isGroup) return [];
  if (author !== undefined) return [[{ text: tickets.reply, data: replyTicketButton.data({}) }]];
  const { telegramId: id } = person;
  const close = { text: tickets.close, data: closeTicketButton.data({ id }) };
  return [
    [{ text: tickets.answer, data: answerTicketButton.data({ id }) }],
    [{ text: tickets.card, data: customerButton.data({ id }) }, ...(isClosed ? [] : [close])],
  ];
}

/** A first and a last name with the @username, if there is one; made safe for HTML by the texts. */
const nameOf = (person: TicketPerson): { readonly name: string; readonly username: string } => ({
  name: displayName(person),
  username: person.username === undefined ? "" : `@${escapeHtml(person.username)}`,
});

/** Reminds admins of a customer who waits. */
export function ticketReminder(
  person: TicketPerson,
  { language, isGroup, topic, now }: Omit<TicketPlace, "part"> & { readonly now: Instant },
): TextMessage | undefined {
  const { unansweredSince, telegramId: id } = person;
  if (unansweredSince === undefined) return undefined;
  const { tickets } = textsIn(language).messaging;
  const hours = Math.max(1, Math.floor(msBetween(unansweredSince, now) / hourMs));
  const html = tickets.reminder(displayName(person), hours);
  if (isGroup) return { kind: "text", html, ...(topic === undefined ? {} : { topic }) };
  const keyboard = [
    [{ text: tickets.answer, data: answerTicketButton.data({ id }) }],
    [{ text: tickets.card, data: customerButton.data({ id }) }],
  ];
  return { kind: "text", html, keyboard };
}

/** The customer's card at the top of their topic. */
export function ticketCard(
  person: TicketPerson,
  { language, zone, topic }: ReaderLocale & { readonly topic: number | undefined },
): TextMessage {
  const { people, messaging } = textsIn(language);
  const { name, username } = nameOf(person);
  const card = people.customer.card({
    name,
    username,
    id: person.telegramId,
    status: people.statuses[person.status],
    until:
      person.paidUntil === undefined
        ? people.customer.noTime
        : people.customer.until(momentIn({ language, zone }, person.paidUntil)),
    devices: String(person.deviceCount),
  });
  const html = `${card}\n\n${messaging.tickets.topicHow}`;
  return { kind: "text", html, isPinned: true, ...(topic === undefined ? {} : { topic }) };
}

/** The name of a customer's topic. */
export const topicName = (person: TicketPerson): string =>
  `${displayName(person)} ${person.telegramId}`;
