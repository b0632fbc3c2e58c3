// Prints the trial balance and every disagreement in the books: npm run books. Exit code 1 if there is one.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "../db/orm.ts";
import { AuditQueries } from "../db/queries/operations/audit.ts";
import { type Currency, decimalOf, decimals, money } from "../domain/money.ts";
import { embeddedReaderUrl } from "./start/embedded-database.ts";
import { projectRoot } from "./start/product-process.ts";

/** Exact, with all of the currency's decimals, so that a column of amounts lines up. */
function decimal(minor: number, currency: Currency): string {
  const [whole = "", fraction = ""] = decimalOf(money(minor, currency)).split(".");
  const places = decimals[currency];
  return places === 0 ? whole : `${whole}.${fraction.padEnd(places, "0")}`;
}

async function main(): Promise<number> {
  const file = process.env["TOLLGATE_ENV_FILE"] ?? join(projectRoot, ".env");
  if (existsSync(file)) process.loadEnvFile(file);
  const url = process.env["DATABASE_URL"] ?? embeddedReaderUrl();
  if (url === undefined) {
    console.error("books: set DATABASE_URL, or run this beside a running `npm start`");
    return 1;
  }
  const database = await openDatabase(url, 1);
  try {
    const books = new AuditQueries(database.em);
    const lines = await books.trialBalance();
    console.log(row("account", "debit", "credit", "balance"));
    for (const { account, currency, debitMinor: debit, creditMinor: credit } of lines) {
      const amounts = [debit, credit, debit - credit].map((minor) =>
        decimal(minor, currency as Currency),
      );
      console.log(row(`${account} ${currency}`, ...amounts));
    }
    if (lines.length === 0) console.log("no money has moved yet");
    const wrong = await books.disagreements();
    for (const { kind, about, details } of wrong) console.log(`! ${kind} ${about}: ${details}`);
    console.log(wrong.length === 0 ? "the books agree" : `${wrong.length} disagreements`);
    return wrong.length === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}

const row = (name: string, ...amounts: string[]): string =>
  `${name.padEnd(24)}${amounts.map((amount) => amount.padStart(20)).join("")}`;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`books: ${(error as Error).message}`);
  process.exitCode = 1;
}
