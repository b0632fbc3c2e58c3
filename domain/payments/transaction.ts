import { decodeBase64 } from "../base64.ts";

/**
 * The hash of a transaction of a chain, 64 lower-case hexadecimal digits, from any of the forms in
 * which wallets and explorers write its 32 bytes: hexadecimal, either base64, or a link that ends in
 * one of them. Undefined: the text has another form.
 */
export function readTransactionHash(text: string): string | undefined {
  const word = lastPart(text.trim());
  if (/^(?:0x)?[0-9a-f]{64}$/iu.test(word)) return word.slice(-64).toLowerCase();
  if (!/^[\w+/-]{43}=?$/u.test(word)) return undefined;
  const bytes = decodeBase64(word);
  return bytes?.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What stands behind the last slash of a link, without what a browser adds; or the text. */
function lastPart(text: string): string {
  if (!/^https?:\/\//iu.test(text)) return text;
  const path = text.replace(/[?#].*$/u, "").replace(/\/+$/u, "");
  const last = path.slice(path.lastIndexOf("/") + 1);
  return last.replaceAll(/%(?:2b|2f|3d)/giu, (code) => signs[code.toLowerCase()] ?? code);
}

const signs: Readonly<Record<string, string>> = { "%2b": "+", "%2f": "/", "%3d": "=" };
