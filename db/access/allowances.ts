import type { Selectable } from "kysely";
import { type Allowance, allowanceAt, hasEnded, isUsedUp } from "../../domain/access/allowance.ts";
import type { ShopClock } from "../../domain/access/limit-period.ts";
import { letsIn } from "../../domain/access/subscription.ts";
import { subscriptionId, telegramId } from "../../domain/ids.ts";
import { noticeTo } from "../../domain/messaging/message.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { enqueue } from "../messaging/messages.ts";
import { type Queries, type Schema } from "../orm.ts";
import { sql } from "../prepared.ts";
import { stateAt } from "../queries/access/access-rights.ts";
import { loadShopSettings } from "../queries/operations/shop-settings.ts";
import type { Write } from "../together.ts";

/** The columns of a subscription that its allowance is in, and what it has moved. */
export const allowanceColumns = [
  "trafficLimitBytes",
  "trafficBaseBytes",
  "trafficPackBytes",
  "trafficPeriod",
  "trafficPeriodBytes",
  "trafficPeriodEndsAt",
  "trafficPacksEnd",
  "movedBytes",
] as const;

/** These columns of `subscriptions as s`. */
export const allowanceOfS = allowanceColumns.map((column) => `s.${column}` as const);

/** These columns of a row. */
export type AllowanceRow = Pick<
  Selectable<Schema["subscriptions"]>,
  (typeof allowanceColumns)[number]
>;

/** A row as the domain's allowance, as it was booked. */
export function allowanceOf(row: Omit<AllowanceRow, "movedBytes">): Allowance {
  const { trafficPeriod: kind, trafficPeriodBytes, trafficPeriodEndsAt, trafficPacksEnd } = row;
  return {
    limitBytes: row.trafficLimitBytes ?? undefined,
    baseBytes: row.trafficBaseBytes,
    packBytes: row.trafficPackBytes,
    period:
      kind === null || trafficPeriodEndsAt === null
        ? undefined
        : {
            kind,
            limitBytes: trafficPeriodBytes ?? 0,
            endsAt: instant(trafficPeriodEndsAt),
            packsEnd: trafficPacksEnd ?? "usedUp",
          },
  };
}

/** An allowance as the columns of a row. */
export const columnsOf = ({ limitBytes, baseBytes, packBytes, period }: Allowance) => ({
  trafficLimitBytes: limitBytes ?? null,
  trafficBaseBytes: baseBytes,
  trafficPackBytes: packBytes,
  trafficPeriod: period?.kind ?? null,
  trafficPeriodBytes: period?.limitBytes ?? null,
  trafficPeriodEndsAt: period === undefined ? null : new Date(period.endsAt),
  trafficPacksEnd: period?.packsEnd ?? null,
});

/** The zone in which months begin. */
export const loadZone = async (db: Queries): Promise<string> => (await loadShopSettings(db)).zone;

/**
 * A subscription after its period, where one has ended: the roll-over is booked, once, however late
 * it is noticed. Lock the subscription before it; `row` is what was read with the lock.
 */
export async function rollOver<Row extends AllowanceRow & { readonly id: string }>(
  db: Queries,
  row: Row,
  now: Instant,
): Promise<Row> {
  if (!hasEnded(allowanceOf(row), now)) return row;
  return bookNextPeriod(db, row, { now, zone: await loadZone(db) });
}

/** Like `rollOver`, for a row whose period has ended: many can share one clock. */
export async function bookNextPeriod<Row extends AllowanceRow & { readonly id: string }>(
  db: Queries,
  row: Row,
  clock: ShopClock,
): Promise<Row> {
  const before = allowanceOf(row);
  const columns = columnsOf(allowanceAt(before, row.movedBytes, clock));
  const used = before.packBytes - columns.trafficPackBytes;
  if (used > 0) await packUseWrite(row.id, used).query(db).execute();
  await db.updateTable("subscriptions").set(columns).where("id", "=", row.id).execute();
  if (isUsedUp(before, row.movedBytes)) await announceTraffic(db, { ...row, ...columns }, clock);
  return { ...row, ...columns };
}

/** Tells who was cut off that they are in again, where nothing else shuts them out. */
async function announceTraffic(
  db: Queries,
  {
    id,
    trafficLimitBytes: limitBytes,
    trafficPeriodEndsAt,
  }: AllowanceRow & { readonly id: string },
  { now }: ShopClock,
): Promise<void> {
  if (limitBytes === null || trafficPeriodEndsAt === null) return;
  const until = instant(trafficPeriodEndsAt);
  const row = await db
    .selectFrom("subscriptions as s")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .select(["c.telegramId", stateAt(now).as("state")])
    .where("s.id", "=", id)
    .executeTakeFirstOrThrow();
  if (!letsIn(row.state)) return;
  const notice = { kind: "trafficBack", limitBytes, until } as const;
  const about = subscriptionId(id);
  await enqueue(db, [
    noticeTo(telegramId(row.telegramId), `traffic-back/${id}/${until}`, notice, about),
  ]);
}

/**
 * Books so many bytes of a subscription's packs as used, or as ended: the oldest first, as the
 * domain's `usePacks` does. A sum over rows in their order has no builder.
 */
export const packUseWrite = (subscriptionId: string, bytes: number): Write => ({
  query: (db) =>
    db
      .updateTable("add_ons")
      .from(
        sql<{ payment: string; used: number }>`(
          select payment_id, least(left_bytes, greatest(0, ${bytes}::bigint - before))
            from (select payment_id, bytes - taken_bytes - used_bytes as left_bytes,
                         sum(bytes - taken_bytes - used_bytes) over (order by at, payment_id)
                           - (bytes - taken_bytes - used_bytes) as before
                    from add_ons where subscription_id = ${subscriptionId}::uuid
                     and kind = 'traffic') as lots)`.as<"u">(sql`u (payment, used)`),
      )
      .set({ usedBytes: sql<number>`add_ons.used_bytes + u.used::bigint` })
      .whereRef("add_ons.paymentId", "=", "u.payment")
      .where("u.used", ">", 0),
});
