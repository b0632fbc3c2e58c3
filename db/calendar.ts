import { isUsedUp } from "../domain/allowance.ts";
import { type Calendar, calendarAt } from "../domain/calendar.ts";
import { noticeTo } from "../domain/message.ts";
import type { SubscriptionRef } from "../domain/subscription.ts";
import { type Instant, instant } from "../domain/time.ts";
import { enqueue } from "./messages.ts";
import { type EntityManager, inTransaction, type Queries } from "./orm.ts";

/** How a subscription stands, and when its calendar has to be read again. */
export interface CalendarRead extends Omit<Calendar, "due"> {
  readonly plan: string;
  readonly paidUntil: Instant | undefined;
}

/** Reads a subscription's books and writes what is due, each notice once for each end of its time. */
export function followCalendar(
  em: EntityManager,
  { id, telegramId }: SubscriptionRef,
  now: Instant,
): Promise<CalendarRead> {
  return inTransaction(em, async (db) => {
    const row = await find(db, id);
    // A calendar without its row has nothing to do: it ends like one that was revoked.
    if (row === undefined)
      return { state: "revoked", next: undefined, plan: "", paidUntil: undefined };
    const paidUntil = row.paidUntil === null ? undefined : instant(row.paidUntil);
    const allowance = {
      limitBytes: row.trafficLimitBytes ?? undefined,
      baseBytes: row.trafficBaseBytes,
    };
    const facts = {
      paidUntil,
      graceMs: row.graceMs,
      blocked: row.status === "blocked",
      revoked: row.revokedAt !== null,
      exhausted: isUsedUp(allowance, row.movedBytes),
      timeGivenAt: row.timeGivenAt === null ? undefined : instant(row.timeGivenAt),
    };
    const { state, due, next } = calendarAt(facts, now);
    await enqueue(
      db,
      due.map(({ key, notice }) => noticeTo(telegramId, `calendar/${id}/${key}`, notice)),
    );
    return { state, next, plan: row.plan, paidUntil };
  });
}

const find = (db: Queries, id: SubscriptionRef["id"]) =>
  db
    .selectFrom("subscriptions as s")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .select(["c.status", "s.plan", "s.paidUntil", "s.graceMs", "s.revokedAt", "s.timeGivenAt"])
    .select(["s.trafficLimitBytes", "s.trafficBaseBytes", "s.movedBytes"])
    .where("s.id", "=", id as string)
    .executeTakeFirst();
