import { type TelegramId, telegramId } from "../../../domain/ids.ts";
import { displayName } from "../../../domain/people/customer.ts";
import type { Queries } from "../../orm.ts";
import { anyOf } from "../../prepared.ts";

/** The customer and the device that an access is for. */
export interface AccessOwner {
  /** The access's name on its host. */
  readonly identity: string;
  readonly device: string;
  readonly telegramId: TelegramId;
  readonly name: string;
}

/** Whose these identities are, also retired ones, in their order; those not ours are left out. */
export async function listOwners(
  db: Queries,
  identities: readonly string[],
): Promise<AccessOwner[]> {
  if (identities.length === 0) return [];
  const rows = await db
    .selectFrom("accesses as a")
    .innerJoin("devices as d", "d.id", "a.deviceId")
    .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .select(["a.identity", "d.name as device", "c.telegramId", "c.firstName", "c.lastName"])
    .where("a.identity", "=", anyOf(identities))
    .orderBy("a.identity")
    .execute();
  return rows.map(({ identity, device, telegramId: of, firstName, lastName }) => ({
    identity,
    device,
    telegramId: telegramId(of),
    name: displayName({ firstName, lastName: lastName ?? undefined }),
  }));
}
