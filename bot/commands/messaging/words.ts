import type { Message } from "telegraf/types";
import type { Button } from "../../../domain/messaging/buttons.ts";
import { fitTicketText, type TicketWords } from "../../../domain/messaging/ticket.ts";

/**
 * What can be passed on of a message: its text, or a photo, file, voice or video by its id.
 * Undefined: nothing of it.
 */
export function wordsOf(message: Message): TicketWords | undefined {
  if ("text" in message) {
    const text = fitTicketText(message.text);
    return text.trim() === "" ? undefined : { text };
  }
  const file = fileOf(message);
  if (file === undefined) return undefined;
  const caption = "caption" in message ? (message.caption ?? "") : "";
  return { text: fitTicketText(caption), file };
}

function fileOf(message: Message): TicketWords["file"] {
  // Telegram sends a photo in several sizes, the largest last.
  if ("photo" in message) {
    const largest = message.photo.at(-1);
    return largest && { media: "photo", id: largest.file_id };
  }
  if ("document" in message) return { media: "document", id: message.document.file_id };
  if ("voice" in message) return { media: "voice", id: message.voice.file_id };
  if ("video" in message) return { media: "video", id: message.video.file_id };
  return undefined;
}

/**
 * The message of ours that a person replies to, with the data of its buttons: what it was about,
 * also before the books have its number.
 */
export interface RepliedMessage {
  readonly id: number;
  /** What it said; empty for a file. */
  readonly text: string;
  readonly buttons: readonly string[];
}

/** Undefined: the message replies to nothing, or to what somebody else wrote. */
export function repliedOf(message: Message, botId: number): RepliedMessage | undefined {
  const replied = "reply_to_message" in message ? message.reply_to_message : undefined;
  if (replied?.from?.id !== botId) return undefined;
  const keyboard = "reply_markup" in replied ? replied.reply_markup?.inline_keyboard : undefined;
  const buttons = (keyboard ?? []).flat().flatMap((button) => {
    return "callback_data" in button ? [button.callback_data] : [];
  });
  return { id: replied.message_id, text: "text" in replied ? replied.text : "", buttons };
}

/** What the first button of this kind says; undefined: there is none. */
export function readButton<Values>(
  { buttons }: RepliedMessage,
  kind: Pick<Button<never>, "pattern"> & { read(data: string): Values | undefined },
): Values | undefined {
  const data = buttons.find((one) => kind.pattern.test(one));
  return data === undefined ? undefined : kind.read(data);
}
