import { listOf, shape } from "./guards.ts";
import { ask, askFor, RequestFailed } from "./request.ts";
import {
  isLinkedInvoice,
  isSubscription,
  type LinkedInvoice,
  type Subscription,
  type SubscriptionAct,
} from "./wire-stars.ts";
import {
  type BotProfile,
  type CallbackAnswer,
  type Command,
  isBotProfile,
  isCallbackAnswer,
  isChat,
  isCommand,
  isMessage,
  isPerson,
  type Message,
  type Person,
} from "./wire.ts";

/** The person's side of the Telegram emulator, as the api passes it on. */
const root = "/demo/telegram/person";

const isPressAnswer = shape<{ answer: CallbackAnswer }>({ answer: isCallbackAnswer });

/** Where a file of a chat can be downloaded. */
export const fileUrl = (person: number, fileId: string): string =>
  `${root}/${person}/files/${encodeURIComponent(fileId)}`;

/** The event stream of a person's chat. */
export const eventsUrl = (person: number): string => `${root}/${person}/chat/events`;

/** Everybody who has an account. */
export const listPeople = (): Promise<readonly Person[]> => askFor(listOf(isPerson), root);

/** A person's chat, oldest message first. */
export const fetchChat = (person: number): Promise<readonly Message[]> =>
  askFor(isChat, `${root}/${person}/chat`);

/** What can be changed about a person; what is absent stays. */
export interface PersonChange {
  readonly first_name?: string;
  readonly language_code?: string;
  readonly blocked?: boolean;
}

/** Creates the person when Telegram does not know them yet. */
export const changePerson = (person: number, change: PersonChange): Promise<Response> =>
  ask(`${root}/${person}`, { method: "PUT", body: change });

/** What a person writes to the bot. */
export interface NewMessage {
  readonly text: string;
  readonly reply_to_message_id?: number;
}

/** Sends a message as the person. */
export const writeToBot = (person: number, message: NewMessage): Promise<Message> =>
  askFor(isMessage, `${root}/${person}/messages`, { method: "POST", body: message });

/**
 * Presses a button and waits for the bot's answer;
 * undefined when none came in the time Telegram waits.
 */
export async function pressButton(
  person: number,
  press: { readonly message_id: number; readonly data: string },
): Promise<CallbackAnswer | undefined> {
  const url = `${root}/${person}/callbacks?wait=answer`;
  try {
    return (await askFor(isPressAnswer, url, { method: "POST", body: press })).answer;
  } catch (error) {
    if (error instanceof RequestFailed && error.status === 504) return undefined;
    throw error;
  }
}

/** An invoice: the message that it is, or the link to it. */
export type Payable = number | string;

/**
 * Pays an invoice; undefined when the money has moved, else why it has not: the bot is asked first,
 * and has ten seconds to agree.
 */
export async function payInvoice(person: number, bill: Payable): Promise<string | undefined> {
  const body = typeof bill === "number" ? { message_id: bill } : { link: bill };
  try {
    await askFor(isMessage, `${root}/${person}/pay`, { method: "POST", body });
    return undefined;
  } catch (error) {
    if (error instanceof RequestFailed && error.status === 400) return error.message;
    throw error;
  }
}

/** The commands that the bot offers to this person. */
export const fetchCommands = (person: number): Promise<readonly Command[]> =>
  askFor(listOf(isCommand), `${root}/${person}/commands`);

/** The bot as this person's app shows it. */
export const fetchBot = (person: number): Promise<BotProfile> =>
  askFor(isBotProfile, `${root}/${person}/bot`);

/** The invoice behind a link. @throws RequestFailed when there is none. */
export const fetchInvoice = (person: number, link: string): Promise<LinkedInvoice> =>
  askFor(isLinkedInvoice, `${root}/${person}/invoice?link=${encodeURIComponent(link)}`);

/** The person's subscriptions in Stars, oldest first. */
export const listSubscriptions = (person: number): Promise<readonly Subscription[]> =>
  askFor(listOf(isSubscription), `${root}/${person}/subscriptions`);

/** Lets something happen to a subscription. @throws RequestFailed when it cannot be. */
export const actOnSubscription = (
  person: number,
  subscription: string,
  act: SubscriptionAct,
): Promise<Subscription> =>
  askFor(isSubscription, `${root}/${person}/subscriptions`, {
    method: "POST",
    body: { telegram_payment_charge_id: subscription, act },
  });

/** @throws RequestFailed when the file is gone. */
export async function fetchFileText(person: number, fileId: string): Promise<string> {
  const response = await ask(fileUrl(person, fileId));
  return response.text();
}
