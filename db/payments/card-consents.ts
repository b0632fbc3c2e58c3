import type { NotNull } from "kysely";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import type { SubscriptionId } from "../../domain/ids.ts";
import { invoiceChanged, noticeTo } from "../../domain/messaging/message.ts";
import type { Notice } from "../../domain/messaging/notice.ts";
import {
  gatewayName,
  type PaymentId,
  type PaymentOrder,
  starsGateway,
} from "../../domain/payments/payment.ts";
import type { AfterFailure } from "../../domain/payments/payment-messages.ts";
import {
  type CardChange,
  type CardConsentState,
  type KeptCard,
  nextTryAt,
} from "../../domain/payments/renewal.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { enqueue } from "../messaging/messages.ts";
import type { Queries } from "../orm.ts";
import { lockCustomer } from "../people/customers.ts";
import type { Vault } from "../vault.ts";
import { stopStars } from "./star-subscriptions.ts";
import { storeConsent } from "./consents.ts";

/** Whether paying an order lets its gateway save the card. */
export const beginsCard = ({ recurs, gateway }: Pick<PaymentOrder, "recurs" | "gateway">) =>
  recurs === "begins" && gateway !== starsGateway;

/** What charges a subscription's card is sealed for this purpose. */
const purposeOf = (id: SubscriptionId): string => `renewal/${id}`;

/** A paid order has let the gateway save the card: it is asked for it soon. */
export async function expectCard(db: Queries, order: PaymentOrder, now: Instant): Promise<void> {
  const values = {
    orderId: order.id as string,
    subscriptionId: order.subscriptionId as string,
    gateway: order.gateway as string,
    state: "awaited",
    since: new Date(now),
  } as const;
  await db
    .insertInto("card_consents")
    .values(values)
    .onConflict((row) => row.column("orderId").doNothing())
    .execute();
}

/** The cards in these states shall be deleted at their gateways, which the calendar sees to. */
export async function unwantCards(
  db: Queries,
  of: SubscriptionId,
  states: readonly CardConsentState[],
): Promise<void> {
  await db
    .updateTable("card_consents")
    .set({ state: "unwanted" })
    .where("subscriptionId", "=", of as string)
    .where("state", "in", states)
    .execute();
}

/** Switches a subscription's renewal by card off; the card stays. */
export async function stopCard(db: Queries, of: SubscriptionId): Promise<void> {
  await db
    .updateTable("renewals")
    .set({ isOn: false })
    .where("subscriptionId", "=", of as string)
    .where("kind", "=", "card")
    .execute();
}

/** The next of a customer's cards that is not at its gateway what it shall be. */
export async function findCardChange(
  db: Queries,
  of: SubscriptionId,
): Promise<CardChange | undefined> {
  const row = await db
    .selectFrom("card_consents")
    .select(["orderId", "gateway", "state", "since"])
    .where("subscriptionId", "=", of as string)
    .where("state", "in", ["awaited", "unwanted"])
    .orderBy("since")
    .limit(1)
    .executeTakeFirst();
  return (
    row && {
      kind: row.state === "awaited" ? "save" : "remove",
      orderId: row.orderId as PaymentId,
      gateway: gatewayName(row.gateway),
      since: instant(row.since),
    }
  );
}

/** A card as its gateway has it, to be kept. */
export interface CardToKeep {
  readonly change: CardChange;
  /** Undefined: the gateway has saved none. */
  readonly card: KeptCard | undefined;
  readonly now: Instant;
}

/**
 * Keeps a card, sealed, and switches auto-renewal on as its owner has agreed; the customer is told.
 * Another card that was kept is deleted. It is done once: a card that is not awaited any more is
 * left to what was decided about it. Inside a transaction.
 */
export async function keepCard(
  db: Queries,
  vault: Vault,
  ref: SubscriptionRef,
  { change, card, now }: CardToKeep,
): Promise<void> {
  await lockCustomer(db, ref.telegramId);
  const awaited = await db
    .selectFrom("card_consents as k")
    .innerJoin("payments as p", "p.id", "k.orderId")
    .select(["p.plan", "p.priceMinor", "p.currency", "p.deviceLimit", "k.gateway"])
    .where("k.orderId", "=", change.orderId as string)
    .where("k.state", "=", "awaited")
    // Only plans are renewed.
    .where("p.plan", "is not", null)
    .$narrowType<{ plan: NotNull }>()
    .executeTakeFirst();
  if (awaited === undefined) return;
  const { plan, priceMinor, currency, deviceLimit, gateway } = awaited;
  if (card === undefined) {
    await setState(db, change.orderId, "none");
    return tell(db, ref, change, { kind: "cardNotSaved" });
  }
  await unwantCards(db, ref.id, ["saved"]);
  await setState(db, change.orderId, "saved");
  await stopStars(db, ref.id);
  await storeConsent(db, ref.id, {
    kind: "card",
    isOn: true,
    plan,
    priceMinor,
    currency,
    deviceLimit,
    agreedAt: new Date(now),
    cardGateway: gateway,
    cardId: card.id,
    cardPan: card.pan,
    cardExpires: card.expires,
    cardEncrypted: vault.seal(card.token, purposeOf(ref.id)),
  });
  // The invoice says so: a purchase is one message.
  await enqueue(db, [invoiceChanged(ref.telegramId, change.orderId, "card")]);
}

const tell = (db: Queries, to: SubscriptionRef, { orderId }: CardChange, notice: Notice) =>
  enqueue(db, [noticeTo(to.telegramId, `card/${orderId}`, notice, to.id)]);

async function setState(db: Queries, id: PaymentId, state: CardConsentState): Promise<void> {
  await db
    .updateTable("card_consents")
    .set({ state })
    .where("orderId", "=", id as string)
    .execute();
}

/** Records that the gateway has deleted a card. */
export async function recordCardRemoved(db: Queries, { orderId }: CardChange): Promise<void> {
  await db
    .updateTable("card_consents")
    .set({ state: "removed" })
    .where("orderId", "=", orderId as string)
    .where("state", "=", "unwanted")
    .execute();
}

/** A card that may be charged now. */
export interface ChargeableCard {
  /** The order by which its gateway knows it. */
  readonly consent: PaymentId;
  /** What charges it: a secret. */
  readonly token: string;
}

/** Undefined: its owner has removed it, or has switched auto-renewal off. */
export async function findChargeableCard(
  db: Queries,
  vault: Vault,
  { subscriptionId, gateway }: Pick<PaymentOrder, "subscriptionId" | "gateway">,
): Promise<ChargeableCard | undefined> {
  const row = await db
    .selectFrom("renewals as r")
    .innerJoin("card_consents as k", "k.subscriptionId", "r.subscriptionId")
    .select(["k.orderId", "r.cardEncrypted"])
    .where("r.subscriptionId", "=", subscriptionId as string)
    .where("r.kind", "=", "card")
    .where("r.isOn", "=", true)
    .where("r.cardGateway", "=", gateway as string)
    .where("k.state", "=", "saved")
    .executeTakeFirst();
  if (!row?.cardEncrypted) return undefined;
  const token = vault.open(row.cardEncrypted, purposeOf(subscriptionId));
  return { consent: row.orderId as PaymentId, token };
}

/** The columns of a renewal without a card. */
export const noCard = {
  cardGateway: null,
  cardId: null,
  cardPan: null,
  cardExpires: null,
  cardEncrypted: null,
} as const;

/** The gateway does not know the card any more: it is forgotten, and auto-renewal by it ends. */
export async function loseCard(
  db: Queries,
  { subscriptionId, telegramId }: Pick<PaymentOrder, "subscriptionId" | "telegramId">,
  consent: PaymentId,
): Promise<void> {
  await lockCustomer(db, telegramId);
  const lost = await db
    .updateTable("card_consents")
    .set({ state: "removed" })
    .where("orderId", "=", consent as string)
    .where("state", "=", "saved")
    .executeTakeFirst();
  if (lost.numUpdatedRows === 0n) return;
  await stopCard(db, subscriptionId);
  await db
    .updateTable("renewals")
    .set(noCard)
    .where("subscriptionId", "=", subscriptionId as string)
    .execute();
}

/** Reads what follows when a renewal's charge fails at `now`. */
export async function readAfterFailure(
  db: Queries,
  order: PaymentOrder,
  now: Instant,
): Promise<AfterFailure> {
  const row = await db
    .selectFrom("subscriptions as s")
    .leftJoin("renewals as r", "r.subscriptionId", "s.id")
    .select(["s.paidUntil", "r.isOn", "r.kind", "r.cardGateway"])
    .where("s.id", "=", order.subscriptionId as string)
    .executeTakeFirst();
  const isCardLost = row?.kind === "card" && row.cardGateway === null;
  const paidUntil = row?.paidUntil ? instant(row.paidUntil) : undefined;
  const isOn = row?.isOn === true;
  return { nextTryAt: isOn ? nextTryAt(order, paidUntil, now) : undefined, isCardLost };
}
