import type { MessageEntity } from "./bot-api.ts";

/** What Telegram finds in plain text by itself. The first kind that fits a place wins. */
const patterns: readonly (readonly [type: string, pattern: RegExp])[] = [
  ["url", /\bhttps?:\/\/[^\s<>"]*[^\s<>".,:;!?)]/giu],
  ["email", /\b[\w.+-]+@[\w-]+(?:\.[a-z]{2,})+\b/giu],
  ["url", /(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|org|net|me|io|ru|dev|app|info)\b(?:\/[^\s<>"]*)?/giu],
  ["mention", /(?<![\w@/])@[a-z]\w{3,31}\b/giu],
  ["bot_command", /(?<![\w/<>@])\/[a-z0-9_]{1,64}(?:@[a-z]\w{2,31})?(?![\w/])/giu],
  ["hashtag", /(?<![\w#/])#[\p{L}_]\w*/gu],
  ["cashtag", /(?<![\w$])\$[A-Z]{3,8}\b/gu],
];

/** The entities in plain text, kind by kind; they do not overlap. */
export function findEntities(text: string): MessageEntity[] {
  const found: MessageEntity[] = [];
  for (const [type, pattern] of patterns) {
    for (const { index, 0: match } of text.matchAll(pattern)) {
      const end = index + match.length;
      const free = found.every(({ offset, length }) => end <= offset || index >= offset + length);
      if (free) found.push({ type, offset: index, length: match.length });
    }
  }
  return found;
}
