import type { GatewayName } from "../domain/payment.ts";
import type { Queries } from "./orm.ts";

type Name = { readonly gateway: GatewayName; readonly reference: string };

/** Locks the row of one charge; undefined: nobody has reported it. */
export const lock = (db: Queries, { gateway, reference }: Name) =>
  db
    .selectFrom("unmatched")
    .select(["gateway", "reference", "paymentId", "minor", "currency", "returnedMinor", "payer"])
    .select(["state", "customerId", "requestId"])
    .where("gateway", "=", gateway as string)
    .where("reference", "=", reference)
    .forUpdate()
    .executeTakeFirst();

export type Row = NonNullable<Awaited<ReturnType<typeof lock>>>;

export const nameOf = ({ gateway, reference }: Name): string => `${gateway}/${reference}`;
