import { walletForms } from "../../../domain/payments/ton-wallet.ts";
import { anyOf, sql } from "../../prepared.ts";

/** Shorter texts are in so many comments that only a whole comment is looked for. */
const shortestPart = 3;

/**
 * The condition that a row came from the wallet that the text names, in any form of its address, or
 * that its comment holds the text, in whatever case. Each part is one lookup in one index.
 */
export function isFrom(table: "charges" | "u", text: string) {
  const sender = sql.ref(`${table}.sender`);
  const comment = sql.ref(`${table}.comment`);
  const wallets = anyOf([text, ...walletForms(text)]);
  return sql<boolean>`(${sender} = ${wallets} or ${comment} ilike ${patternOf(text)})`;
}

function patternOf(text: string): string {
  const literal = text.replaceAll(/[\\%_]/gu, String.raw`\$&`);
  return Array.from(text).length < shortestPart ? literal : `%${literal}%`;
}
