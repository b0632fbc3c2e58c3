import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { customerId, subscriptionId, telegramId } from "../../domain/ids.ts";
import { answerNotice, noticeTo, type OutgoingMessage } from "../../domain/messaging/message.ts";
import type { PaymentId } from "../../domain/payments/payment.ts";
import {
  type ActRefusal,
  type AdminAct,
  type AdminActRequest,
  closingActs,
  type RecordedAct,
  refusalOf,
  statusAfter,
} from "../../domain/people/admin-act.ts";
import { displayName } from "../../domain/people/customer.ts";
import { isStaff, permissionToAct } from "../../domain/people/permissions.ts";
import type { SignupPolicy } from "../../domain/people/signup.ts";
import { dayMs, type Instant, instant } from "../../domain/time.ts";
import { revokeAllDevices } from "../access/devices.ts";
import { lockSubscription, restoreSubscription } from "../access/subscriptions.ts";
import { bookTime } from "../access/time-lots.ts";
import { enqueue } from "../messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries } from "../orm.ts";
import { loadBalanceAmounts } from "../payments/ledger.ts";
import { closeOpenOrders } from "../payments/orders.ts";
import { PlanVersions } from "../payments/plans.ts";
import { stopStars } from "../payments/star-subscriptions.ts";
import {
  actedSubscription,
  type ActedRows,
  isOnAll,
  lockSubscriptionsOf,
  type SubscriptionRow,
  timeLeft,
} from "./acted-subscriptions.ts";
import { type CustomerRow, isAllowed, lockCustomer } from "./customers.ts";
import { isLastUndone, refusalToUndo, undoDecision, type Undoing } from "./undone-decisions.ts";

/** What an act needs beside the database. */
export interface ActPorts {
  /** Gives a subscription that never had a device its first one, in the same transaction. */
  readonly addFirstDevice: (db: Queries, of: SubscriptionRef, now: Instant) => Promise<void>;
  /** With it a signup goes on whose decision is undone. */
  readonly policy: SignupPolicy;
}

/** What admins do to customers. */
export class AdminActs {
  readonly #em: EntityManager;
  readonly #versions = new PlanVersions();

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Books an admin's act with its effects and its audit row,
   * in one transaction and once per request.
   */
  actOnce(request: AdminActRequest, now: Instant, ports: ActPorts): Promise<RecordedAct> {
    return inTransaction(this.#em, async (db) => {
      const recorded = await record(db, this.#versions, { request, now, ports });
      if (recorded.kind === "refused") {
        await enqueue(db, refusalOfAct(request, recorded.why));
      }
      return recorded;
    });
  }
}

/** Why nothing was done, with a way back to the customer, if there is one. */
function refusalOfAct(
  { by, requestId, act: { customer }, shownIn }: AdminActRequest,
  why: ActRefusal,
): readonly OutgoingMessage[] {
  const whom = why === "noCustomer" || why === "notAdmin" ? {} : { customer };
  const notice = { kind: "actRefused", why, ...whom } as const;
  return answerNotice(by, `act/${requestId}/refused`, notice, shownIn);
}

interface Acting {
  readonly request: AdminActRequest;
  readonly now: Instant;
  readonly ports: ActPorts;
}

const refused = (why: ActRefusal): RecordedAct => ({ kind: "refused", why });

async function record(db: Queries, versions: PlanVersions, acting: Acting): Promise<RecordedAct> {
  const { requestId, by, act } = acting.request;
  // A booked act is done, even if the admin is no longer one.
  const isBooked = await isRecorded(db, requestId);
  if (!isBooked && !(await isAllowed(db, by, permissionToAct(act.kind))))
    return refused("notAdmin");
  const customer = await lockCustomer(db, act.customer);
  if (customer === undefined) return refused("noCustomer");
  const why = isBooked ? undefined : refusalOf(act, isStaff(customer.role));
  if (why !== undefined) return refused(why);
  const rows = await lockSubscriptionsOf(db, customer.id);
  const row = actedSubscription(act, rows);
  const acted = actedOn(acting, customer, { row, rows });
  const { done } = acted;
  if (isBooked) return withEffects(db, acted);
  const undoing =
    act.kind === "undo" ? undoingOf(acting, act.ask, { customer, row, rows, done }) : undefined;
  const whyNotUndone = undoing && (await refusalToUndo(db, undoing));
  if (whyNotUndone !== undefined) return refused(whyNotUndone);
  const needsSubscription = act.kind === "extend" || act.kind === "revoke";
  if (needsSubscription && row === undefined) return refused("noSubscription");
  const isCustomer = rows.length > 0 && !(await isLastUndone(db, act.customer));
  // What the undo of an approval has taken comes back by the next approval only.
  if (act.kind === "extend" && row?.revokedAt && !isCustomer) return refused("noSubscription");
  const status = statusAfter(act.kind, customer.status, isCustomer);
  const added = act.kind === "extend" ? { addedDays: act.days } : {};
  const about = needsSubscription && rows.length > 1 ? { subscription: row?.id } : {};
  const audit = await db
    .insertInto("audit_log")
    .values({
      requestId,
      actor: by as number,
      act: act.kind,
      customerId: customer.id,
      before: { status: customer.status, paidUntil: row?.paidUntil?.toISOString() ?? null },
      after: { status, ...added, ...about },
      at: new Date(acting.now),
    })
    .onConflict((of) => of.column("requestId").doNothing())
    .executeTakeFirst();
  if (audit.numInsertedOrUpdatedRows === 0n) return withEffects(db, acted);
  if (status !== customer.status) {
    await db.updateTable("customers").set({ status }).where("id", "=", customer.id).execute();
  }
  if (undoing !== undefined) await undoDecision(db, undoing, { by, requestId });
  await applyAct(db, versions, {
    ...acting,
    customer,
    ref: done.ref,
    rows,
  });
  return withEffects(db, acted);
}

function actedOn(
  { request: { requestId, act }, now, ports: { policy } }: Acting,
  customer: CustomerRow,
  { row, rows }: ActedRows,
): Acted {
  const { firstName, lastName } = customer;
  const id = customerId(customer.id);
  const refOf = (of: SubscriptionRow): SubscriptionRef => ({
    id: subscriptionId(of.id),
    customerId: id,
    telegramId: telegramId(customer.telegramId),
  });
  const others = isOnAll(act.kind)
    ? rows.filter((other) => other !== row && other.number !== null).map(refOf)
    : [];
  const done: Acted["done"] = {
    kind: "done",
    ref: row && refOf(row),
    ...(others.length > 0 ? { others } : {}),
    name: displayName({ firstName, lastName: lastName ?? undefined }),
    ...(act.kind === "undo" ? { waitsAgain: { customerId: id, policy } } : {}),
  };
  return { requestId, done, endsAt: act.kind === "unblock" ? timeLeft(rows, now) : undefined };
}

function undoingOf(
  { now }: Acting,
  ask: string,
  {
    customer,
    row,
    rows,
    done,
  }: ActedRows & { customer: CustomerRow; done: { ref: Undoing["ref"] } },
): Undoing {
  const isRevoked = row !== undefined && row.revokedAt !== null;
  const hasMore = rows.some((other) => other !== row && other.number !== null);
  const hadTime = timeLeft(rows, now) !== undefined;
  return { customer, ref: done.ref, isRevoked, hasMore, hadTime, ask, now };
}

const endsAccess = (act: AdminAct["kind"]): boolean =>
  act === "block" || act === "revoke" || act === "undo";

interface Acted {
  readonly requestId: string;
  readonly done: Extract<RecordedAct, { kind: "done" }>;
  /** When the access ends that the act has let go on. */
  readonly endsAt: Instant | undefined;
}

/** The act with what it has done, also when its booking is repeated. */
async function withEffects(db: Queries, { requestId, done, endsAt }: Acted): Promise<RecordedAct> {
  if (endsAt !== undefined) return { ...done, effect: { until: endsAt } };
  const lot = await db
    .selectFrom("time_lots")
    .select(["ms", "paidUntil"])
    .where("cause", "=", timeCause(requestId))
    .executeTakeFirst();
  if (lot !== undefined) {
    return { ...done, effect: { days: lot.ms / dayMs, until: instant(lot.paidUntil) } };
  }
  const rows = await db
    .selectFrom("audit_log as l")
    .innerJoin("payments as p", (join) =>
      join.onRef("p.customerId", "=", "l.customerId").onRef("p.closedAt", "=", "l.at"),
    )
    .select("p.id")
    .where("l.requestId", "=", requestId)
    .where("l.act", "in", [...closingActs])
    .where("p.state", "=", "cancelled")
    .execute();
  if (rows.length === 0) return done;
  return { ...done, closedOrders: rows.map(({ id }) => id as PaymentId) };
}

async function isRecorded(db: Queries, requestId: string): Promise<boolean> {
  const query = db.selectFrom("audit_log").select("requestId").where("requestId", "=", requestId);
  return (await query.executeTakeFirst()) !== undefined;
}

/** The cause of the time that an act gives. */
const timeCause = (requestId: string): string => `admin/${requestId}`;

interface BookedAct extends Acting {
  readonly customer: CustomerRow;
  readonly ref: SubscriptionRef | undefined;
  readonly rows: readonly SubscriptionRow[];
}

/** Applies the effects of an act beyond the customer's status. */
async function applyAct(db: Queries, versions: PlanVersions, booked: BookedAct): Promise<void> {
  const { request, now, ref, customer, rows } = booked;
  const { act, requestId } = request;
  const ended = rows.filter(({ id }) => act.kind === "block" || id === (ref?.id as string));
  if (endsAccess(act.kind)) {
    for (const { id } of ended) await stopStars(db, subscriptionId(id));
  }
  if (act.kind === "block" || act.kind === "undo") return closeOpenOrders(db, { customer, now });
  if (ref === undefined) return;
  const key = `act/${requestId}`;
  switch (act.kind) {
    case "extend":
      return extend(db, versions, { ...booked, ref, days: act.days });
    case "revoke": {
      const revoked = { revokedAt: new Date(now) };
      const of = ref.id as string;
      await db.updateTable("subscriptions").set(revoked).where("id", "=", of).execute();
      await revokeAllDevices(db, ref.id, now);
      await closeOpenOrders(db, { customer, subscription: ref.id, now });
      return enqueue(db, [
        noticeTo(ref.telegramId, `${key}/revoked`, { kind: "subscriptionRevoked" }, ref.id),
      ]);
    }
    case "unblock": {
      if (customer.status !== "blocked") return;
      const isBack = timeLeft(rows, now) !== undefined;
      const kind = isBack ? "accessBack" : "unblocked";
      const all = await loadBalanceAmounts(db, ref.customerId);
      const balances = all.filter(({ minor }) => minor > 0);
      return enqueue(db, [noticeTo(ref.telegramId, `${key}/back`, { kind, balances })]);
    }
  }
}

/** Gives days. Access that an admin has ended is open again, with the time that was left. */
async function extend(
  db: Queries,
  versions: PlanVersions,
  { request, now, ref, ports, days }: BookedAct & { ref: SubscriptionRef; days: number },
): Promise<void> {
  const locked = await lockSubscription(db, ref.id);
  if (locked === undefined) return;
  await restoreSubscription(db, ref.id);
  const { plan: code, planVersion } = locked;
  const plan = planVersion === null ? undefined : await versions.find(db, code, planVersion);
  const cause = timeCause(request.requestId);
  const lot = { kind: "admin", cause, ms: Math.round(days * dayMs), at: now } as const;
  const { account } = await bookTime(db, locked, [lot], plan);
  const until = account.paidUntil ?? now;
  await enqueue(db, [
    noticeTo(ref.telegramId, `act/${request.requestId}/time`, { kind: "timeGiven", until }, ref.id),
  ]);
  await ports.addFirstDevice(db, ref, now);
}
