import { needsWaking } from "../../domain/access/calendar.ts";
import { decideBatch, type Decision, doesGrant } from "../../domain/payments/decision-batch.ts";
import type { DecisionOutcome } from "../../domain/payments/decision.ts";
import { eventKey } from "../../domain/payments/event-key.ts";
import { type BookedFact, factOf } from "../../domain/payments/ledger.ts";
import {
  type GatewayEvent,
  type PaymentId,
  type PaymentOrder,
} from "../../domain/payments/payment.ts";
import type { Instant } from "../../domain/time.ts";
import { assignDeviceRights, messagesAboutPaused } from "../access/device-rights.ts";
import { enqueue, messageWrites } from "../messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries } from "../orm.ts";
import { writeTogether } from "../together.ts";
import { chargeWrites } from "./charges.ts";
import { bookAddOn, bookTime, type Decided, forUse } from "./decision-bookings.ts";
import { composeMessages } from "./decision-notices.ts";
import { decisionWrites, letInWrites, stateWrites } from "./decision-writes.ts";
import { duplicateRefundWrites, findOpenDuplicateRefunds } from "./duplicate-refunds.ts";
import { eventWrites, keepEvents } from "./gateway-events.ts";
import { factWrites } from "./ledger.ts";
import { loadPaymentFacts, type LockedPayment, lockPayment } from "./payment-facts.ts";
import { PlanVersions } from "./plans.ts";
import { ensureRecurring, followDecision, routeOf } from "./recurring.ts";
import { beginsStars, followCharge } from "./star-subscriptions.ts";

/** The outcome of a batch of events in the books. */
export interface DecisionResult extends DecisionOutcome {
  /** Requests of refunds of payments that came twice, to be carried out. */
  readonly refunds: readonly string[];
}

/** What a decision needs beside the database. */
export interface DecisionPorts {
  /** Whether a payment that came twice can be refunded automatically. */
  readonly canRefund: boolean;
  /** Gives a subscription its first device, in the same transaction. */
  readonly addFirstDevice: (db: Queries, of: PaymentOrder, now: Instant) => Promise<void>;
}

/** Decides and books gateway events. */
export class Decisions {
  readonly #em: EntityManager;
  readonly #versions = new PlanVersions();

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Keeps events verbatim, decides them in order, and books all effects in one transaction; each
   * event counts once, by its key. Undefined: the payment does not exist.
   */
  decideAll(
    id: PaymentId,
    events: readonly GatewayEvent[],
    now: Instant,
    ports: DecisionPorts,
  ): Promise<DecisionResult | undefined> {
    return inTransaction(this.#em, (db) =>
      decideIn(db, this.#versions, { id, events, now, ports }),
    );
  }
}

interface Batch {
  readonly id: PaymentId;
  readonly events: readonly GatewayEvent[];
  readonly now: Instant;
  readonly ports: DecisionPorts;
}

/** Like `decideAll`, inside the caller's transaction. */
export async function decideIn(
  db: Queries,
  versions: PlanVersions,
  batch: Batch,
): Promise<DecisionResult | undefined> {
  const locked = await lockPayment(db, batch.id);
  if (locked === undefined) return undefined;
  return beginsStars(locked.order)
    ? decideEachCharge(db, versions, locked, batch)
    : decideLocked(db, versions, locked, batch);
}

/**
 * Decides events of a subscription in Stars one by one, since each charge but the first is a payment
 * of its own. The result is about the order that began it, with the effects of all.
 */
async function decideEachCharge(
  db: Queries,
  versions: PlanVersions,
  begun: LockedPayment,
  batch: Batch,
): Promise<DecisionResult> {
  const { order, state } = begun;
  const of = { subscriptionId: order.subscriptionId, telegramId: order.telegramId, state };
  let result: DecisionResult = { ...of, effects: [], refunds: [], wakesCalendar: false };
  for (const event of batch.events) {
    const id = await routeOf(db, order, event.report);
    if (id !== order.id) await ensureRecurring(db, id, { order, ...event, now: batch.now });
    const locked = (await lockPayment(db, id)) ?? begun;
    const one = await decideLocked(db, versions, locked, { ...batch, id, events: [event] });
    await followCharge(db, { begun: order, ...event, effects: one.effects, now: batch.now });
    result = {
      ...of,
      state: id === order.id ? one.state : result.state,
      effects: [...result.effects, ...one.effects],
      refunds: [...result.refunds, ...one.refunds],
      wakesCalendar: result.wakesCalendar || one.wakesCalendar,
    };
  }
  return result;
}

async function decideLocked(
  db: Queries,
  versions: PlanVersions,
  locked: LockedPayment,
  { id, events, now, ports }: Batch,
): Promise<DecisionResult> {
  const { order } = locked;
  const useful = forUse(locked, now);
  const keyed = new Map(events.map((event) => [eventKey(order, event.report), event]));
  const known = await loadPaymentFacts(db, useful, keyed);
  const fresh = [...keyed].filter(([key]) => !known.decided.has(key));
  const before = [...known.decided.values()].flat();
  const of = { subscriptionId: order.subscriptionId, telegramId: order.telegramId };
  const open = await findOpenDuplicateRefunds(db, order, before);
  // A run that decided some of these before may have died before it woke the calendar.
  const mayHaveDied = before.length > 0;
  if (fresh.length === 0) {
    await keepEvents(db, id, events);
    const { state } = locked;
    return { ...of, state, effects: before, refunds: open, wakesCalendar: mayHaveDied };
  }
  const decisions = decideBatch(order, known, fresh, ports);
  const written = await writeOutcome(db, versions, {
    locked,
    known,
    events,
    decisions,
    now,
    ports,
  });
  const state = decisions.at(-1)?.after.state ?? locked.state;
  const effects = [...before, ...decisions.flatMap((decision) => decision.effects)];
  const wakesCalendar = written.wakesCalendar || mayHaveDied;
  const refunds = [...open, ...written.refunds];
  return { ...of, state, effects, refunds, wakesCalendar };
}

interface Outcome extends Decided {
  readonly events: readonly GatewayEvent[];
  readonly ports: DecisionPorts;
}

/** Writes all effects in one statement. */
async function writeOutcome(
  db: Queries,
  versions: PlanVersions,
  outcome: Outcome,
): Promise<Pick<DecisionResult, "refunds" | "wakesCalendar">> {
  const { locked, known, events, decisions, now, ports } = outcome;
  const { order } = locked;
  const { facts } = known;
  const last = decisions.at(-1)?.after ?? facts;
  const reports = decisions.map(({ event }) => event.report);
  const effects = decisions.flatMap((decision) => decision.effects);
  const duplicates = ports.canRefund
    ? duplicateRefundWrites(order, { effects, after: last }, now)
    : { rows: [], writes: [], facts: [] };
  const refunds = duplicates.rows.map(({ requestId }) => requestId);
  const { booked: time, writes: timeWrites } = await bookTime(db, versions, outcome);
  const addOnWrites = await bookAddOn(db, outcome);
  const messages = await composeMessages(db, outcome, { time, refunds, state: last.state });
  await writeTogether(db, [
    ...eventWrites(order.id, events),
    ...chargeWrites(order, { before: facts.charges, after: last.charges, reports }),
    ...factWrites(order.id, [...factsOf(order, decisions), ...duplicates.facts]),
    ...duplicates.writes,
    ...timeWrites,
    ...addOnWrites,
    ...(order.terms && doesGrant(decisions) && locked.hasLeftChannels ? letInWrites(order) : []),
    ...stateWrites(order, { from: locked.state, to: last.state, now }),
    ...decisionWrites(order, decisions),
    ...messageWrites(messages),
  ]);
  const changesDevices = time !== undefined || addOnWrites.length > 0;
  if (changesDevices) {
    const rights = await assignDeviceRights(db, order.subscriptionId, now);
    await enqueue(db, await messagesAboutPaused(db, order.telegramId, rights, order.id));
  }
  const isReturned = effects.some((effect) => effect.kind === "returned" && effect.whole);
  const isGranted = doesGrant(decisions);
  const isRecurrenceNews = await followDecision(db, order, { isReturned, isGranted, now });
  if (isGranted && !locked.hasDevice) await ports.addFirstDevice(db, order, now);
  const isLate = time !== undefined && needsWaking(locked.paidUntil, time.changedMs, now);
  const isNewPeriod = time?.periodEndsAt !== undefined;
  const wakesCalendar = isRecurrenceNews || isLate || isNewPeriod || addOnWrites.length > 0;
  return { refunds, wakesCalendar };
}

const factsOf = (order: PaymentOrder, decisions: readonly Decision[]): BookedFact[] =>
  decisions.flatMap(({ event: { report }, effects }) => {
    const fee = report.kind === "paid" ? report.fee : undefined;
    return effects.flatMap((effect) => factOf(order, effect, fee) ?? []);
  });
