import type { GatewayName } from "../../domain/payments/payment.ts";
import type { Queries } from "../orm.ts";

type Name = { readonly gateway: GatewayName; readonly reference: string };

/** Locks the row of one charge; undefined: it was never reported as unmatched. */
export const lock = (db: Queries, of: Name) => selectRow(db, of).forUpdate().executeTakeFirst();

const selectRow = (db: Queries, { gateway, reference }: Name) =>
  db
    .selectFrom("unmatched")
    .select(["gateway", "reference", "paymentId", "minor", "currency", "returnedMinor", "payer"])
    .select(["state", "customerId", "requestId"])
    .where("gateway", "=", gateway as string)
    .where("reference", "=", reference);

/**
 * Like `lock`, but first locks the customer whose balance holds the money, if there is one.
 * Customers are locked first everywhere; the lock keeps the money from being spent meanwhile.
 * @throws Error when it was given to a customer meanwhile.
 */
export async function lockWithCustomer(db: Queries, of: Name): Promise<Row | undefined> {
  const seen = await selectRow(db, of).executeTakeFirst();
  const owner = seen?.customerId;
  if (owner != null) {
    await db.selectFrom("customers").select("id").where("id", "=", owner).forUpdate().execute();
  }
  const row = await lock(db, of);
  if (row !== undefined && row.customerId !== (owner ?? null)) {
    throw new Error(`${nameOf(of)} was given to a customer meanwhile: try again`);
  }
  return row;
}

/** The row of an unmatched charge, locked. */
export type Row = NonNullable<Awaited<ReturnType<typeof lock>>>;

/** The name of a charge: its gateway and reference. */
export const nameOf = ({ gateway, reference }: Name): string => `${gateway}/${reference}`;
