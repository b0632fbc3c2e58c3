import type { Middleware } from "telegraf";
import { answerCustomer, writeToSupport } from "../../../client/messaging.ts";
import { type TelegramId, telegramId } from "../../../domain/ids.ts";
import { editOf, type TicketWords } from "../../../domain/messaging/ticket.ts";
import { mayDo } from "../../../domain/people/permissions.ts";
import type { BotContext, BotPorts, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { messageName, react, say } from "../../request.ts";
import { isTooMany, sayContact } from "./support.ts";
import { wordsOf } from "./words.ts";

type Edited = NonNullable<BotContext["editedMessage"]>;

/**
 * Passes on what somebody changes in a message that was passed on: a customer to support, one of the
 * shop's people to the customer. Where the message answers a question of the bot, its sender reads
 * that changes are not read. Every edit ends here.
 */
export function takeEdits(ports: DialoguePorts): Middleware<BotContext> {
  return async (context, next) => {
    const { editedMessage: edited, telegramId: by } = context;
    if (edited === undefined) return next();
    context.handler = "edit";
    const known = await findEdit(context, edited, ports);
    if (known === undefined) {
      const isAnswer = await ports.dialogues.isAbout(by, messageName(edited));
      return isAnswer ? say(context, context.texts.messaging.answer.editNotRead) : undefined;
    }
    const { customer, admin, requestId, words } = known;
    if (words === undefined) return undefined;
    context.handler = "ticket-edit";
    if (admin !== undefined) {
      if (!may(context, "answerTickets")) return undefined;
      await answerCustomer(ports.client, customer, { requestId, by, words });
    } else {
      if (context.shop.support !== "") return sayContact(context);
      if (await isTooMany(context, ports)) return undefined;
      await writeToSupport(ports.client, customer, { requestId, words });
    }
    return react(context, "👌");
  };
}

/** The same for what admins have written in the topics of the group for support. */
export function takeTopicEdits(
  ports: Pick<BotPorts, "client" | "customers" | "supportGroup" | "tickets">,
): Middleware<BotContext> {
  return async (context, next) => {
    const { editedMessage: edited, chat, from } = context;
    if (edited === undefined || chat?.id !== ports.supportGroup || chat === undefined) {
      return next();
    }
    context.handler = "ignored";
    const known = await findEdit(context, edited, ports);
    if (known?.words === undefined || from === undefined) return undefined;
    const by = telegramId(from.id);
    const writer = await orUnavailable(ports.customers.find(by));
    if (!mayDo(writer?.role, "answerTickets")) return undefined;
    context.handler = "topic-edit";
    const { customer, requestId, words } = known;
    return answerCustomer(ports.client, customer, { requestId, by, words, isInTopic: true });
  };
}

interface Edit {
  readonly customer: TelegramId;
  /** Who of the shop's people wrote it; undefined: the customer did. */
  readonly admin: TelegramId | undefined;
  /** The same however often Telegram delivers it. */
  readonly requestId: string;
  /** Undefined: what was passed on is as it was. Telegram also reports changes that nobody sees. */
  readonly words: TicketWords | undefined;
}

/** Undefined: the message was not passed on. */
async function findEdit(
  { update }: BotContext,
  edited: Edited,
  { tickets }: Pick<BotPorts, "tickets">,
): Promise<Edit | undefined> {
  const name = messageName(edited);
  const known = await orUnavailable(tickets.findMessage(name));
  if (known === undefined) return undefined;
  const words = wordsOf(edited);
  const isSame = words?.text === known.words.text && words.file?.id === known.words.file?.id;
  const { customer, admin } = known;
  const requestId = editOf(name, update.update_id);
  return { customer, admin, requestId, words: isSame ? undefined : words };
}
