import { type Charge, type PendingRefund, priceReturned, priceShare } from "../domain/decision.ts";
import { telegramId } from "../domain/ids.ts";
import { released, reserved } from "../domain/ledger.ts";
import { adminNoticesTo, noticeTo, type OutgoingMessage } from "../domain/message.ts";
import { type Money, money } from "../domain/money.ts";
import type { GatewayEvent, GatewayName } from "../domain/payment.ts";
import {
  type ApprovalLimits,
  needsApproval,
  type Refund,
  type RefundCapability,
  type RefundCommand,
  type RefundFailure,
  type RefundRefusal,
} from "../domain/refund.ts";
import type { Instant } from "../domain/time.ts";
import { adminIds, isAdmin } from "./customers.ts";
import { type DecisionPorts, decideIn, returnOf } from "./decisions.ts";
import { bookFacts, reservesOf } from "./ledger.ts";
import { enqueue } from "./messages.ts";
import { type EntityManager, inTransaction, type Queries, queriesOf } from "./orm.ts";
import { type LockedPayment, lockPayment, paymentFacts } from "./payment-facts.ts";
import { findOrder } from "./payments.ts";
import { PlanVersions } from "./plans.ts";
import { bookTime, type TimeBooked } from "./time-lots.ts";

export type RefundOpened =
  | { readonly kind: "opened"; readonly refund: Refund }
  | { readonly kind: "notOpened"; readonly why: RefundRefusal };

/** What the owner and the gateways allow. */
export interface RefundRules {
  readonly gateways: (name: GatewayName) => Promise<RefundCapability>;
  readonly limits: ApprovalLimits;
  readonly now: Instant;
}

export class Refunds {
  readonly #em: EntityManager;
  readonly #versions = new PlanVersions();

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Opens a refund, once per request: writes it with its audit row, takes the time that goes with it, and sets the
   * balance aside that it takes. One refund of a charge is under way at a time.
   */
  openOnce(command: RefundCommand, rules: RefundRules): Promise<RefundOpened> {
    return inTransaction(this.#em, async (db) => {
      const opened = await open(db, command, rules);
      const { by, requestId } = command;
      if (opened.kind === "notOpened" && by !== undefined) {
        const notice = { kind: "refundNotOpened", why: opened.why } as const;
        await enqueue(db, [noticeTo(by, `refund/${requestId}/notOpened`, notice)]);
      }
      return opened;
    });
  }

  /** Tells the admins, once, that a refund waits for its gateway. */
  async tellWaiting({ requestId, order: { gateway }, amount }: Refund): Promise<void> {
    const db = queriesOf(this.#em);
    const notice = { kind: "refundWaits", gateway, amount } as const;
    await enqueue(db, adminNoticesTo(await adminIds(db), `refund/${requestId}/waits`, notice));
  }

  find(requestId: string): Promise<Refund | undefined> {
    return findRefund(queriesOf(this.#em), requestId);
  }

  /** How much of the charge is still to go back: less, when the gateway has reported a return meanwhile. */
  async remaining({ requestId, order }: Refund): Promise<{
    readonly paid: Money;
    readonly returned: Money;
    readonly left: Money;
  }> {
    const row = await queriesOf(this.#em)
      .selectFrom("refunds as r")
      .innerJoin("charges as c", (join) =>
        join.onRef("c.gateway", "=", "r.gateway").onRef("c.reference", "=", "r.reference"),
      )
      .select(["r.upToMinor", "r.currency", "c.returnedMinor", "c.paidMinor"])
      .where("r.requestId", "=", requestId)
      .executeTakeFirstOrThrow();
    const { currency, returnedMinor, upToMinor, paidMinor } = row;
    return {
      paid: money(paidMinor ?? order.price.minor, currency),
      returned: money(returnedMinor, currency),
      left: money(Math.max(0, upToMinor - returnedMinor), currency),
    };
  }

  async approve(requestId: string): Promise<void> {
    await queriesOf(this.#em)
      .updateTable("refunds")
      .set({ state: "approved" })
      .where("requestId", "=", requestId)
      .where("state", "=", "asked")
      .execute();
  }

  /** Books the return like the gateway's own report of it: whichever comes first counts. */
  complete({ requestId, order }: Refund, now: Instant, ports: DecisionPorts): Promise<void> {
    return inTransaction(this.#em, async (db) => {
      const locked = await lockPayment(db, order.id);
      const row = await findOpen(db, requestId);
      if (locked === undefined || row === undefined) return;
      const { gateway } = order;
      const { reference, upToMinor, currency } = row;
      const report = { kind: "refunded", reference, returned: money(upToMinor, currency) } as const;
      const evidence = "the gateway's answer to our refund";
      const event: GatewayEvent = { gateway, report, evidence, source: "gateway" };
      await decideIn(db, this.#versions, { id: order.id, events: [event], now, ports });
      await close(db, requestId, { state: "returned", now });
      await release(db, locked, { requestId, currency });
      if (row.requestedBy === null) return;
      const amount = money(row.minor, currency);
      const notice = { kind: "refundReturned", gateway, amount } as const;
      await enqueue(db, adminNoticesTo(await adminIds(db), `refund/${requestId}/returned`, notice));
    });
  }

  /** Gives back what was taken and set aside, and tells everybody who was told that money is on its way. */
  fail({ requestId, order }: Refund, failure: RefundFailure, now: Instant): Promise<void> {
    return inTransaction(this.#em, async (db) => {
      const locked = await lockPayment(db, order.id);
      const row = await findOpen(db, requestId);
      if (locked === undefined || row === undefined) return;
      const before = await paymentFacts(db, locked, []);
      const state = failure.kind === "refused" ? "refused" : "rejected";
      await close(db, requestId, { state, why: failure.why, now });
      await release(db, locked, { requestId, currency: row.currency });
      const pending = before.facts.pending.filter((refund) => refund.requestId !== requestId);
      const levels = { from: before.facts, to: { ...before.facts, pending } };
      const time = await moveLevel(db, locked, levels, now);
      const amount = money(row.minor, row.currency);
      await enqueue(
        db,
        await failureMessages(db, locked, { failure, requestId, amount, time, row }),
      );
    });
  }
}

interface Failed {
  readonly failure: RefundFailure;
  readonly requestId: string;
  readonly amount: Money;
  readonly time: TimeBooked | undefined;
  readonly row: { readonly requestedBy: number | null; readonly creditMinor: number };
}

async function failureMessages(
  db: Queries,
  { order }: LockedPayment,
  { failure, requestId, amount, time, row }: Failed,
): Promise<OutgoingMessage[]> {
  const key = `refund/${requestId}/failed`;
  const { telegramId: to, gateway } = order;
  const until = time?.account.paidUntil;
  const isTimeBack = until !== undefined && time !== undefined && time.changedMs > 0;
  const wasTold = row.requestedBy === null;
  const told = { kind: "refundFailed", amount, isOnBalance: row.creditMinor > 0 } as const;
  const refused = { kind: "refundRefused", gateway, amount, why: failure.why } as const;
  const admins = failure.kind === "refused" ? await adminIds(db) : [];
  return [
    ...(wasTold ? [noticeTo(to, `${key}/money`, told)] : []),
    ...(isTimeBack ? [noticeTo(to, `${key}/time`, { kind: "timeGiven", until })] : []),
    ...adminNoticesTo(admins, key, refused),
  ];
}

const refused = (why: RefundRefusal): RefundOpened => ({ kind: "notOpened", why });

async function open(
  db: Queries,
  command: RefundCommand,
  rules: RefundRules,
): Promise<RefundOpened> {
  const { requestId, paymentId, by } = command;
  if (by !== undefined && !(await isAdmin(db, by))) return refused("notAdmin");
  const locked = await lockPayment(db, paymentId);
  if (locked === undefined) return refused("noPayment");
  const known = await findRefund(db, requestId);
  if (known !== undefined) {
    const isOpen = known.state === "asked" || known.state === "approved";
    return isOpen ? { kind: "opened", refund: known } : refused("nothingLeft");
  }
  const { facts } = await paymentFacts(db, locked, []);
  const charge = chosen(facts.charges, command);
  if (charge?.paid === undefined) return refused("noPayment");
  const { reference, paid, returnedMinor } = charge;
  if (facts.pending.some((refund) => refund.reference === reference)) return refused("underWay");
  const leftMinor = paid.minor - returnedMinor;
  const amount = command.amount ?? money(leftMinor, paid.currency);
  const capability = await rules.gateways(locked.order.gateway);
  const why = refusalOf(amount, { paid, leftMinor, capability });
  if (why !== undefined) return refused(why);
  const upToMinor = returnedMinor + amount.minor;
  const priceMinor = priceShare(charge, upToMinor) - priceShare(charge, returnedMinor);
  const creditMinor = amount.minor - priceMinor;
  if (creditMinor > Math.max(0, facts.balances[amount.currency] ?? 0)) return refused("spent");
  const state = needsApproval(by, amount, rules.limits) ? "asked" : "approved";
  const pending: PendingRefund = { requestId, reference, upToMinor, reservedMinor: creditMinor };
  await insert(db, locked, { command, amount, pending, priceMinor, state, now: rules.now });
  const levels = { from: facts, to: { ...facts, pending: [...facts.pending, pending] } };
  const time = await moveLevel(db, locked, levels, rules.now);
  await tellTaken(db, locked, requestId, time);
  const { reason } = command;
  return {
    kind: "opened",
    refund: { requestId, order: locked.order, reference, amount, reason, by, state },
  };
}

/** The charge that is meant: the one that is named, or the one that paid most of the price and is not back. */
function chosen(charges: readonly Charge[], { reference }: RefundCommand): Charge | undefined {
  if (reference !== undefined) return charges.find((charge) => charge.reference === reference);
  const left = (charge: Charge) => charge.priceMinor - priceShare(charge, charge.returnedMinor);
  return charges
    .filter(({ use }) => use === "grant")
    .toSorted((a, b) => left(b) - left(a))
    .at(0);
}

function refusalOf(
  amount: Money,
  {
    paid,
    leftMinor,
    capability,
  }: {
    readonly paid: Money;
    readonly leftMinor: number;
    readonly capability: RefundCapability;
  },
): RefundRefusal | undefined {
  if (leftMinor <= 0) return "nothingLeft";
  if (amount.currency !== paid.currency || amount.minor <= 0) return "tooMuch";
  if (amount.minor > leftMinor) return "tooMuch";
  if (capability === "none") return "notPossible";
  return capability === "whole" && amount.minor < paid.minor ? "onlyWhole" : undefined;
}

interface NewRefund {
  readonly command: RefundCommand;
  readonly amount: Money;
  readonly pending: PendingRefund;
  readonly priceMinor: number;
  readonly state: "asked" | "approved";
  readonly now: Instant;
}

async function insert(
  db: Queries,
  { order, state: paymentState }: LockedPayment,
  given: NewRefund,
) {
  const { command, amount, pending, priceMinor, state, now } = given;
  const { requestId, reference, upToMinor, reservedMinor } = pending;
  const { minor, currency } = amount;
  const { by, reason } = command;
  const paymentId = order.id as string;
  const of = { requestId, paymentId, gateway: order.gateway as string, reference, currency };
  const amounts = { minor, upToMinor, priceMinor, creditMinor: reservedMinor };
  const asked = { requestedBy: by ?? null, reason, state, askedAt: new Date(now) };
  await db
    .insertInto("refunds")
    .values({ ...of, ...amounts, ...asked })
    .execute();
  const aside = money(reservedMinor, currency);
  await bookFacts(db, order.id, [reserved(requestId, order.customerId, aside)]);
  if (by === undefined) return;
  await db
    .insertInto("audit_log")
    .values({
      requestId,
      actor: by as number,
      act: "refund",
      customerId: order.customerId as string,
      before: { state: paymentState, returnedMinor: upToMinor - minor },
      after: { paymentId, reference, minor, currency, reason },
      at: new Date(now),
    })
    .execute();
}

type Level = Parameters<typeof priceReturned>[0];

/** Has the time follow how much of the price is back, or on its way back. */
async function moveLevel(
  db: Queries,
  { order, subscription }: LockedPayment,
  { from, to }: { readonly from: Level; readonly to: Level },
  now: Instant,
): Promise<TimeBooked | undefined> {
  const level = priceReturned(to);
  if (level === priceReturned(from)) return undefined;
  return bookTime(db, subscription, [await returnOf(db, order, level, now)]);
}

async function tellTaken(
  db: Queries,
  { order }: LockedPayment,
  requestId: string,
  time: TimeBooked | undefined,
): Promise<void> {
  const until = time?.account.paidUntil;
  if (time === undefined || until === undefined || time.changedMs >= 0) return;
  const notice = { kind: "timeTakenBack", until } as const;
  await enqueue(db, [noticeTo(order.telegramId, `refund/${requestId}/time`, notice)]);
}

/** What is still set aside goes back to the balance that it came from. */
async function release(
  db: Queries,
  { order }: LockedPayment,
  { requestId, currency }: { readonly requestId: string; readonly currency: Money["currency"] },
): Promise<void> {
  const left = (await reservesOf(db, [requestId])).get(requestId) ?? 0;
  if (left === 0) return;
  await bookFacts(db, order.id, [released(requestId, order.customerId, money(left, currency))]);
}

const selectRefunds = (db: Queries) =>
  db
    .selectFrom("refunds")
    .select(["requestId", "paymentId", "reference", "minor", "upToMinor", "currency"])
    .select(["creditMinor", "requestedBy", "reason", "state"]);

const findOpen = (db: Queries, requestId: string) =>
  selectRefunds(db)
    .where("requestId", "=", requestId)
    .where("state", "in", ["asked", "approved"])
    .executeTakeFirst();

async function close(
  db: Queries,
  requestId: string,
  {
    state,
    why,
    now,
  }: {
    readonly state: "rejected" | "returned" | "refused";
    readonly why?: string;
    readonly now: Instant;
  },
): Promise<void> {
  await db
    .updateTable("refunds")
    .set({ state, why: why ?? null, closedAt: new Date(now) })
    .where("requestId", "=", requestId)
    .execute();
}

async function findRefund(db: Queries, requestId: string): Promise<Refund | undefined> {
  const row = await selectRefunds(db).where("requestId", "=", requestId).executeTakeFirst();
  const known = row && (await findOrder(db, row.paymentId as Refund["order"]["id"]));
  if (row === undefined || known === undefined) return undefined;
  const { reference, minor, currency, reason, state, requestedBy } = row;
  const by = requestedBy === null ? undefined : telegramId(requestedBy);
  return {
    requestId,
    order: known.order,
    reference,
    amount: money(minor, currency),
    reason,
    by,
    state,
  };
}
