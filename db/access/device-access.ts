import type { DeviceId, SubscriptionId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { mayConnect, mayUse } from "../queries/access/access-rights.ts";

/** The current access of a device. */
export interface DeviceAccess {
  readonly id: string;
  /** By the books it may be used now. */
  readonly isLetIn: boolean;
  /** The plan has no room for its device. */
  readonly isPaused: boolean;
  /** What was bought beside the plan for this device has ended. */
  readonly hasEnded: boolean;
  /** It has a host. */
  readonly isPlaced: boolean;
}

/**
 * The device's current access; undefined: the subscription does not have this device (any more).
 */
export async function findAccess(
  db: Queries,
  {
    subscriptionId,
    deviceId,
  }: { readonly subscriptionId: SubscriptionId; readonly deviceId: DeviceId },
  now: Instant,
): Promise<DeviceAccess | undefined> {
  const row = await db
    .selectFrom("accesses as a")
    .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .select([
      "a.id",
      "a.hostId",
      "a.pausedAt",
      mayUse(now).as("isLetIn"),
      mayConnect(now).as("hasTime"),
    ])
    .where("a.subscriptionId", "=", subscriptionId as string)
    .where("a.deviceId", "=", deviceId as string)
    .where("a.retiredAt", "is", null)
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      isLetIn: row.isLetIn,
      isPaused: row.hasTime && row.pausedAt !== null,
      hasEnded: row.hasTime && !row.isLetIn && row.pausedAt === null,
      isPlaced: row.hostId !== null,
    }
  );
}
