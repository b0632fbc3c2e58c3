/**
 * A person's words made safe inside Telegram's HTML subset
 * (https://core.telegram.org/bots/api#html-style).
 */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Keeps a foreign direction from turning the text around it: first strong isolate … pop isolate. */
export const directed = (text: string): string => `\u2068${escapeHtml(text)}\u2069`;

/** What Telegram would make a link of: an address, a @name, a #tag, a $tag, a /command. */
const links =
  /(?<=[\p{L}\p{N}_-])\.(?=[\p{L}\p{N}])|:(?=\/\/)|@(?=[\p{L}\p{N}_])|(?<![\w<>/])[#$/](?=[\p{L}\p{N}_])/gu;

/**
 * A person's words, which nobody is led astray by: they turn no text around them, and what looks like a link in
 * them is none. A word joiner, which shows nothing, stands where Telegram would begin one.
 */
export const isolated = (text: string): string => directed(text.replaceAll(links, "$&\u2060"));
