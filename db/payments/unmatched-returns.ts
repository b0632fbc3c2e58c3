import { telegramId } from "../../domain/ids.ts";
import { gatewayName } from "../../domain/payments/payment.ts";
import type { Resolution } from "../../domain/payments/unmatched.ts";
import type { Queries } from "../orm.ts";

/** An admin's decision to refund an unmatched payment, while the refund is under way. */
export async function findReturn(db: Queries, requestId: string): Promise<Resolution | undefined> {
  const row = await db
    .selectFrom("unmatched")
    .select(["gateway", "reference", "resolvedBy"])
    .where("requestId", "=", requestId)
    .where("state", "=", "refunding")
    .executeTakeFirst();
  if (row === undefined || row.resolvedBy === null) return undefined;
  const { gateway, reference, resolvedBy } = row;
  const of = { gateway: gatewayName(gateway), reference, by: telegramId(resolvedBy) };
  return { requestId, ...of, what: { kind: "refund" } };
}
