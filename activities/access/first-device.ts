import { addDevice, hasDevices } from "../../db/access/devices.ts";
import { enqueue } from "../../db/messaging/messages.ts";
import type { Queries } from "../../db/orm.ts";
import type { Vault } from "../../db/vault.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { firstDeviceId } from "../../domain/derived-ids.ts";
import type { PaymentOrder } from "../../domain/payments/payment.ts";
import type { Instant } from "../../domain/time.ts";
import type { NewAccess } from "../../gateways/hosts/port.ts";

/** Creates a device's credentials and seals them. */
export interface DevicePorts {
  readonly vault: Vault;
  readonly newAccess: () => NewAccess;
  /** The name of a device that the customer has not named. */
  readonly chooseName: (db: Queries, of: SubscriptionRef) => Promise<string>;
}

/**
 * Gives a subscription without devices its first one, in the caller's transaction. The device has
 * the subscription's id, so that it is created once; its key is sent when its host has it.
 */
export async function addFirstDevice(
  { vault, newAccess, chooseName }: DevicePorts,
  db: Queries,
  { ref, now }: { readonly ref: SubscriptionRef; readonly now: Instant },
): Promise<void> {
  if (await hasDevices(db, ref.id)) return;
  const name = await chooseName(db, ref);
  const requestId = `first/${ref.id}`;
  const added = await addDevice(db, vault, {
    deviceId: firstDeviceId(ref.id),
    subscriptionId: ref.id,
    name,
    requestId,
    access: newAccess(),
    now,
  });
  if (added.kind === "limit") {
    const notice = { kind: "deviceLimit", limit: added.limit } as const;
    const content = { kind: "notice", notice } as const;
    await enqueue(db, [{ key: `device/${requestId}`, to: ref.telegramId, content }]);
  }
}

/** The same for the subscription of a payment's order. */
export const firstDeviceOfOrder =
  (ports: DevicePorts) =>
  (
    db: Queries,
    {
      subscriptionId: id,
      customerId,
      telegramId,
    }: Pick<PaymentOrder, "subscriptionId" | "customerId" | "telegramId">,
    now: Instant,
  ): Promise<void> =>
    addFirstDevice(ports, db, { ref: { id, customerId, telegramId }, now });
