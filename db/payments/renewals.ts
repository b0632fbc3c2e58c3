import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { customerId, subscriptionId } from "../../domain/ids.ts";
import { noticeTo, type OutgoingMessage } from "../../domain/messaging/message.ts";
import type { Notice } from "../../domain/messaging/notice.ts";
import type { NotOpened } from "../../domain/payments/payment.ts";
import { isOfferedTo } from "../../domain/payments/plan-offers.ts";
import { priceIn } from "../../domain/payments/plan.ts";
import {
  type RenewalChange,
  type RenewalKind,
  renewalMoments,
  type RenewalRequest,
} from "../../domain/payments/renewal.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { enqueue } from "../messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries } from "../orm.ts";
import { type CustomerRow, lockCustomer } from "../people/customers.ts";
import { findNewestPlan } from "./plans.ts";

/** The customers' agreements to auto-renewal. */
export class Renewals {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Books a customer's change with its audit row and its answer, in one transaction and once per
   * request.
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
  const locked = customer && (await lockRenewal(db, customer));
  if (customer === undefined || locked === undefined) {
    await enqueue(db, answer(request, { kind: "notOpened", why: "notCustomer" }));
    return undefined;
  }
  const of = { id: subscriptionId(locked.id), customerId: customerId(customer.id), telegramId };
  const changed = await applied(db, { locked, wanted, now });
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
  await enqueue(db, answer(request, notice));
  return of;
}

async function store(db: Queries, { id, row: had }: LockedRenewal, row: Partial<RenewalRow>) {
  if (had !== undefined) {
    await db.updateTable("renewals").set(row).where("subscriptionId", "=", id).execute();
    return;
  }
  const { kind, plan, priceMinor, currency, agreedAt } = row;
  // Nothing was ever agreed to: there is nothing to stop.
  if (!kind || !plan || !priceMinor || !currency || !agreedAt) return;
  const values = { subscriptionId: id, kind, isOn: true, plan, priceMinor, currency, agreedAt };
  await db.insertInto("renewals").values(values).execute();
}

/** The answer, in place of the message that was pressed. */
function answer(
  { requestId, telegramId: to, shownIn }: RenewalRequest,
  notice: Notice,
): readonly OutgoingMessage[] {
  const key = `renewal/${requestId}`;
  const answered = noticeTo(to, key, notice);
  if (shownIn === undefined) return [answered];
  return [
    { ...answered, key: `${key}/in`, slot: key, sentAs: shownIn },
    { ...answered, slot: key, action: "show" },
  ];
}

/** The customer's subscription with its renewal, locked; undefined: there is no subscription. */
async function lockRenewal(db: Queries, { id, status }: CustomerRow) {
  if (status !== "active") return undefined;
  const subscription = await db
    .selectFrom("subscriptions")
    .select(["id", "plan as hasPlan", "paidUntil"])
    .where("customerId", "=", id)
    .where("revokedAt", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (subscription === undefined) return undefined;
  const row = await db
    .selectFrom("renewals")
    .select(["kind", "isOn", "plan", "priceMinor", "currency", "agreedAt"])
    .select(["cardGateway", "cardId", "cardPan", "cardExpires", "cardEncrypted"])
    .select(["starsReference", "starsUntil", "starsWanted"])
    .where("subscriptionId", "=", subscription.id)
    .executeTakeFirst();
  return { ...subscription, row };
}

type LockedRenewal = NonNullable<Awaited<ReturnType<typeof lockRenewal>>>;
type RenewalRow = NonNullable<LockedRenewal["row"]>;

interface Changing {
  readonly locked: LockedRenewal;
  readonly wanted: RenewalChange;
  readonly now: Instant;
}

/** The row after a change with the answer to it, or why it is refused. */
type Changed =
  | { readonly row: Partial<RenewalRow>; readonly notice: Notice }
  | { readonly why: NotOpened };

function applied(db: Queries, changing: Changing): Promise<Changed> | Changed {
  const { locked, wanted } = changing;
  switch (wanted.kind) {
    case "agree":
      return agree(db, changing, wanted);
    case "stop":
      return { row: { isOn: false, ...withoutStars(locked.row) }, notice: { kind: "renewalSet" } };
    case "forgetCard": {
      const row = { ...noCard, ...(locked.row?.kind === "card" ? { isOn: false } : {}) };
      return { row, notice: { kind: "cardForgotten" } };
    }
  }
}

const noCard = {
  cardGateway: null,
  cardId: null,
  cardPan: null,
  cardExpires: null,
  cardEncrypted: null,
} as const;

/** Telegram's subscription ends when another way to renew is chosen, or none. */
const withoutStars = (row: RenewalRow | undefined) =>
  row?.starsReference ? ({ starsWanted: "canceled" } as const) : {};

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
  if (!canRenewBy(by, locked.row, now)) return { why: "gatewayOff" };
  const stars = by === "stars" ? ({ starsWanted: "active" } as const) : withoutStars(locked.row);
  const paidUntil = locked.paidUntil === null ? undefined : instant(locked.paidUntil);
  const [nextAt] =
    by === "stars" || paidUntil === undefined
      ? [locked.row?.starsUntil && instant(locked.row.starsUntil)]
      : renewalMoments(by, { paidUntil, days: newest.plan.days });
  return {
    row: {
      kind: by,
      isOn: true,
      plan,
      priceMinor: price.minor,
      currency,
      agreedAt: new Date(now),
      ...stars,
    },
    notice: { kind: "renewalSet", by, price, ...(nextAt ? { nextAt } : {}) },
  };
}

/** A card must be saved, and a Stars subscription can be resumed while it is paid. */
function canRenewBy(by: RenewalKind, row: RenewalRow | undefined, now: Instant): boolean {
  switch (by) {
    case "balance":
      return true;
    case "card":
      return Boolean(row?.cardEncrypted);
    case "stars":
      return row?.starsUntil != null && row.starsUntil > new Date(now);
  }
}
