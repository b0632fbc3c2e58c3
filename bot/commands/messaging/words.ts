import type { Message } from "telegraf/types";
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
