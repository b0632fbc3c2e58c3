/**
 * A person's words made safe inside Telegram's HTML subset
 * (https://core.telegram.org/bots/api#html-style).
 */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * Keeps a foreign direction from turning the text around it: first strong isolate … pop isolate.
 */
export const isolated = (text: string): string => `\u2068${escapeHtml(text)}\u2069`;
