import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { customerId, type SubscriptionId, subscriptionId } from "../../domain/ids.ts";
import { answerNotice, type OutgoingMessage } from "../../domain/messaging/message.ts";
import type { Notice } from "../../domain/messaging/notice.ts";
import { money } from "../../domain/money.ts";
import type { NotOpened } from "../../domain/payments/payment.ts";
import { isOfferedTo } from "../../domain/payments/plan-offers.ts";
import { priceIn } from "../../domain/payments/plan.ts";
import {
  type RenewalChange,
  renewalMoments,
  type RenewalRequest,
  type StarState,
} from "../../domain/payments/renewal.ts";
import { type Instant, instant, toMs } from "../../domain/time.ts";
import { enqueue } from "../messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries } from "../orm.ts";
import { type CustomerRow, lockCustomer } from "../people/customers.ts";
import { noCard, unwantCards } from "./card-consents.ts";
import { storeConsent } from "./consents.ts";
import { findNewestPlan } from "./plans.ts";
import { allowStars, recordStarState, stopStars } from "./star-subscriptions.ts";

/** The customers' agreements to auto-renewal. */
export class Renewals {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Books a customer's change with its audit row and its answer, in one transaction and once per
   * request. `now` is when it was asked for: of two reports the later one counts.
   * @returns the subscription whose calendar has to be woken; undefined: nothing has changed.
   */
  change(request: RenewalRequest, now: Instant): Promise<SubscriptionRef | undefined> {
    return inTransaction(this.#em, (db) => change(db, request, now));
  }
}

async function change(
  db: Queries,
  request: RenewalRequest,
  now: Instant,
): Promise<SubscriptionRef | undefined> {
  const { requestId, telegramId, change: wanted } = request;
  const customer = await lockCustomer(db, telegramId);
  const locked = customer && (await lockRenewal(db, customer, request));
  if (customer === undefined || locked === undefined) {
    await enqueue(db, answer(request, { kind: "notOpened", why: "notCustomer" }));
    return undefined;
  }
  const of = { id: subscriptionId(locked.id), customerId: customerId(customer.id), telegramId };
  const changed = await applied(db, { id: of.id, locked, wanted, now });
  if (changed === undefined) return undefined;
  if ("why" in changed) {
    await enqueue(db, answer(request, { kind: "notOpened", why: changed.why }));
    return undefined;
  }
  const { row, notice } = changed;
  const audit = await db
    .insertInto("audit_log")
    .values({
      requestId,
      actor: telegramId as number,
      act: "renewal",
      customerId: customer.id,
      before: { kind: locked.row?.kind ?? null, isOn: locked.row?.isOn ?? false },
      after: { ...row, ...(row.agreedAt ? { agreedAt: now } : {}), change: wanted.kind },
      at: new Date(now),
    })
    .onConflict((of) => of.column("requestId").doNothing())
    .executeTakeFirst();
  // A repeat: its effects and its answer are booked.
  if (audit.numInsertedOrUpdatedRows === 0n) return of;
  await store(db, locked, row);
  if (row.kind !== undefined || row.isOn === false) await stopStars(db, of.id);
  // What was agreed to first and is not done yet is outweighed by what is chosen now.
  if (wanted.kind === "forgetCard") await unwantCards(db, of.id, ["awaited", "saved"]);
  else if (wanted.kind === "agree" || wanted.kind === "stop")
    await unwantCards(db, of.id, ["awaited"]);
  await enqueue(db, answer(request, notice, of.id));
  return of;
}

async function store(db: Queries, { id, row: had }: LockedRenewal, row: Partial<RenewalRow>) {
  const { kind, plan, priceMinor, currency, agreedAt, deviceLimit = null } = row;
  if (kind && plan && priceMinor && currency && agreedAt) {
    const agreed = { kind, isOn: true, plan, priceMinor, currency, agreedAt, deviceLimit } as const;
    return storeConsent(db, id, agreed);
  }
  // Where nothing was ever agreed to there is nothing to stop.
  if (had === undefined || Object.keys(row).length === 0) return;
  await db.updateTable("renewals").set(row).where("subscriptionId", "=", id).execute();
}

const answer = (
  { requestId, telegramId: to, shownIn }: RenewalRequest,
  notice: Notice,
  about?: SubscriptionId,
): readonly OutgoingMessage[] => answerNotice(to, `renewal/${requestId}`, notice, shownIn, about);

/** The subscription that the order of a report is for; undefined: Telegram has not reported it. */
async function findReported(db: Queries, change: RenewalChange): Promise<string | undefined> {
  if (change.kind !== "starsReported") return undefined;
  const row = await db
    .selectFrom("payments")
    .select("subscriptionId")
    .where("id", "=", change.order as string)
    .executeTakeFirst();
  return row?.subscriptionId;
}

/**
 * The customer's subscription that a request is about with its renewal, locked; undefined: there is
 * no such subscription.
 */
async function lockRenewal(
  db: Queries,
  { id, status }: CustomerRow,
  { subscription: named, change: wanted }: RenewalRequest,
) {
  // What ends a charge or gives up a card is for everybody, also without access.
  const isForAll = wanted.kind === "stop" || wanted.kind === "forgetCard";
  if (status !== "active" && !isForAll) return undefined;
  const about = named ?? (await findReported(db, wanted));
  const subscription = await db
    .selectFrom("subscriptions")
    .select(["id", "plan as hasPlan", "paidUntil"])
    .where("customerId", "=", id)
    .$if(!isForAll, (query) => query.where("revokedAt", "is", null))
    .$if(about !== undefined, (query) => query.where("id", "=", about as string))
    .orderBy("number")
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (subscription === undefined) return undefined;
  const row = await db
    .selectFrom("renewals")
    .select(["kind", "isOn", "plan", "priceMinor", "currency", "agreedAt", "deviceLimit"])
    .select(["cardGateway", "cardId", "cardPan", "cardExpires", "cardEncrypted"])
    .where("subscriptionId", "=", subscription.id)
    .executeTakeFirst();
  return { ...subscription, row };
}

type LockedRenewal = NonNullable<Awaited<ReturnType<typeof lockRenewal>>>;
type RenewalRow = NonNullable<LockedRenewal["row"]>;

interface Changing {
  readonly id: SubscriptionId;
  readonly locked: LockedRenewal;
  readonly wanted: RenewalChange;
  readonly now: Instant;
}

/** The row after a change with the answer to it, or why it is refused. */
type Changed =
  | { readonly row: Partial<RenewalRow>; readonly notice: Notice }
  | { readonly why: NotOpened };

/** Undefined: it is known already. */
async function applied(db: Queries, changing: Changing): Promise<Changed | undefined> {
  const { id, locked, wanted, now } = changing;
  switch (wanted.kind) {
    case "agree":
      return agree(db, changing, wanted);
    case "stop":
      return { row: { isOn: false }, notice: { kind: "renewalSet" } };
    case "forgetCard": {
      const row = { ...noCard, ...(locked.row?.kind === "card" ? { isOn: false } : {}) };
      return { row, notice: { kind: "cardForgotten" } };
    }
    case "resumeStars": {
      const until = await allowStars(db, id, now);
      if (until === undefined) return { why: "notForSale" };
      return { row: {}, notice: { kind: "starsResumable", until } };
    }
    case "starsReported": {
      if (!(await recordStarState(db, id, { ...wanted, at: now }))) return undefined;
      return { row: {}, notice: starNotice(locked.row, wanted.state) };
    }
  }
}

/** What the customer reads when they, or Telegram, have changed a subscription in Stars. */
function starNotice(row: RenewalRow | undefined, state: StarState): Notice {
  const price = money(row?.priceMinor ?? 0, row?.currency ?? "XTR");
  switch (state) {
    case "active":
      return { kind: "renewalSet", by: "stars", price };
    case "canceled":
      return { kind: "renewalSet" };
    case "failed":
      return { kind: "renewalFailed", amount: price };
  }
}

async function agree(
  db: Queries,
  { locked, now }: Changing,
  { by, plan, planVersion, currency }: Extract<RenewalChange, { kind: "agree" }>,
): Promise<Changed> {
  const newest = await findNewestPlan(db, plan);
  const price = newest && priceIn(newest.plan, currency);
  if (newest === undefined || price === undefined || !isOfferedTo(newest, locked.hasPlan)) {
    return { why: "notForSale" };
  }
  if (newest.plan.version !== planVersion || plan !== locked.hasPlan)
    return { why: "priceChanged" };
  // Stars begin with a purchase, and are resumed in Telegram.
  if (by === "stars" || (by === "card" && !locked.row?.cardEncrypted)) return { why: "gatewayOff" };
  const paidUntil = locked.paidUntil === null ? undefined : instant(locked.paidUntil);
  const moments = paidUntil && renewalMoments(by, { paidUntil, days: newest.plan.days });
  const first = moments?.[0];
  // One that has come already is made at once: its date would be over.
  const nextAt = first !== undefined && toMs(first) > toMs(now) ? first : undefined;
  return {
    row: {
      kind: by,
      isOn: true,
      plan,
      priceMinor: price.minor,
      currency,
      deviceLimit: newest.plan.deviceLimit,
      agreedAt: new Date(now),
    },
    notice: { kind: "renewalSet", by, price, ...(nextAt ? { nextAt } : {}) },
  };
}
