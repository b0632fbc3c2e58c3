import type { Message } from "telegraf/types";

/**
 * What a person can send besides text. A message with none of it is Telegram's own notice about the
 * chat: a pinned message, a timer, a gift, a topic, or something newer.
 */
const sentByPeople = [
  "animation",
  "audio",
  "checklist",
  "contact",
  "dice",
  "document",
  "game",
  "location",
  "paid_media",
  "photo",
  "poll",
  "sticker",
  "story",
  "venue",
  "video",
  "video_note",
  "voice",
] as const;

/** Whether a person sent this message, besides text. */
export const isSentByPerson = (message: Message): boolean =>
  sentByPeople.some((kind) => kind in message);
