import type { ExtraDevice } from "../../domain/access/calendar.ts";
import { leftOf } from "../../domain/access/allowance.ts";
import {
  type BoughtPack,
  returnPack,
  usePacks,
  withPack,
} from "../../domain/access/traffic-pack.ts";
import type { SubscriptionId } from "../../domain/ids.ts";
import type { AddOn, PaymentOrder } from "../../domain/payments/payment.ts";
import { type Instant, instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { insertRows } from "../rows.ts";
import type { Write } from "../together.ts";
import { allowanceOf, rollOver } from "./allowances.ts";
import type { LockedSubscription } from "./time-lots.ts";

/** What has become of an add-on's payment. */
export interface AddOnChange {
  readonly order: PaymentOrder;
  readonly addOn: AddOn;
  /** The subscription that has it, locked. */
  readonly subscription: LockedSubscription;
  /** Its whole price has just come. */
  readonly isGranted: boolean;
  /** How much of the price is returned or about to be, in minor units. */
  readonly returnedMinor: number;
  readonly now: Instant;
}

/**
 * The writes that give an add-on, or take back as much of it as its price is returned. Call
 * `assignDeviceRights` after them where it is a device.
 */
export async function enterAddOn(db: Queries, change: AddOnChange): Promise<readonly Write[]> {
  const { order, addOn, isGranted, returnedMinor, now } = change;
  const subscription = await rollOver(db, change.subscription, now);
  const known = isGranted ? newPack(change) : await findPack(db, order);
  if (known === undefined) return [];
  const limit = subscription.trafficLimitBytes ?? undefined;
  const isNewPack = isGranted && addOn.kind === "traffic";
  const limitBytes = isNewPack ? withPack(limit, known.bytes) : limit;
  const leftBytes = isNewPack
    ? known.bytes
    : addOn.kind === "traffic"
      ? await loadLeft(db, subscription, order)
      : 0;
  const after = returnPack(known, returnedMinor, { limitBytes, leftBytes });
  return [
    isGranted ? insertion(change, after.pack) : update(order, after.pack),
    ...(after.limitBytes === limit || addOn.kind === "device"
      ? []
      : [limitWrite(subscription, after.limitBytes)]),
  ];
}

const newPack = ({ addOn, order }: AddOnChange): BoughtPack => ({
  bytes: addOn.kind === "traffic" ? addOn.bytes : 0,
  price: order.price.minor,
  returned: 0,
  takenBytes: 0,
});

async function findPack(db: Queries, { id }: PaymentOrder): Promise<BoughtPack | undefined> {
  const row = await db
    .selectFrom("add_ons")
    .select(["bytes", "priceMinor", "returnedMinor", "takenBytes"])
    .where("paymentId", "=", id as string)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { bytes, priceMinor: price, returnedMinor: returned, takenBytes } = row;
  return { bytes: bytes ?? 0, price, returned, takenBytes };
}

function insertion({ order, addOn, now }: AddOnChange, pack: BoughtPack): Write {
  const row = {
    paymentId: order.id as string,
    subscriptionId: order.subscriptionId as string,
    kind: addOn.kind,
    bytes: addOn.kind === "traffic" ? addOn.bytes : null,
    until: addOn.kind === "device" ? new Date(addOn.until) : null,
    priceMinor: pack.price,
    returnedMinor: pack.returned,
    takenBytes: pack.takenBytes,
    at: new Date(now),
  };
  return { query: (to) => insertRows(to, "add_ons", [row]) };
}

const update = ({ id }: PaymentOrder, { returned, takenBytes }: BoughtPack): Write => ({
  query: (db) =>
    db
      .updateTable("add_ons")
      .set({ returnedMinor: returned, takenBytes })
      .where("paymentId", "=", id as string),
});

/** What changes of the limit, changes of the packs in it. */
const limitWrite = (
  { id, trafficLimitBytes, trafficPackBytes }: LockedSubscription,
  limitBytes: number | undefined,
): Write => {
  const packBytes = trafficPackBytes + (limitBytes ?? 0) - (trafficLimitBytes ?? 0);
  const changed = { trafficLimitBytes: limitBytes ?? null, trafficPackBytes: packBytes };
  return {
    query: (db) => db.updateTable("subscriptions").set(changed).where("id", "=", id),
  };
};

/** How much of this payment's pack is left now: packs are used the oldest first. */
async function loadLeft(
  db: Queries,
  subscription: LockedSubscription,
  { id }: PaymentOrder,
): Promise<number> {
  const rows = await db
    .selectFrom("add_ons")
    .select(["paymentId", "bytes", "takenBytes", "usedBytes"])
    .where("subscriptionId", "=", subscription.id)
    .where("kind", "=", "traffic")
    .orderBy("at")
    .orderBy("paymentId")
    .execute();
  const allowance = allowanceOf(subscription);
  const used = allowance.packBytes - leftOf(allowance, subscription.movedBytes).packBytes;
  const lefts = usePacks(
    rows.map(({ bytes, takenBytes, usedBytes }) => (bytes ?? 0) - takenBytes - usedBytes),
    used,
  );
  return lefts[rows.findIndex(({ paymentId }) => paymentId === id)] ?? 0;
}

/** Whether an add-on of this kind is on sale for who has this plan. */
export async function isAddOnSold(
  db: Queries,
  subscriptionId: string,
  kind: AddOn["kind"],
): Promise<boolean> {
  const row = await db
    .selectFrom("subscriptions as s")
    .innerJoin("plans as p", "p.code", "s.plan")
    .select(["p.extraDevice", "p.packPrices"])
    .where("s.id", "=", subscriptionId)
    .orderBy("p.version", "desc")
    .limit(1)
    .executeTakeFirst();
  const prices = kind === "device" ? row?.extraDevice : row?.packPrices;
  return Object.keys(prices ?? {}).length > 0;
}

/** The bought devices that a device stands for now, which ends with them. */
export async function listUsedExtras(
  db: Queries,
  subscriptionId: SubscriptionId,
): Promise<ExtraDevice[]> {
  const rows = await db
    .selectFrom("add_ons as o")
    .select(["o.paymentId", "o.until"])
    .where("o.subscriptionId", "=", subscriptionId as string)
    .where("o.kind", "=", "device")
    .whereRef("o.returnedMinor", "<", "o.priceMinor")
    .where((of) =>
      of.exists(
        of
          .selectFrom("accesses as a")
          .select("a.id")
          .whereRef("a.subscriptionId", "=", "o.subscriptionId")
          .whereRef("a.endsAt", "=", "o.until")
          .where("a.retiredAt", "is", null),
      ),
    )
    .execute();
  if (rows.length === 0) return [];
  const canBuy = await isAddOnSold(db, subscriptionId, "device");
  return rows.flatMap(({ paymentId: key, until }) =>
    until === null ? [] : [{ key, until: instant(until), canBuy }],
  );
}
