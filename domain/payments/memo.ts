/** Without look-alike letters; 12 of 32 characters are 60 bits, which cannot be guessed. */
const alphabet = "ABCDEFGHJKMNPQRSTVWXYZ0123456789";

/** How many random bytes a memo is made of. */
export const memoLength = 12;

/** The memo that these random bytes spell. */
export const memoFrom = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join("");

/** Quotes of all languages, brackets and other signs that people and wallets put around a word. */
const around = /^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu;

/** Longer texts are not looked up. */
const sayable = /^[^\p{C}]{1,120}$/u;

/**
 * The memo in what somebody typed into a wallet, as it is stored. Case, spaces, invisible signs and
 * surrounding quotes are ignored, since our memos are capital letters and digits. Undefined: the
 * text cannot be a memo.
 */
export function memoOf(text: string): string | undefined {
  const bare = text.replaceAll(/[\s\p{Cf}]+/gu, "");
  const memo = (bare.replaceAll(around, "") || bare).toUpperCase();
  return sayable.test(memo) ? memo : undefined;
}
