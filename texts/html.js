/**
 * Escapes a person's text for Telegram's HTML subset.
 * @see https://core.telegram.org/bots/api#html-style
 */
export function escapeHtml(text) {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
/**
 * Escapes for HTML, and keeps right-to-left text from reordering the text around it: first strong
 * isolate before, pop directional isolate after.
 */
export const directed = (text) => `\u2068${escapeHtml(text)}\u2069`;
/** Scripts that top-level domains use, except for the domains that are listed one by one. */
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
/** Top-level domains in scripts with too many ordinary words to list the whole script. */
const domains = "中国|中國|中文网|公司|网络|網絡|网址|网站|网店|在线|商城|集团|手机|游戏|我爱你|香港|台湾|台灣|新加坡|みんな|コム|한국|닷컴|닷넷";
/** Where Telegram would begin a link: an address, an @name, a /command. */
const links = new RegExp([
    String.raw `(?<=[\p{L}\p{N}_-])\.(?=${scripts.map((name) => `\\p{Script=${name}}{2}`).join("|")}|${domains})`,
    String.raw `(?<=\d)\.(?=\d)`,
    String.raw `:(?=\/\/)`,
    String.raw `@(?=\w)`,
    String.raw `(?<![\w<>/])\/(?=\w)`,
].join("|"), "gu");
/**
 * Makes a person's text harmless: it cannot reorder the text around it, and links in it cannot be
 * pressed. An invisible word joiner is inserted where a link would begin.
 */
export const isolated = (text) => directed(text.replaceAll(links, "$&\u2060"));
