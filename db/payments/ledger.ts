import type { CustomerId } from "../../domain/ids.ts";
import type { Currency, Money } from "../../domain/money.ts";
import type { Balances } from "../../domain/payments/charge.ts";
import {
  balanceOf,
  type BookedFact,
  customerAccount,
  reserveAccount,
} from "../../domain/payments/ledger.ts";
import type { PaymentId } from "../../domain/payments/payment.ts";
import { sumOf } from "../expressions.ts";
import type { Queries } from "../orm.ts";
import { insertRows } from "../rows.ts";
import { type Write, writeTogether } from "../together.ts";

/**
 * Books facts with their entries, each once. If the entries of a fact do not sum to zero in each
 * currency, the database rejects the whole transaction.
 */
export const bookFacts = (
  db: Queries,
  paymentId: string | null,
  facts: readonly BookedFact[],
): Promise<void> => writeTogether(db, factWrites(paymentId, facts));

/** Like `bookFacts`, but returns the writes for a larger statement. */
export function factWrites(paymentId: string | null, facts: readonly BookedFact[]): Write[] {
  const rows = facts.flatMap(({ fact, entries }) =>
    entries.map(({ account, amount: { minor, currency } }) => {
      return { fact, account, currency, minor, paymentId };
    }),
  );
  if (rows.length === 0) return [];
  return [
    {
      query: (db) =>
        insertRows(db, "ledger_entries", rows).onConflict((row) =>
          row.columns(["fact", "account", "currency"]).doNothing(),
        ),
    },
  ];
}

/** A customer's balances by currency, in minor units, as the transaction sees them. */
export async function loadBalances(db: Queries, customer: CustomerId): Promise<Balances> {
  return balancesIn(await selectBalances(db, customer).execute());
}

/** The query of `balancesOf`: the sums of a customer's account by currency. */
export const selectBalances = (db: Queries, customer: CustomerId) =>
  db
    .selectFrom("ledger_entries")
    .select((of) => ["currency", sumOf(of.ref("minor")).as("sum")])
    .where("account", "=", customerAccount(customer))
    .groupBy("currency");

type SumRow = Pick<
  Awaited<ReturnType<ReturnType<typeof selectBalances>["execute"]>>[number],
  "currency" | "sum"
>;

/** Turns account sums into balances: what we owe is a credit, so the sign changes. */
export const balancesIn = (rows: readonly SumRow[]): Balances =>
  Object.fromEntries(rows.map(({ currency, sum }) => [currency, 0 - sum]));

/** A customer's balances as amounts, without zeros, by currency code. */
export async function loadBalanceAmounts(db: Queries, customer: CustomerId): Promise<Money[]> {
  const balances = Object.entries(await loadBalances(db, customer)) as [Currency, number][];
  return balances
    .filter(([, minor]) => minor !== 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, minor]) => balanceOf(-minor, currency));
}

/** What is still reserved for each refund of a payment, in minor units, by the refund's request. */
export async function loadReserves(
  db: Queries,
  payment: PaymentId,
): Promise<ReadonlyMap<string, number>> {
  return reservesIn(await selectReserves(db, payment).execute());
}

/** The query of `reservesOf`: sums by account. */
export const selectReserves = (db: Queries, payment: PaymentId) =>
  db
    .selectFrom("ledger_entries")
    .select((of) => ["account", sumOf(of.ref("minor")).as("sum")])
    .where("paymentId", "=", payment as string)
    .where("account", "like", `${reserveAccount("")}%`)
    .groupBy("account");

type ReserveRow = Pick<
  Awaited<ReturnType<ReturnType<typeof selectReserves>["execute"]>>[number],
  "account" | "sum"
>;

/** Turns account sums into reserves by the refund's request. */
export const reservesIn = (rows: readonly ReserveRow[]): ReadonlyMap<string, number> =>
  new Map(rows.map(({ account, sum }) => [account.slice(reserveAccount("").length), 0 - sum]));
