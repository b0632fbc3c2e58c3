import type { Composer, Middleware } from "telegraf";
import type { Message } from "telegraf/types";
import { answerCustomer, closeTicket } from "../../../client/messaging.ts";
import { type TelegramId, telegramId } from "../../../domain/ids.ts";
import {
  answerTicketButton,
  closeTicketButton,
  ticketButton,
} from "../../../domain/messaging/buttons.ts";
import { mayDo } from "../../../domain/people/permissions.ts";
import { displayName } from "../../../domain/people/customer.ts";
import { isolated, textsIn } from "../../../texts/index.ts";
import { ticketsButton } from "../../buttons.ts";
import type { BotContext, DialoguePorts } from "../../context.ts";
import { may } from "../../permissions.ts";
import { commandIn } from "../../middlewares.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import {
  answerPress,
  ask,
  react,
  requestIdOf,
  say,
  sayInReply,
  show,
  showButtons,
} from "../../request.ts";
import { mostListed } from "../paging.ts";
import { onAdminButton, onAdminPageButton } from "../register.ts";
import { closedButtons, newestShown, ticketPage, ticketsPage } from "./ticket-pages.ts";
import { readButton, type RepliedMessage, repliedOf, wordsOf } from "./words.ts";

/** Admins' side of support: the list of conversations, each with its messages, and the answer. */
export function addTickets(bot: Composer<BotContext>, ports: DialoguePorts): void {
  const { customers, tickets } = ports;
  onAdminPageButton(bot, ticketsButton, "tickets", async (context, { page }) =>
    ticketsPage(context, await orUnavailable(tickets.listOpen(mostListed)), page),
  );
  onAdminPageButton(bot, ticketButton, "ticket", async (context, { id }) =>
    ticketPage(context, id && (await orUnavailable(tickets.find(id, newestShown)))),
  );
  onAdminButton(bot, answerTicketButton, "ticket-answer", async (context, { id }) => {
    const { messaging } = context.texts;
    const customer = id && (await orUnavailable(customers.find(id)));
    if (customer === undefined) return answerPress(context, messaging.tickets.notFound, true);
    await ports.dialogues.open(context.telegramId, "answer", String(id));
    answerPress(context);
    const { answerTo, messageTo, answerField, messageField, answerReopens } = messaging.tickets;
    const state = (await orUnavailable(tickets.find(customer.telegramId, 1)))?.state;
    // It is an answer where they wait for one.
    const [what, field] = state === "open" ? [answerTo, answerField] : [messageTo, messageField];
    const question = `${what} ${isolated(displayName(customer))}:`;
    await ask(context, state === "closed" ? `${question}\n${answerReopens}` : question, field);
  });
  onAdminButton(bot, closeTicketButton, "ticket-close", (context, { id, place }) =>
    close(context, ports, { id, isPage: place === "page" }),
  );
}

/**
 * Closes a conversation, and takes the button away: its page says that it is closed, and a relayed
 * message keeps its words. A message of a conversation that was closed before says so.
 */
async function close(
  context: BotContext,
  { client, tickets }: DialoguePorts,
  { id, isPage }: { readonly id: TelegramId | undefined; readonly isPage: boolean },
): Promise<void> {
  const { notFound, closing, closedBefore } = context.texts.messaging.tickets;
  const ticket = id && (await orUnavailable(tickets.find(id, newestShown)));
  if (id === undefined || ticket === undefined) return answerPress(context, notFound, true);
  const wasClosed = ticket.state === "closed";
  if (!wasClosed) {
    // The button may be pressed again after the customer has written again: each is a closing.
    const requestId = `${requestIdOf(context)}-${context.callbackQuery?.id}`;
    await closeTicket(client, id, { requestId, by: context.telegramId });
  }
  answerPress(context, wasClosed ? closedBefore : closing);
  if (!isPage) return showButtons(context, closedButtons(context, id));
  const { text, buttons } = ticketPage(context, { ...ticket, state: "closed" });
  await show(context, text, buttons);
}

/** Takes an admin's answer: a reply to a customer's message, or what they type after "Answer". */
export function takeAnswers(ports: DialoguePorts): Middleware<BotContext> {
  return async (context, next) => {
    const { message } = context;
    if (message === undefined || !may(context, "answerTickets")) return next();
    if (commandIn(context.text) !== undefined) return next();
    const replied = repliedOf(message, context.botInfo.id);
    const to = await findAddressee(context, replied, ports);
    context.handler = "ticket-answer";
    if (to === undefined) {
      const { answerTo, messageTo } = context.texts.messaging.tickets;
      if ([answerTo, messageTo].some((asked) => replied?.text.startsWith(asked))) {
        // The bot has forgotten whom the admin was asked to answer.
        return say(context, context.texts.messaging.tickets.answerAgain);
      }
      return next();
    }
    const words = wordsOf(message);
    if (words === undefined) return say(context, context.texts.messaging.tickets.cannotPass);
    const answer = { requestId: requestIdOf(context), by: context.telegramId, words };
    await answerCustomer(ports.client, to, answer);
    return react(context, "👍");
  };
}

async function findAddressee(
  context: BotContext,
  replied: RepliedMessage | undefined,
  { dialogues, tickets }: DialoguePorts,
): Promise<TelegramId | undefined> {
  const owner = replied && (await findOwner(context, replied, tickets));
  // What support has written to this admin is theirs, as a customer.
  if (owner !== undefined && owner !== context.telegramId) return owner;
  const asked = await dialogues.claim(context.telegramId, "answer", requestIdOf(context));
  return asked === undefined ? undefined : telegramId(Number(asked));
}

/** By the message's own button, or else by the books. */
async function findOwner(
  { telegramId: admin }: BotContext,
  replied: RepliedMessage,
  tickets: DialoguePorts["tickets"],
): Promise<TelegramId | undefined> {
  const named = readButton(replied, answerTicketButton)?.id;
  return named ?? orUnavailable(tickets.findCustomerBy(admin, replied.id));
}

/**
 * Takes what admins write in the topics of the group for support, and that they close a topic. In
 * every other place, and to everybody else, the bot is silent there.
 */
export function takeTopicMessages(
  ports: Pick<DialoguePorts, "client" | "customers" | "supportGroup" | "tickets">,
): Middleware<BotContext> {
  return async (context, next) => {
    const { chat, message, from } = context;
    if (message === undefined || chat?.id !== ports.supportGroup || chat === undefined) {
      return next();
    }
    context.handler = "ignored";
    // Outside of all topics: a reply to a message whose own topic somebody has deleted.
    const topic = topicOf(message) ?? repliedOf(message, context.botInfo.id)?.id;
    if (topic === undefined || from === undefined) return undefined;
    if (from.is_bot) return sayAnonymous(context, ports, topic);
    const by = telegramId(from.id);
    const writer = await orUnavailable(ports.customers.find(by));
    if (!mayDo(writer?.role, "answerTickets")) return undefined;
    const to = await orUnavailable(ports.tickets.findCustomerBy(ports.supportGroup!, topic));
    if (to === undefined || commandIn(context.text) !== undefined) return undefined;
    context.handler = "topic-answer";
    const requestId = requestIdOf(context);
    if ("forum_topic_closed" in message) return closeTicket(ports.client, to, { requestId, by });
    const words = wordsOf(message);
    if (words === undefined) return undefined;
    return answerCustomer(ports.client, to, { requestId, by, words, isInTopic: true });
  };
}

/**
 * Telegram names the group where an administrator is anonymous in it. Anybody may be: nothing is
 * done, and whoever it was reads why, in the topic.
 * @see https://core.telegram.org/bots/api#message
 */
async function sayAnonymous(
  context: BotContext,
  { tickets, supportGroup }: Pick<DialoguePorts, "tickets" | "supportGroup">,
  topic: number,
): Promise<void> {
  const { message } = context;
  // What the bot does there itself, as when it closes a topic, is told to it as well.
  if (message?.sender_chat === undefined || commandIn(context.text) !== undefined) return;
  const isAct = "forum_topic_closed" in message || wordsOf(message) !== undefined;
  if (!isAct || supportGroup === undefined) return;
  const to = await orUnavailable(tickets.findCustomerBy(supportGroup, topic));
  if (to === undefined) return;
  context.handler = "topic-anonymous";
  const language = await orUnavailable(tickets.findGroupLanguage());
  await sayInReply(context, textsIn(language).messaging.tickets.anonymous);
}

/** A reply outside of all topics has a thread too, though it is in none of them: hence the flag. */
function topicOf(message: Message): number | undefined {
  const { is_topic_message: isInTopic, message_thread_id: topic } = message as {
    readonly is_topic_message?: boolean;
    readonly message_thread_id?: number;
  };
  return isInTopic === true ? topic : undefined;
}
