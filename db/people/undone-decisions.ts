import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import type { ApprovalId, TelegramId } from "../../domain/ids.ts";
import { approvalClosed } from "../../domain/messaging/announcements.ts";
import { noticeTo } from "../../domain/messaging/message.ts";
import type { ActRefusal } from "../../domain/people/admin-act.ts";
import { changeSince, signupApprovalId, undoableMs } from "../../domain/people/approval.ts";
import type { TimeEntry } from "../../domain/access/time-lots.ts";
import { type Instant, instant, msBetween } from "../../domain/time.ts";
import { lockSubscription } from "../access/subscriptions.ts";
import {
  bookTime,
  loadTime,
  type LockedSubscription,
  type TimeBooked,
} from "../access/time-lots.ts";
import { enqueue } from "../messaging/messages.ts";
import type { Queries } from "../orm.ts";
import { type CustomerRow, findAllowed } from "./customers.ts";

/** A decision on a signup that an admin undoes. */
export interface Undoing {
  readonly customer: CustomerRow;
  readonly ref: SubscriptionRef | undefined;
  readonly isRevoked: boolean;
  /** The customer has bought further subscriptions. */
  readonly hasMore: boolean;
  /** Their time had not ended. */
  readonly hadTime: boolean;
  readonly ask: string;
  readonly now: Instant;
}

/**
 * Why the decision cannot be undone; undefined: it can. What was bought or given since is not taken
 * away by an undo: an admin ends such an access by name.
 */
export async function refusalToUndo(
  db: Queries,
  { customer, ref, isRevoked, hasMore, ask, now }: Undoing,
): Promise<ActRefusal | undefined> {
  const decided = await lockDecision(db, approvalOf(customer), ask);
  if (decided === undefined || decided.decidedAt === null) return "undone";
  if (msBetween(instant(decided.decidedAt), now) > undoableMs) return "tooLate";
  const time = ref === undefined ? [] : await loadTime(db, ref.id);
  return changeSince({
    state: decided.state === "rejected" ? "rejected" : "approved",
    status: customer.status,
    hasAccess: ref !== undefined && !isRevoked,
    hasMore,
    hasOtherTime: time.some((entry) => entry.kind !== "trial" && !isOfUndo(entry)),
  });
}

const isOfUndo = ({ kind, cause }: TimeEntry): boolean =>
  kind === "refund" && cause.startsWith("undo/");

/**
 * Undoes the decision: the request waits again. What an approval gave is taken away, once: the
 * subscription is revoked until it is approved again, and what is left of its free time is kept for
 * that. The customer is told, and every copy of the question says so.
 */
export async function undoDecision(
  db: Queries,
  { customer, ref, hadTime, ask, now }: Undoing,
  { by, requestId }: { readonly by: TelegramId; readonly requestId: string },
): Promise<void> {
  const approvalId = approvalOf(customer);
  const { state } = await db
    .updateTable("approvals")
    .set({ undoneAt: new Date(now), undoneBy: by as number })
    .where("approvalId", "=", approvalId)
    .where("ask", "=", ask)
    .returning("state")
    .executeTakeFirstOrThrow();
  await db
    .updateTable("customers")
    .set({ rejectedAt: null })
    .where("id", "=", customer.id)
    .execute();
  const was = state === "rejected" ? state : "approved";
  if (was === "approved" && ref !== undefined) await takeAccess(db, ref, requestId, now);
  const to = customer.telegramId as TelegramId;
  const isOver = was === "approved" && !hadTime ? { isOver: true as const } : {};
  await enqueue(db, [
    noticeTo(to, `act/${requestId}/again`, { kind: "waitsAgain", was, ...isOver }),
    ...approvalClosed(await findAllowed(db, "decideSignups"), { approvalId, ask }, "undone"),
  ]);
}

async function takeAccess(
  db: Queries,
  { id }: SubscriptionRef,
  requestId: string,
  now: Instant,
): Promise<void> {
  const locked = await lockSubscription(db, id);
  if (locked === undefined) return;
  const free = (await loadTime(db, id)).filter(({ kind }) => kind === "trial");
  const taken = free.map(({ cause }, place) => ({
    kind: "refund" as const,
    cause: `undo/${requestId}/${place + 1}`,
    lot: cause,
    returnedMinor: 1,
    at: now,
  }));
  await bookTime(db, locked, taken);
  await db
    .updateTable("subscriptions")
    .set({ revokedAt: new Date(now) })
    .where("id", "=", id as string)
    .execute();
}

/**
 * Gives back what undone approvals took of a subscription's free time, when it is approved again.
 * Undefined: nothing was taken.
 */
export async function giveBack(
  db: Queries,
  locked: LockedSubscription,
  now: Instant,
): Promise<TimeBooked | undefined> {
  const taken = (await loadTime(db, locked.id)).flatMap((entry) =>
    entry.kind === "refund" && isOfUndo(entry) && !entry.cause.endsWith("/back") ? [entry] : [],
  );
  if (taken.length === 0) return undefined;
  const back = taken.map(({ cause, lot }) => ({
    kind: "refund" as const,
    cause: `${cause}/back`,
    lot,
    returnedMinor: 0,
    at: now,
  }));
  return bookTime(db, locked, back);
}

/**
 * Whether the last decision on this person's signup was undone: since then they wait. A step
 * that carries a decision out may run again after that, and then does nothing.
 */
export async function isLastUndone(db: Queries, of: TelegramId): Promise<boolean> {
  const row = await db
    .selectFrom("approvals")
    .select("undoneAt")
    .where("approvalId", "=", signupApprovalId(of) as string)
    .where("state", "in", ["approved", "rejected"])
    .orderBy("askedAt", "desc")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined && row.undoneAt !== null;
}

const approvalOf = ({ telegramId }: CustomerRow): ApprovalId =>
  signupApprovalId(telegramId as TelegramId);

const lockDecision = (db: Queries, approvalId: ApprovalId, ask: string) =>
  db
    .selectFrom("approvals")
    .select(["state", "decidedAt"])
    .where("approvalId", "=", approvalId)
    .where("ask", "=", ask)
    .where("state", "in", ["approved", "rejected"])
    .where("undoneAt", "is", null)
    .forUpdate()
    .executeTakeFirst();
