/**
 * A person's words made safe inside Telegram's HTML subset
 * (https://core.telegram.org/bots/api#html-style).
 */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * Safe in HTML, and right-to-left words do not reorder the text around them: first strong isolate
 * before, pop directional isolate after.
 */
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

/** Top-level domains whose scripts have too many other words to be listed as a whole. */
const domains =
  "中国|中國|中文网|公司|网络|網絡|网址|网站|网店|在线|商城|集团|手机|游戏|我爱你|香港|台湾|台灣|新加坡|みんな|コム|한국|닷컴|닷넷";

/** Where Telegram would see a link begin: an address, an @name, a /command. */
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
 * A person's words made harmless: they cannot reorder the text around them, and what looks like a
 * link in them cannot be pressed. An invisible word joiner stands where a link would begin.
 */
export const isolated = (text: string): string => directed(text.replaceAll(links, "$&\u2060"));
