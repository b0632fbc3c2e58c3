import type { Composer, Middleware } from "telegraf";
import type { Message } from "telegraf/types";
import { writeToSupport } from "../../../client/messaging.ts";
import { helpButton, replyTicketButton, startButton } from "../../../domain/messaging/buttons.ts";
import { ticketRules } from "../../../domain/messaging/ticket.ts";
import { isStaff } from "../../../domain/people/permissions.ts";
import { minuteMs } from "../../../domain/time.ts";
import { paySupportButton, supportButton } from "../../buttons.ts";
import type { BotContext, DialoguePorts } from "../../context.ts";
import { commandIn } from "../../middlewares.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, ask, react, requestIdOf, say } from "../../request.ts";
import { isSentByPerson } from "../../sent-by-person.ts";
import { type Page, withBack } from "../paging.ts";
import { onButton, onPage } from "../register.ts";
import { readButton, repliedOf, wordsOf } from "./words.ts";

/** What the last page of support was about; `sent` once a message was passed on from it. */
type Subject = "new" | "sent";

/**
 * /support and /paysupport: how to reach a person. With SUPPORT_CONTACT that is a link; without
 * one, what the person writes next is passed on to the admins.
 */
export function addSupport(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onPage(bot, "support", supportButton, (context) => openSupport(context, ports, "general"));
  onPage(bot, "paysupport", paySupportButton, (context) => openSupport(context, ports, "payment"));
  onButton(bot, replyTicketButton, "support-reply", async (context) => {
    // A contact may have been set since: the bot passes nothing on any more.
    if (context.shop.support !== "") return sayContact(context);
    const { tickets } = context.texts.messaging;
    await ports.dialogues.open(context.telegramId, "support", "sent" satisfies Subject);
    answerPress(context);
    await ask(context, tickets.replyHow, tickets.replyField);
  });
}

async function openSupport(
  context: BotContext,
  { dialogues }: DialoguePorts,
  about: "general" | "payment",
): Promise<Page> {
  const { tickets, answer, menu } = context.texts.messaging;
  const back = helpButton.data({});
  if (context.shop.support !== "") return contactPage(context, about);
  if (context.customer === undefined) {
    const start = { text: menu.start, data: startButton.data({}) };
    return withBack(context, { text: answer.pressStart, buttons: [[start]] }, back);
  }
  await dialogues.open(context.telegramId, "support", "new" satisfies Subject);
  const text = about === "payment" ? tickets.writePayment : tickets.write;
  return withBack(context, { text, buttons: [] }, back);
}

/** Whom to write to, where the shop names somebody. */
function contactPage(context: BotContext, about: "general" | "payment"): Page {
  const { support, tickets } = context.texts.messaging;
  const contact = about === "payment" ? support.payment : support.contact;
  const { support: named } = context.shop;
  const text = `${contact(named)}\n${support.yourNumber(context.telegramId)}`;
  const url = linkOf(named);
  const buttons = url === undefined ? [] : [[{ text: tickets.contactButton, url }]];
  return withBack(context, { text, buttons }, helpButton.data({}));
}

/** Says whom to write to, where the bot passes nothing on. */
export async function sayContact(context: BotContext): Promise<void> {
  const page = contactPage(context, "general");
  answerPress(context);
  await say(context, page.text, page.buttons);
}

/** Telegram's link to an @name, or the link itself; undefined: an address that no button opens. */
export function linkOf(contact: string): string | undefined {
  const name = /^@(\w{4,64})$/u.exec(contact.trim())?.[1];
  if (name !== undefined) return `https://t.me/${name}`;
  return /^(?:https?|tg):\/\/\S+$/u.test(contact.trim()) ? contact.trim() : undefined;
}

/**
 * Passes a message on to support, where its sender is on the page of support or replies to what
 * support wrote; also for people who are blocked, and without Redis where it is a reply. Everything
 * else goes on to the other handlers.
 */
export function takeSupportMessages(ports: DialoguePorts): Middleware<BotContext> {
  const counted = new WeakSet<object>();
  return async (context, next) => {
    const { message, customer, telegramId, texts, update } = context;
    if (message === undefined) return next();
    if (customer === undefined || commandIn(context.text) !== undefined) return next();
    const subject = await findSubject(context, message, ports);
    if (subject === undefined) return next();
    context.handler = "support-message";
    if (context.shop.support !== "") {
      await ports.dialogues.leave(telegramId);
      return sayContact(context);
    }
    const words = wordsOf(message);
    if (words === undefined) {
      if (!isSentByPerson(message)) return next();
      return say(context, texts.messaging.tickets.cannotPass);
    }
    if (!counted.has(update)) {
      counted.add(update);
      if (await isTooMany(context, ports)) return undefined;
    }
    await writeToSupport(ports.client, telegramId, { requestId: requestIdOf(context), words });
    await ports.dialogues.open(telegramId, "support", "sent" satisfies Subject);
    if (subject === "new") return say(context, texts.messaging.tickets.sent);
    return react(context, "👍");
  };
}

async function findSubject(
  context: BotContext,
  message: Message,
  { dialogues, tickets }: DialoguePorts,
): Promise<Subject | undefined> {
  const { telegramId, botInfo, texts } = context;
  const known = await dialogues.find(telegramId, "support");
  if (known !== undefined) return known as Subject;
  const replied = repliedOf(message, botInfo.id);
  if (replied === undefined) return undefined;
  // Redis may have lost what this person was asked; our own message still says it.
  const { write, writePayment, replyHow } = texts.messaging.tickets;
  if ([write, writePayment].some((page) => isPage(replied.text, page))) return "new";
  if (replied.text === replyHow || readButton(replied, replyTicketButton) !== undefined) {
    return "sent";
  }
  const owner = await orUnavailable(tickets.findCustomerBy(telegramId, replied.id));
  return owner === telegramId ? "sent" : undefined;
}

/** Whether a text, as Telegram shows it, is this page. */
const isPage = (shown: string, html: string): boolean =>
  shown !== "" && html.replaceAll(/<[^>]+>/gu, "") === shown;

/**
 * Whether somebody writes more than is passed on; they read it once. Admins may write as much as
 * they want. Without its store it lets everything through.
 */
export async function isTooMany(context: BotContext, { store }: DialoguePorts): Promise<boolean> {
  if (isStaff(context.customer?.role)) return false;
  const { mostPerMinute } = ticketRules;
  const key = `support:${context.telegramId}:${Math.floor(Date.now() / minuteMs)}`;
  const count = await store.increment(key, minuteMs / 1_000).catch(() => 0);
  if (count <= mostPerMinute) return false;
  if (count === mostPerMinute + 1) {
    await say(context, context.texts.messaging.tickets.tooMany(mostPerMinute));
  }
  return true;
}
