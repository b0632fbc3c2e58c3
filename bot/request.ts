import { randomBytes } from "node:crypto";
import type { Message } from "telegraf/types";
import type { Answer } from "./answers.ts";
import { withSubscription } from "../domain/messaging/subscription-buttons.ts";
import type { BotContext } from "./context.ts";
import { buyingButtons, namingButtons } from "./subscription-buttons.ts";

/**
 * A name for what a person did, the same however often Telegram delivers it. A press is its message
 * and its button's data: a double tap is one press, and a button that means something new has other
 * data. A message is named with its date too (Telegram numbers messages per chat).
 */
export function requestIdOf(context: BotContext): string {
  const { callbackQuery, message, update } = context;
  if (callbackQuery !== undefined) {
    const { data = "" } = callbackQuery as { data?: string };
    return `press-${pressedMessage(context)}-${data}`;
  }
  if (message !== undefined) return messageName(message);
  return `update-${update.update_id}`;
}

/** A message's name, which stays the same when it is edited. */
export const messageName = ({ chat, message_id: id, date }: Message): string =>
  `message-${chat.id}-${id}-${date}`;

/**
 * The message whose button was pressed. Its date is not part of the name: Telegram leaves it out
 * for a message that is too old to be accessed.
 */
export function pressedMessage({ callbackQuery, update }: BotContext): string {
  const { message, inline_message_id: inline } = callbackQuery ?? {};
  if (message !== undefined) return `${message.chat.id}-${message.message_id}`;
  return inline ?? `update-${update.update_id}`;
}

/** The pressed message in its chat; undefined where Telegram does not say which it was. */
export const pressedMessageId = ({ callbackQuery }: BotContext): number | undefined =>
  callbackQuery?.message?.message_id;

/** The pressed message as a request names it: the answer to the request is shown in its place. */
export function inPressed(context: BotContext): { readonly shownIn?: number } {
  const shownIn = pressedMessageId(context);
  return shownIn === undefined ? {} : { shownIn };
}

/**
 * A new mark, eight hexadecimal digits, for a button's data: pressed twice the button is one
 * request, and shown again it is another.
 */
export const buttonMark = (): string => randomBytes(4).toString("hex");

/** Roughly how long Telegram takes an answer to a press. */
const pressGoodForMs = 30_000;

/**
 * A press is answered in a lane of its own: it waits for no message of its chat,
 * and none waits for it.
 */
export const pressAnswer = (id: string, text = ""): Omit<Answer, "send"> => ({
  lane: `press:${id}`,
  bytes: 2 * text.length,
  goodForMs: pressGoodForMs,
});

/** Ends the pressed button's waiting state; `text` is shown over the chat, or as an alert. */
export function answerPress(context: BotContext, text?: string, alert = false): void {
  const { callbackQuery } = context;
  if (callbackQuery === undefined) return;
  void context.answers.push({
    ...pressAnswer(callbackQuery.id, text),
    send: () => context.answerCbQuery(text, { show_alert: alert }).catch(ignoreOldPress),
  });
}

/** Ignores the refusal of an answer to a press that is too old. @throws any other error. */
export function ignoreOldPress(error: unknown): void {
  if (!/query is too old|query ID is invalid/iu.test(String(error))) throw error;
}

const html = { parse_mode: "HTML", link_preview_options: { is_disabled: true } } as const;

/** `data` comes back when the button is pressed; `url` opens a page. */
type Button =
  | { readonly text: string; readonly data: string }
  | { readonly text: string; readonly url: string };

/** Rows of buttons under a message. */
export type Buttons = readonly (readonly Button[])[];

/** The buttons of a page about a subscription that was named lead on to the same one. */
function nameChosen({ chosen }: BotContext, buttons: Buttons): Buttons {
  if (chosen === undefined) return buttons;
  // One that is yet to be bought has no page but those on which it is bought.
  const kinds = chosen === "new" ? buyingButtons : namingButtons;
  return buttons.map((row) =>
    row.map((button) =>
      "data" in button ? { ...button, data: withSubscription(button.data, chosen, kinds) } : button,
    ),
  );
}

/** Sends an HTML message to the chat. */
export function say(context: BotContext, text: string, all: Buttons = []): Promise<void> {
  const buttons = nameChosen(context, all);
  const send = () => context.reply(text, { ...html, reply_markup: inline(buttons) });
  return pushToChat(context, { bytes: sizeOf(text, buttons), send });
}

/** Answers a message of a group, in its topic. */
export function sayInReply(context: BotContext, text: string): Promise<void> {
  const { message } = context;
  if (message === undefined) return Promise.resolve();
  const reply = { message_id: message.message_id, allow_sending_without_reply: true };
  const send = () => context.reply(text, { ...html, reply_parameters: reply });
  return pushToChat(context, { bytes: sizeOf(text), send });
}

/** How long to wait for the id of a message that was sent. */
const numberedMs = 1_000;

/**
 * Sends a message once; resolves with its id in Telegram, or with undefined when that is not known
 * in time: then it may have been sent or not.
 */
export function sayNumbered(
  context: BotContext,
  text: string,
  buttons: Buttons,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const send = async () => {
      const sent = context.reply(text, { ...html, reply_markup: inline(buttons) });
      const number = sent.then(({ message_id }) => message_id);
      resolve(number.catch(() => undefined));
      await sent;
    };
    setTimeout(resolve, numberedMs, undefined).unref();
    const bytes = sizeOf(text, buttons);
    void pushToChat(context, { bytes, goodForMs: numberedMs, isTriedOnce: true, send });
  });
}

/**
 * Edits the message whose button was pressed; sends a new one where that cannot be edited, or is a
 * file or a picture.
 */
export function show(context: BotContext, text: string, all: Buttons = []): Promise<void> {
  const buttons = nameChosen(context, all);
  const { message } = context.callbackQuery ?? {};
  const isPage = message !== undefined && !("document" in message) && !("photo" in message);
  if (!isPage) return say(context, text, buttons);
  const send = () => editOrReply(context, text, buttons);
  const replaces = `edit:${message.message_id}`;
  return pushToChat(context, { replaces, bytes: sizeOf(text, buttons), send });
}

/** Changes the buttons of the pressed message alone: a file keeps its words, and a text too. */
export function showButtons(context: BotContext, buttons: Buttons): Promise<void> {
  const { message } = context.callbackQuery ?? {};
  if (message === undefined) return Promise.resolve();
  const send = () => context.editMessageReplyMarkup(inline(buttons)).catch(ignoreUnchanged);
  const replaces = `edit:${message.message_id}`;
  return pushToChat(context, { replaces, bytes: sizeOf("", buttons), send });
}

/** Ignores that the message is gone, or has these buttons already. @throws any other error. */
function ignoreUnchanged(error: unknown): void {
  const isNothing = /message is not modified|message to edit not found|can't be edited/iu;
  if (!isNothing.test(String(error))) throw error;
}

/** Asks for a message; the person's app opens its input field, with `placeholder` in it. */
export function ask(context: BotContext, text: string, placeholder: string): Promise<void> {
  const reply_markup = {
    force_reply: true as const,
    input_field_placeholder: Array.from(placeholder).slice(0, 32).join(""),
  };
  const send = () => context.reply(text, { parse_mode: "HTML", reply_markup });
  return pushToChat(context, { bytes: sizeOf(text), send });
}

/**
 * Acknowledges the person's message by a reaction to it, so that no message is added to the chat.
 * @see https://core.telegram.org/bots/api#setmessagereaction
 */
export function react(context: BotContext, emoji: "👍" | "👌"): Promise<void> {
  const message = context.message ?? context.editedMessage;
  if (message === undefined) return Promise.resolve();
  const send = () =>
    context.telegram
      .setMessageReaction(message.chat.id, message.message_id, [{ type: "emoji", emoji }])
      .catch(ignoreGoneMessage);
  return pushToChat(context, { bytes: 2 * emoji.length, send });
}

/** Ignores that the person has deleted the message. @throws any other error. */
function ignoreGoneMessage(error: unknown): void {
  if (!/message to react not found|MESSAGE_ID_INVALID/iu.test(String(error))) throw error;
}

/** Sends a file to the chat. */
export function sendFile(
  context: BotContext,
  file: { readonly source: Buffer; readonly filename: string },
): Promise<void> {
  const send = () => context.replyWithDocument(file);
  return pushToChat(context, { bytes: file.source.length, send });
}

/** Sends a PNG to the chat, with an HTML caption. */
export function sendPicture(
  context: BotContext,
  png: Buffer,
  { caption, buttons: all }: { readonly caption: string; readonly buttons: Buttons },
): Promise<void> {
  const buttons = nameChosen(context, all);
  const photo = { source: png, filename: "picture.png" };
  const markup = { parse_mode: "HTML" as const, reply_markup: inline(buttons) };
  const send = () => context.replyWithPhoto(photo, { caption, ...markup });
  return pushToChat(context, { bytes: png.length + sizeOf(caption, buttons), send });
}

/** The lane of a chat's messages. */
export const chatLane = (chatId: number): string => `chat:${chatId}`;

function pushToChat(context: BotContext, answer: Omit<Answer, "lane">): Promise<void> {
  return context.answers.push({ lane: chatLane(context.chat?.id ?? 0), ...answer });
}

async function editOrReply(context: BotContext, text: string, buttons: Buttons): Promise<void> {
  const markup = { ...html, reply_markup: inline(buttons) };
  await context.editMessageText(text, markup).catch(async (error: unknown) => {
    if (/message is not modified/iu.test(String(error))) return;
    if (!/message to edit not found|message can't be edited/iu.test(String(error))) throw error;
    await context.reply(text, markup);
  });
}

const inline = (buttons: Buttons) => ({
  inline_keyboard: buttons.map((row) =>
    row.map((button) =>
      "url" in button
        ? { text: button.text, url: button.url }
        : { text: button.text, callback_data: button.data },
    ),
  ),
});

/** The size of a keyboard as it is sent, in bytes. */
export const keyboardBytes = (buttons: Buttons): number =>
  Buffer.byteLength(JSON.stringify(inline(buttons)));

const sizeOf = (text: string, buttons: Buttons = []): number =>
  2 * text.length + keyboardBytes(buttons);
