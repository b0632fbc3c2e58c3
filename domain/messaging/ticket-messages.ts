import type { ChatId, GroupId, TelegramId } from "../ids.ts";
import type { OutgoingMessage } from "./message.ts";
import type { TicketWords } from "./ticket.ts";

/** The beginning of the slots of all messages about conversations; `db` has an index for it. */
export const ticketSlots = "ticket/";

const slotOf = (customer: TelegramId, what: string): string => `${ticketSlots}${customer}/${what}`;

/** The slot of a customer's topic. */
export const topicSlot = (customer: TelegramId): string => slotOf(customer, "topic");

/** The slot of one message of a conversation; `seq` is its place among all messages. */
export const ticketMessageSlot = (customer: TelegramId, seq: number): string =>
  slotOf(customer, String(seq));

/** Whose conversation a slot belongs to; undefined: it has another use. */
export function customerOfSlot(slot: string): number | undefined {
  const digits = /^ticket\/(\d{1,16})\//u.exec(slot)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * The most characters of a person's text in one message: Telegram takes 4,096, and 1,024 under a
 * file, and the names above it need room too.
 */
const mostInText = 3_500;
const mostInCaption = 700;

/**
 * A person's text in pieces that fit into a message each, so that nothing of it is lost. At least
 * one piece, which is empty for a file without words.
 */
export function piecesOf({ text, file }: TicketWords): readonly string[] {
  const pieces: string[] = [];
  let most = file === undefined ? mostInText : mostInCaption;
  for (let rest = text; rest !== "" || pieces.length === 0; most = mostInText) {
    const length = wholeLength(rest, most);
    pieces.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return pieces;
}

/** At most `most` UTF-16 units, without dividing a pair. */
function wholeLength(text: string, most: number): number {
  if (text.length <= most) return text.length;
  return /[\uD800-\uDBFF]/u.test(text.charAt(most - 1)) ? most - 1 : most;
}

/** A message of a conversation as it is stored, and whose conversation it is. */
export interface StoredTicketMessage {
  readonly customer: TelegramId;
  readonly key: string;
  readonly seq: number;
  readonly words: TicketWords;
}

/** The messages that show one message of a conversation to these people. */
export const ticketMessagesTo = (
  receivers: readonly ChatId[],
  { customer, key, seq, words }: StoredTicketMessage,
): OutgoingMessage[] =>
  receivers.flatMap((to) =>
    piecesOf(words).map((_, part): OutgoingMessage => {
      const slot =
        part === 0 ? ticketMessageSlot(customer, seq) : slotOf(customer, `${seq}.${part}`);
      const content = { kind: "ticketMessage", key, part } as const;
      return { key: `${slot}/${to}`, to, slot, content };
    }),
  );

/** The same, in the customer's topic of a group. */
export const ticketMessageInTopic = (
  group: GroupId,
  stored: StoredTicketMessage,
): OutgoingMessage[] =>
  ticketMessagesTo([group], stored).map((message) => ({
    ...message,
    content: { kind: "ticketMessage", key: stored.key, ...partOf(message), inGroup: group },
  }));

const partOf = ({ content }: OutgoingMessage) => ({
  part: content.kind === "ticketMessage" ? content.part : 0,
});

/** Says in each admin's copy that somebody has answered, or closed the conversation. */
export const ticketMessageChanged = (
  admins: readonly TelegramId[],
  { customer, key, seq }: Omit<StoredTicketMessage, "words">,
  cause: string,
): OutgoingMessage[] =>
  admins.map((to) => {
    const slot = ticketMessageSlot(customer, seq);
    const content = { kind: "ticketMessage", key, part: 0 } as const;
    return { key: `${slot}/${cause}/${to}`, to, slot, action: "edit", content };
  });

/** Opens the customer's topic, with their card at its top; a repeat opens no second one. */
export function topicMessages(group: GroupId, customer: TelegramId): OutgoingMessage[] {
  const key = `ticket/${customer}/topic/${group}`;
  const slot = topicSlot(customer);
  const card = { kind: "ticketCard", customer, inGroup: group } as const;
  return [
    { key, to: group, slot, content: { kind: "ticketTopic", customer } },
    { key: `${key}/card`, to: group, slot: slotOf(customer, "card"), content: card },
  ];
}

/** Closes the customer's topic, or opens it again; `cause` names why. */
export const topicStateMessage = (
  group: GroupId,
  customer: TelegramId,
  { isOpen, cause }: { readonly isOpen: boolean; readonly cause: string },
): OutgoingMessage => ({
  key: `ticket/${customer}/topic/${group}/${isOpen ? "open" : "closed"}/${cause}`,
  to: group,
  content: { kind: "ticketTopicState", customer, inGroup: group, isOpen },
});

/** Reminds of a customer who waits: each admin, or the group in the customer's topic. */
export function ticketReminders(
  receivers: readonly TelegramId[] | GroupId,
  customer: TelegramId,
  cause: string,
): OutgoingMessage[] {
  const to: readonly ChatId[] = typeof receivers === "number" ? [receivers] : receivers;
  const place = typeof receivers === "number" ? { inGroup: receivers } : {};
  const slot = slotOf(customer, "reminder");
  return to.map((one) => ({
    key: `${slot}/${cause}/${one}`,
    to: one,
    slot,
    content: { kind: "ticketReminder", customer, ...place },
  }));
}
