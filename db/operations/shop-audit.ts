import { operator, type ShopChangeRequest } from "../../domain/operations/shop-change.ts";
import type { Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";

/** The operator's place in the audit log, where admins have their Telegram ids. */
const operatorActor = 0;

/** What a change of the shop has altered. */
export interface ShopAudit {
  readonly act: "setting" | "plan" | "location";
  readonly now: Instant;
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
}

/** Writes down who has changed what; its request is booked by it. */
export async function writeShopAudit(
  db: Queries,
  { requestId, by }: Pick<ShopChangeRequest, "requestId" | "by">,
  { act, now, before, after }: ShopAudit,
): Promise<void> {
  const actor = by === operator ? operatorActor : (by as number);
  await db
    .insertInto("audit_log")
    .values({ requestId, actor, act, customerId: null, before, after, at: new Date(now) })
    .execute();
}
