import type { BotContext } from "./context.ts";

/**
 * A name for what a person did, the same however often Telegram delivers it: the callback's id, or
 * the chat's message with its date (Telegram numbers messages per chat).
 */
export function requestIdOf(context: BotContext): string {
  const { callbackQuery, message, update } = context;
  if (callbackQuery !== undefined) return `press-${callbackQuery.id}`;
  if (message !== undefined) {
    return `message-${message.chat.id}-${message.message_id}-${message.date}`;
  }
  return `update-${update.update_id}`;
}

/**
 * The message whose button was pressed: whoever means the same button twice opens the message anew.
 */
export function pressedMessage(context: BotContext): string {
  const { message } = context.callbackQuery ?? {};
  if (message === undefined) return requestIdOf(context);
  return `${message.chat.id}-${message.message_id}-${message.date}`;
}

/** Answers a press on a button; a press that is too old to be answered needs no answer. */
export async function answerPress(
  context: BotContext,
  text?: string,
  alert = false,
): Promise<void> {
  await context.answerCbQuery(text, { show_alert: alert }).catch((error: unknown) => {
    if (!/query is too old|query ID is invalid/iu.test(String(error))) throw error;
  });
}

const html = { parse_mode: "HTML", link_preview_options: { is_disabled: true } } as const;

interface Button {
  readonly text: string;
  readonly data: string;
}

export type Buttons = readonly (readonly Button[])[];

export async function say(context: BotContext, text: string, buttons: Buttons = []): Promise<void> {
  await context.reply(text, { ...html, reply_markup: inline(buttons) });
}

/**
 * Changes the message whose button was pressed; says it anew where that message cannot be changed.
 */
export async function show(
  context: BotContext,
  text: string,
  buttons: Buttons = [],
): Promise<void> {
  if (context.callbackQuery?.message === undefined) return say(context, text, buttons);
  await context
    .editMessageText(text, { ...html, reply_markup: inline(buttons) })
    .catch((error: unknown) => {
      if (/message is not modified/iu.test(String(error))) return;
      if (!/message to edit not found|message can't be edited/iu.test(String(error))) throw error;
      return say(context, text, buttons);
    });
}

const inline = (buttons: Buttons) => ({
  inline_keyboard: buttons.map((row) =>
    row.map(({ text, data }) => ({ text, callback_data: data })),
  ),
});
