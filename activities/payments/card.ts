import {
  findCardChange,
  findChargeableCard,
  keepCard,
  loseCard,
  recordCardRemoved,
} from "../../db/payments/card-consents.ts";
import { type EntityManager, inTransaction, queriesOf } from "../../db/orm.ts";
import type { Payments } from "../../db/payments/payments.ts";
import { notifyAdmins } from "../../db/people/admin-notices.ts";
import type { ReadCache } from "../../db/read-cache.ts";
import type { Vault } from "../../db/vault.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { failures } from "../../domain/failures.ts";
import type { GatewayEvent, GatewayName, PaymentOrder } from "../../domain/payments/payment.ts";
import { type CardChange, cardAwaitedMs, unwantedCharge } from "../../domain/payments/renewal.ts";
import { type Instant, msBetween, toMs } from "../../domain/time.ts";
import type { PaymentGateway, StatementLine } from "../../gateways/payments/port.ts";
import { Refused } from "../../gateways/refused.ts";
import type { CardSteps } from "../../workflows/steps/cards.ts";
import { refusedAs, retriedInTime } from "../failure.ts";
import type { GatewayDirectory } from "./gateway-directory.ts";

/** What the steps of saved cards read, write and ask. */
export interface CardPorts {
  readonly em: EntityManager;
  readonly vault: Vault;
  readonly payments: Payments;
  readonly gateways: GatewayDirectory;
  readonly cache: ReadCache;
}

/**
 * The activities of saved cards. What charges a card is read and used inside one of them, so that
 * it is in no argument, result or error: those are kept by Temporal.
 */
export function createCardActivities(ports: CardPorts): CardSteps {
  const { em } = ports;
  return {
    findCardChange: ({ id }) => findCardChange(queriesOf(em), id),
    saveCard: (ref, change, now) => saveCard(ports, { ref, change, now }),
    removeCard: (change) => removeCard(ports, change),
    chargeCard: (order, now) => chargeCard(ports, order, now),
  };
}

interface Saving {
  readonly ref: SubscriptionRef;
  readonly change: CardChange;
  readonly now: Instant;
}

async function saveCard(
  { em, vault, gateways, cache }: CardPorts,
  { ref, change, now }: Saving,
): Promise<"done" | "notYet"> {
  const { savedCards } = await requireGateway(gateways, change.gateway);
  const card = await savedCards?.find(change.orderId).catch((error: unknown) => {
    throw retriedInTime(error);
  });
  // The bank may list a card later than it reports the payment.
  const mayCome = savedCards !== undefined && msBetween(change.since, now) < cardAwaitedMs;
  if (card === undefined && mayCome) return "notYet";
  await inTransaction(em, (db) => keepCard(db, vault, ref, { change, card, now }));
  await cache.forget(ref.telegramId);
  return "done";
}

/** The books have forgotten the card already; where the gateway refuses, admins are notified. */
async function removeCard({ em, gateways }: CardPorts, change: CardChange): Promise<void> {
  const db = queriesOf(em);
  const { gateway: name, orderId } = change;
  const { savedCards } = await requireGateway(gateways, name);
  try {
    await savedCards?.remove(orderId);
  } catch (error) {
    if (!(error instanceof Refused)) throw retriedInTime(error);
    await notifyAdmins(db, `card/${orderId}/kept`, {
      kind: "inconsistent",
      gateway: name,
      reason: error.message,
    });
  }
  await recordCardRemoved(db, change);
}

/** A gateway that is switched off is an outage here: it goes on keeping the card. */
const requireGateway = (gateways: GatewayDirectory, name: GatewayName) =>
  gateways.get(name).catch((error: unknown) => {
    throw new Error(`the cards of ${name} cannot be reached: ${String(error)}`);
  });

async function chargeCard(
  ports: CardPorts,
  order: PaymentOrder,
  now: Instant,
): Promise<readonly GatewayEvent[]> {
  const { em, vault, payments, gateways } = ports;
  const stored = await payments.find(order.id);
  const invoiceReference = stored?.invoice?.["reference"];
  if (stored?.state !== "open" || invoiceReference === undefined) return [];
  const gateway = await gateways.get(order.gateway).catch(refusedAs(failures.invoiceRefused));
  const { savedCards } = gateway;
  const card = await findChargeableCard(queriesOf(em), vault, order);
  const isLate = toMs(now) > toMs(order.lapsesAt);
  if (card === undefined || savedCards === undefined || isLate) {
    const reason = card === undefined ? unwantedCharge : "it was too late to charge the card";
    return eventsOf(order, await endWithoutCharge(gateway, { order, invoiceReference, reason }));
  }
  const { token, consent } = card;
  const lines = await savedCards
    .charge({ order, invoiceReference, token })
    .catch((error: unknown) => refuseAndTell(ports, order, error));
  if (lines.every(({ report }) => report.kind !== "paid")) {
    // A bank that cannot be asked now is asked after the next try.
    const known = await savedCards.find(consent).catch(() => "unknown" as const);
    if (known === undefined) await inTransaction(em, (db) => loseCard(db, order, consent));
  }
  return eventsOf(order, lines);
}

/** An owner has to know of a terminal that may not charge. */
async function refuseAndTell(
  { em }: CardPorts,
  { id, gateway }: PaymentOrder,
  error: unknown,
): Promise<never> {
  if (error instanceof Refused) {
    const notice = { kind: "inconsistent", gateway, reason: error.message } as const;
    await notifyAdmins(queriesOf(em), `card/${id}/refused`, notice);
  }
  return refusedAs(failures.invoiceRefused)(error);
}

interface Uncharged {
  readonly order: PaymentOrder;
  readonly invoiceReference: string;
  readonly reason: string;
}

/** An earlier try may have charged the card; otherwise nothing may do so from now on. */
async function endWithoutCharge(
  gateway: PaymentGateway,
  { order, invoiceReference, reason }: Uncharged,
): Promise<readonly StatementLine[]> {
  const lines = await gateway.lookup(order, invoiceReference);
  if (lines.length > 0 && lines.every(({ report }) => report.kind === "progress")) {
    throw new Error(`${order.gateway} has not ended the charge of order ${order.id} yet`);
  }
  if (lines.length > 0) return lines;
  await gateway.cancelInvoice?.(order, invoiceReference);
  const report = { kind: "declined", final: true, reason, invoiceReference } as const;
  return [{ about: { kind: "payment", id: order.id }, report, evidence: reason }];
}

const eventsOf = (
  { gateway }: PaymentOrder,
  lines: readonly StatementLine[],
): readonly GatewayEvent[] =>
  lines
    .filter(({ report }) => report.kind !== "progress")
    .map(({ report, evidence }) => ({ gateway, report, evidence, source: "reconciliation" }));
