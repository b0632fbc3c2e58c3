import type { EntityManager } from "../../db/orm.ts";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import { type Currency, decimalOf, decimals, money } from "../../domain/money.ts";

/** The trial balance and every disagreement in the books, and whether there is none. */
export async function readBooks(
  em: EntityManager,
): Promise<{ readonly lines: readonly string[]; readonly agree: boolean }> {
  const books = new AuditQueries(em);
  const balance = await books.readTrialBalance();
  const rows = balance.map(({ account, currency, debitMinor: debit, creditMinor: credit }) => {
    const amounts = [debit, credit, debit - credit].map((minor) =>
      formatAmount(minor, currency as Currency),
    );
    return formatRow(`${account} ${currency}`, ...amounts);
  });
  const found = await books.findDisagreements();
  const agree = found.length === 0;
  return {
    agree,
    lines: [
      formatRow("account", "debit", "credit", "balance"),
      ...(rows.length === 0 ? ["no money has moved yet"] : rows),
      ...found.map(({ kind, about, details }) => `! ${kind} ${about}: ${details}`),
      agree ? "the books agree" : `${found.length} disagreements`,
    ],
  };
}

/** Exact, with all decimals of the currency, so that a column of amounts lines up. */
function formatAmount(minor: number, currency: Currency): string {
  const [whole = "", fraction = ""] = decimalOf(money(minor, currency)).split(".");
  const places = decimals[currency];
  return places === 0 ? whole : `${whole}.${fraction.padEnd(places, "0")}`;
}

const formatRow = (name: string, ...amounts: string[]): string =>
  `${name.padEnd(24)}${amounts.map((amount) => amount.padStart(20)).join("")}`;
