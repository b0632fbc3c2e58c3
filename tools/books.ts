// `npm run books` prints the trial balance and every disagreement in the books. Exit code 1 if
// there is a disagreement.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "../db/orm.ts";
import { AuditQueries } from "../db/queries/operations/audit.ts";
import { type Currency, decimalOf, decimals, money } from "../domain/money.ts";
import { embeddedReaderUrl } from "./start/embedded-database.ts";
import { projectRoot } from "./start/product-process.ts";

/** Exact, with all decimals of the currency, so that a column of amounts lines up. */
function formatAmount(minor: number, currency: Currency): string {
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
    const lines = await books.readTrialBalance();
    console.log(formatRow("account", "debit", "credit", "balance"));
    for (const { account, currency, debitMinor: debit, creditMinor: credit } of lines) {
      const amounts = [debit, credit, debit - credit].map((minor) =>
        formatAmount(minor, currency as Currency),
      );
      console.log(formatRow(`${account} ${currency}`, ...amounts));
    }
    if (lines.length === 0) console.log("no money has moved yet");
    const found = await books.findDisagreements();
    for (const { kind, about, details } of found) console.log(`! ${kind} ${about}: ${details}`);
    console.log(found.length === 0 ? "the books agree" : `${found.length} disagreements`);
    return found.length === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}

const formatRow = (name: string, ...amounts: string[]): string =>
  `${name.padEnd(24)}${amounts.map((amount) => amount.padStart(20)).join("")}`;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`books: ${(error as Error).message}`);
  process.exitCode = 1;
}
