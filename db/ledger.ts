import type { EntityManager } from "@mikro-orm/postgresql";
import type { CustomerId } from "../domain/ids.ts";
import { balanceOf, customerAccount, type Entry } from "../domain/ledger.ts";
import type { Currency, Money } from "../domain/money.ts";
import { insertOnce } from "./insert-once.ts";
import { LedgerEntryRow } from "./ledger-entry.ts";

/**
 * Writes the entries of one fact, once. Their sum is zero in each currency, or the database refuses the whole
 * transaction that this is part of.
 */
export async function bookOnce(
  em: EntityManager,
  { fact, paymentId }: { readonly fact: string; readonly paymentId: string | null },
  entries: readonly Entry[],
): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ account, amount: { minor, currency } }) => {
    return { fact, account, currency, minor, paymentId };
  });
  await insertOnce(em, LedgerEntryRow, { rows, key: ["fact", "account", "currency"] });
}

/** What we owe this customer in one currency, as the transaction sees it. */
export async function balanceIn(
  em: EntityManager,
  customerId: CustomerId,
  currency: Currency,
): Promise<Money> {
  const [row]: { sum: string | null }[] = await em.execute(
    "select sum(minor) as sum from ledger_entries where account = ? and currency = ?",
    [customerAccount(customerId), currency],
  );
  return balanceOf(Number(row?.sum ?? 0), currency);
}
