import { hasEnded, isUsedUp } from "../../domain/access/allowance.ts";
import { calendarAt, type CalendarResult, earliest } from "../../domain/access/calendar.ts";
import type { SubscriptionRef, SubscriptionState } from "../../domain/access/subscription.ts";
import { subscriptionId } from "../../domain/ids.ts";
import { noticeTo } from "../../domain/messaging/message.ts";
import { addMs, type Instant, instant } from "../../domain/time.ts";
import { transactionStart } from "../expressions.ts";
import { messageWrites } from "../messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries } from "../orm.ts";
import { followAgainMs, readRenewal } from "../payments/renewal-calendar.ts";
import { anyOf, sql } from "../prepared.ts";
import { listUsedExtras } from "./add-ons.ts";
import { allowanceOf, allowanceOfS, type AllowanceRow, rollOver } from "./allowances.ts";
import { lockSubscription } from "./subscriptions.ts";
import { type Write, writeTogether } from "../together.ts";

/**
 * Reads a subscription's calendar and writes the notices that are due,
 * each once per end of its time.
 */
export function writeDueNotices(
  em: EntityManager,
  ref: SubscriptionRef,
  now: Instant,
): Promise<CalendarResult> {
  const { id, telegramId } = ref;
  return inTransaction(em, async (db) => {
    const row = await find(db, id);
    // A calendar without a subscription has nothing to do: it ends like a revoked one.
    if (row === undefined)
      return { state: "revoked", next: undefined, plan: "", paidUntil: undefined };
    const paidUntil = row.paidUntil === null ? undefined : instant(row.paidUntil);
    const allowance = allowanceOf(await rollOverLocked(db, row, now));
    const facts = {
      paidUntil,
      graceMs: row.graceMs,
      blocked: row.status === "blocked",
      revoked: row.revokedAt !== null,
      suspended: row.suspendedAt !== null,
      exhausted: isUsedUp(allowance, row.movedBytes),
      timeGivenAt: row.timeGivenAt === null ? undefined : instant(row.timeGivenAt),
      extraDevices: await listUsedExtras(db, id),
      renewsBy: row.isOn === true ? (row.kind ?? undefined) : undefined,
    };
    const { state, due, toCome, next } = calendarAt(facts, { now, books: instant(row.clock) });
    const keyOf = (key: string) => `calendar/${id}/${key}`;
    const renewal =
      row.kind === null ? undefined : await readRenewal(db, ref, { state, paidUntil, now });
    await writeTogether(db, [
      ...releaseKeys(toCome.map(keyOf)),
      ...messageWrites(due.map(({ key, notice }) => noticeTo(telegramId, keyOf(key), notice, id))),
      ...messageWrites(renewal?.messages ?? []),
    ]);
    const follows = row.followsCards ? ({ followsCards: true } as const) : {};
    const atPeriod = goesOn(state) ? earliest(next, allowance.period?.endsAt) : next;
    const read = {
      state,
      next: row.followsCards ? earliest(atPeriod, addMs(now, followAgainMs)) : atPeriod,
      plan: row.plan,
      paidUntil,
      ...follows,
    };
    if (renewal === undefined) return read;
    const { charge, followsStars } = renewal;
    return {
      ...read,
      next: earliest(read.next, renewal.next),
      ...(charge === undefined ? {} : { charge }),
      ...(followsStars ? { followsStars } : {}),
    };
  });
}

/** The row after a roll-over that is due: only then is it locked and read again. */
async function rollOverLocked(
  db: Queries,
  row: AllowanceRow & { readonly id: string },
  now: Instant,
): Promise<AllowanceRow> {
  if (!hasEnded(allowanceOf(row), now)) return row;
  const locked = await lockSubscription(db, subscriptionId(row.id));
  return locked === undefined ? row : rollOver(db, locked, now);
}

/** Where access may go on, or be got back, before any news. */
function goesOn(state: SubscriptionState): boolean {
  switch (state) {
    case "active":
    case "grace":
    case "exhausted":
    case "suspended":
      return true;
    case "expired":
    case "blocked":
    case "revoked":
      return false;
  }
}

/**
 * Frees the keys of notices that are not due yet, which wrong clocks, e.g. of a whole machine, have
 * caused. Unsent ones are dropped, and the notice can be sent when its time comes.
 */
function releaseKeys(keys: readonly string[]): Write[] {
  if (keys.length === 0) return [];
  const query: Write["query"] = (db) =>
    db
      .updateTable("messages")
      .set({
        // Assignments that read the row's own columns are shorter in SQL than by the builder.
        key: sql<string>`key || '/early/' || id`,
        state: sql<"waiting">`case state when 'waiting' then 'superseded' else state end`,
        reason: sql<string>`case state when 'waiting' then 'it is not so yet' else reason end`,
      })
      .where("key", "=", anyOf(keys));
  return [{ query }];
}

const find = (db: Queries, id: SubscriptionRef["id"]) =>
  db
    .selectFrom("subscriptions as s")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .leftJoin("renewals as r", "r.subscriptionId", "s.id")
    .select([
      "r.kind",
      "r.isOn",
      "c.status",
      "c.suspendedAt",
      "s.plan",
      "s.paidUntil",
      "s.graceMs",
      "s.revokedAt",
      "s.timeGivenAt",
    ])
    .select(transactionStart.as("clock"))
    .select((of) =>
      of
        .exists(
          of
            .selectFrom("card_consents as k")
            .select("k.orderId")
            .whereRef("k.subscriptionId", "=", "s.id")
            .where("k.state", "in", ["awaited", "unwanted"]),
        )
        .as("followsCards"),
    )
    .select(["s.id", ...allowanceOfS])
    .where("s.id", "=", id as string)
    .executeTakeFirst();
