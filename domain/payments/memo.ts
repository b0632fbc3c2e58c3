/** Quotes of all languages, brackets and whatever else people and wallets put around a word. */
const around = /^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu;

/** Nobody's novel is looked up. */
const sayable = /^[^\p{C}]{1,120}$/u;

/**
 * A memo as it is kept, of whatever somebody typed into a wallet: case, spaces, invisible signs and quotes
 * around it say nothing, since a memo of ours is of capital letters and digits. Undefined: it cannot be a memo.
 */
export function memoOf(text: string): string | undefined {
  const bare = text.replaceAll(/[\s\p{Cf}]+/gu, "");
  const memo = (bare.replaceAll(around, "") || bare).toUpperCase();
  return sayable.test(memo) ? memo : undefined;
}
