import type { Message } from "./wire.ts";

export type Connection = "connecting" | "live" | "reconnecting";

/** One person's chat as it stands on the screen. */
export interface ChatState {
  readonly connection: Connection;
  /** Undefined until the chat has been loaded once; then in the order of their ids. */
  readonly messages: readonly Message[] | undefined;
  readonly typing: boolean;
}

export type ChatEvent =
  | { readonly kind: "chat"; readonly messages: readonly Message[] }
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "deleted"; readonly messageId: number }
  | { readonly kind: "typing" }
  | { readonly kind: "silent" }
  | { readonly kind: "lost" };

/** A chat before its first event. */
export const newChat: ChatState = { connection: "connecting", messages: undefined, typing: false };

/** What the chat is after an event. The same event twice changes nothing. */
export function afterEvent(state: ChatState, event: ChatEvent): ChatState {
  const messages = state.messages ?? [];
  switch (event.kind) {
    case "chat":
      return { connection: "live", messages: event.messages, typing: false };
    case "message": {
      const typing = state.typing && !event.message.from.is_bot;
      return { ...state, messages: withMessage(messages, event.message), typing };
    }
    case "deleted": {
      const left = messages.filter(({ message_id }) => message_id !== event.messageId);
      return { ...state, messages: left };
    }
    case "typing":
      return { ...state, typing: true };
    case "silent":
      return { ...state, typing: false };
    case "lost":
      return { ...state, connection: "reconnecting", typing: false };
  }
}

function withMessage(messages: readonly Message[], message: Message): readonly Message[] {
  const others = messages.filter(({ message_id }) => message_id !== message.message_id);
  return [...others, message].toSorted((a, b) => a.message_id - b.message_id);
}

/** The bot's newest message, when it asks for a reply and none has been written since. */
export function awaitsReply(messages: readonly Message[]): Message | undefined {
  const asking = messages.findLast(({ reply_markup }) => reply_markup?.force_reply === true);
  if (asking === undefined) return undefined;
  const answered = messages.some(
    ({ message_id, from }) => !from.is_bot && message_id > asking.message_id,
  );
  return answered ? undefined : asking;
}

/** The invoices that have been paid: each receipt quotes its own. */
export const paidInvoices = (messages: readonly Message[]): ReadonlySet<number> =>
  new Set(
    messages.flatMap(({ successful_payment: paid, reply_to_message: bill }) =>
      paid && bill ? [bill.message_id] : [],
    ),
  );

/** How many of the bot's messages are newer than the last one that was seen. */
export const unreadCount = (messages: readonly Message[], seenId: number): number =>
  messages.filter(({ from, message_id }) => from.is_bot && message_id > seenId).length;

/** The id of the newest message; 0 for an empty chat. */
export const lastId = (messages: readonly Message[]): number => messages.at(-1)?.message_id ?? 0;
