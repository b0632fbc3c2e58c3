import { hasPaidTime } from "../../domain/access/time-lots.ts";
import { customerId, type CustomerId, type TelegramId, telegramId } from "../../domain/ids.ts";
import { noticeTo } from "../../domain/messaging/message.ts";
import {
  type Absence,
  channelGraceMs,
  graceEnd,
  membershipStep,
  type MembershipStep,
  type RequiredChannel,
} from "../../domain/people/channels.ts";
import { addMs, type Instant, instant } from "../../domain/time.ts";
import { loadTime } from "../access/time-lots.ts";
import { lockByName } from "../advisory-lock.ts";
import { enqueue } from "../messaging/messages.ts";
import { shopLock } from "../operations/shop-lock.ts";
import { type EntityManager, inTransaction, type Queries, queriesOf } from "../orm.ts";
import { hasTime } from "../queries/access/access-rights.ts";
import { loadShopSettings } from "../queries/operations/shop-settings.ts";
import { lockCustomer } from "./customers.ts";

/** A customer who has to be in the channels, with what the books say of it. */
export interface CheckedMember extends Absence {
  readonly id: CustomerId;
  readonly telegramId: TelegramId;
}

/** What a look at one customer has found, in which channels of the shop. */
export interface MemberFound {
  /** All that were looked at: nothing is booked where the shop requires others by now. */
  readonly channels: readonly RequiredChannel[];
  readonly missing: readonly RequiredChannel[];
}

const selectMembers = (db: Queries, now: Instant) =>
  db
    .selectFrom("customers as c")
    .select(["c.id", "c.telegramId", "c.leftChannelsAt", "c.suspendedAt"])
    .where("c.role", "=", "customer")
    .where("c.status", "=", "active")
    .where((of) =>
      of.exists(
        of
          .selectFrom("subscriptions as s")
          .select("s.id")
          .whereRef("s.customerId", "=", "c.id")
          .where(hasTime(now)),
      ),
    );

type MemberRow = Awaited<ReturnType<ReturnType<typeof selectMembers>["execute"]>>[number];

const memberOf = (row: MemberRow): CheckedMember => ({
  id: customerId(row.id),
  telegramId: telegramId(row.telegramId),
  ...absenceOf(row),
});

const absenceOf = ({
  leftChannelsAt: leftAt,
  suspendedAt,
}: Pick<MemberRow, "leftChannelsAt" | "suspendedAt">): Absence => ({
  leftAt: leftAt === null ? undefined : instant(leftAt),
  suspendedAt: suspendedAt === null ? undefined : instant(suspendedAt),
});

/**
 * Customers with time left, suspended ones too, by their ids: those behind `after`. Admins are never
 * checked: nobody could let them in again.
 */
export async function listMembers(
  db: Queries,
  { after, limit, now }: { readonly after: string; readonly limit: number; readonly now: Instant },
): Promise<CheckedMember[]> {
  const rows = await selectMembers(db, now)
    .where("c.id", ">", after)
    .orderBy("c.id")
    .limit(limit)
    .execute();
  return rows.map(memberOf);
}

/** Those who have left, whose grace is over and who are not suspended yet. */
export async function listOverdue(
  db: Queries,
  { limit, now }: { readonly limit: number; readonly now: Instant },
): Promise<CheckedMember[]> {
  const rows = await selectMembers(db, now)
    .where("c.leftChannelsAt", "<=", new Date(addMs(now, -channelGraceMs)))
    .where("c.suspendedAt", "is", null)
    .orderBy("c.leftChannelsAt")
    .limit(limit)
    .execute();
  return rows.map(memberOf);
}

/** One customer with time left; undefined: they have none, or are not checked. */
export async function findMember(
  db: Queries,
  of: TelegramId,
  now: Instant,
): Promise<CheckedMember | undefined> {
  const row = await selectMembers(db, now)
    .where("c.telegramId", "=", of as number)
    .executeTakeFirst();
  return row && memberOf(row);
}

/** When the next grace ends that has not ended yet; undefined: nobody is in their grace. */
export async function findGraceEnd(db: Queries, now: Instant): Promise<Instant | undefined> {
  const row = await db
    .selectFrom("customers")
    .select((of) => of.fn.min<Date | null>("leftChannelsAt").as("leftAt"))
    .where("leftChannelsAt", ">", new Date(addMs(now, -channelGraceMs)))
    .where("suspendedAt", "is", null)
    .executeTakeFirst();
  return row?.leftAt ? graceEnd(instant(row.leftAt)) : undefined;
}

/**
 * Books what follows from a look, with what the customer is told of it, in one transaction. Nothing
 * follows from a look at channels that the shop does not require any more.
 * @returns what was booked.
 */
export async function bookMembership(
  em: EntityManager,
  of: CheckedMember,
  found: MemberFound,
  now: Instant,
): Promise<MembershipStep> {
  // Most people are where they should be: no transaction for them.
  const db = queriesOf(em);
  if ((await stepNow(db, of, { absence: of, found, now })) === "none") return "none";
  return inTransaction(em, async (inner) => {
    // Whoever turns the setting off lets everybody in: nobody is suspended behind their back.
    await lockByName(inner, shopLock);
    const { channels } = await loadShopSettings(inner);
    if (!isSame(channels, found.channels)) return "none";
    const row = await lockCustomer(inner, of.telegramId);
    if (row === undefined) return "none";
    const absence = absenceOf(row);
    const step = await stepNow(inner, of, { absence, found, now });
    await apply(inner, of, { step, absence, found, now });
    return step;
  });
}

interface Judged {
  readonly absence: Absence;
  readonly found: MemberFound;
  readonly now: Instant;
}

async function stepNow(
  db: Queries,
  { id }: CheckedMember,
  { absence, found: { missing }, now }: Judged,
): Promise<MembershipStep> {
  const isMissing = missing.length > 0;
  // The time lots matter only where access could be lost.
  const isPaid = isMissing && (await hasPaid(db, id, now));
  return membershipStep(absence, { isMissing, hasPaidTime: isPaid }, now);
}

/** Whether any of a customer's subscriptions has paid time left: it is free access that is paused. */
async function hasPaid(db: Queries, of: CustomerId, now: Instant): Promise<boolean> {
  const rows = await db
    .selectFrom("subscriptions")
    .select("id")
    .where("customerId", "=", of as string)
    .where("revokedAt", "is", null)
    .execute();
  for (const { id } of rows) {
    if (hasPaidTime(await loadTime(db, id), now)) return true;
  }
  return false;
}

const isSame = (one: readonly RequiredChannel[], other: readonly RequiredChannel[]): boolean =>
  one.length === other.length && one.every(({ chat }, place) => chat === other[place]?.chat);

async function apply(
  db: Queries,
  { id, telegramId: to }: CheckedMember,
  { step, absence, found, now }: Judged & { readonly step: MembershipStep },
): Promise<void> {
  const set = (values: { leftChannelsAt?: Date | null; suspendedAt?: Date | null }) =>
    db
      .updateTable("customers")
      .set(values)
      .where("id", "=", id as string)
      .execute();
  const channels = found.missing;
  switch (step) {
    case "none":
      return;
    case "forget":
      await set({ leftChannelsAt: null });
      return enqueue(db, [stays(to, { id, leftAt: absence.leftAt })]);
    case "warn": {
      await set({ leftChannelsAt: new Date(now) });
      const notice = { kind: "channelsLeft", channels, until: graceEnd(now) } as const;
      return enqueue(db, [noticeTo(to, `channels/${id}/left/${now}`, notice)]);
    }
    case "suspend": {
      await set({ suspendedAt: new Date(now) });
      const key = `channels/${id}/paused/${absence.leftAt}`;
      return enqueue(db, [noticeTo(to, key, { kind: "channelsPaused", channels })]);
    }
    case "restore": {
      await set({ leftChannelsAt: null, suspendedAt: null });
      const key = `channels/${id}/back/${absence.suspendedAt}`;
      return enqueue(db, [noticeTo(to, key, { kind: "accessBack" })]);
    }
  }
}

/** Tells somebody who was warned that nothing is paused. */
const stays = (
  to: TelegramId,
  { id, leftAt }: { readonly id: string; readonly leftAt: Instant | undefined },
) => noticeTo(to, `channels/${id}/stays/${leftAt}`, { kind: "channelsStay" });

/**
 * Lets in everybody who was suspended and drops all warnings, and tells them: the shop requires no channels any
 * more.
 * @returns whose access is back.
 */
export async function restoreAll(db: Queries): Promise<readonly TelegramId[]> {
  const rows = await db
    .selectFrom("customers")
    .select(["id", "telegramId", "leftChannelsAt", "suspendedAt"])
    .where("leftChannelsAt", "is not", null)
    .orderBy("id")
    .forUpdate()
    .execute();
  if (rows.length === 0) return [];
  await db
    .updateTable("customers")
    .set({ leftChannelsAt: null, suspendedAt: null })
    .where("leftChannelsAt", "is not", null)
    .execute();
  const back = rows.flatMap(({ id, telegramId: to, suspendedAt }) =>
    suspendedAt === null ? [] : [{ id, to: telegramId(to), at: instant(suspendedAt) }],
  );
  const notices = back.map(({ id, to, at }) =>
    noticeTo(to, `channels/${id}/back/${at}`, { kind: "accessBack" }),
  );
  const warned = rows.flatMap(({ id, telegramId: to, ...row }) => {
    const { leftAt, suspendedAt } = absenceOf(row);
    return suspendedAt === undefined ? [stays(telegramId(to), { id, leftAt })] : [];
  });
  await enqueue(db, [...notices, ...warned]);
  return back.map(({ to }) => to);
}
