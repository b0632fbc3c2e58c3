/**
 * A person's words made safe inside Telegram's HTML subset
 * (https://core.telegram.org/bots/api#html-style).
 */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Keeps a foreign direction from turning the text around it: first strong isolate … pop isolate. */
export const directed = (text: string): string => `\u2068${escapeHtml(text)}\u2069`;

/** Scripts in which there are top-level domains, beside those that are listed one by one. */
const scripts = [
  "Latin",
  "Cyrillic",
  "Greek",
  "Armenian",
  "Georgian",
  "Hebrew",
  "Arabic",
  "Devanagari",
  "Bengali",
  "Gurmukhi",
  "Gujarati",
  "Tamil",
  "Telugu",
  "Thai",
];

/** In these scripts a domain has no look of its own. */
const domains =
  "中国|中國|中文网|公司|网络|網絡|网址|网站|网店|在线|商城|集团|手机|游戏|我爱你|香港|台湾|台灣|新加坡|みんな|コム|한국|닷컴|닷넷";

/** Where Telegram would begin to see a link: an address, an @name, a /command. */
const links = new RegExp(
  [
    String.raw`(?<=[\p{L}\p{N}_-])\.(?=${scripts.map((name) => `\\p{Script=${name}}{2}`).join("|")}|${domains})`,
    String.raw`(?<=\d)\.(?=\d)`,
    String.raw`:(?=\/\/)`,
    String.raw`@(?=\w)`,
    String.raw`(?<![\w<>/])\/(?=\w)`,
  ].join("|"),
  "gu",
);

/**
 * A person's words, which lead nobody astray: they turn no text around them, and what looks like a link in
 * them cannot be pressed. A word joiner, which shows nothing, stands where a link would begin.
 */
export const isolated = (text: string): string => directed(text.replaceAll(links, "$&\u2060"));
