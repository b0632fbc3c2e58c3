import { invoiceChanged, type OutgoingMessage } from "../../domain/messaging/message.ts";
import { memoOf } from "../../domain/payments/memo.ts";
import { type Offer, offerOf } from "../../domain/payments/offer.ts";
import type {
  OpenResult,
  PaymentId,
  PaymentOrder,
  PaymentState,
  Purchase,
  StoredOrder,
} from "../../domain/payments/payment.ts";
import { usualShopSettings } from "../../domain/operations/shop-settings.ts";
import type { Language } from "../../domain/people/customer.ts";
import type { Instant } from "../../domain/time.ts";
import { enqueue, messageWrites } from "../messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries, queriesOf } from "../orm.ts";
import { loadShopSettings } from "../queries/operations/shop-settings.ts";
import { type Write, writeTogether } from "../together.ts";
import { type Opening, openOrder, openWithSubscription } from "./opened-orders.ts";
import { findOrder } from "./orders.ts";
import { PlanVersions } from "./plans.ts";
import {
  type LoadedPurchase,
  loadPurchaseFacts,
  subscriptionIn,
  waitingFor,
} from "./purchase-facts.ts";

const alreadyOpen = { kind: "notOpened", why: "alreadyOpen" } as const;

/** The orders of payments, from opening to closing. */
export class Payments {
  readonly #em: EntityManager;
  readonly #versions = new PlanVersions();

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Creates the order of a purchase, once. One order is open per subscription, plan, gateway and
   * currency: for a second one, `instead` names the first. An order that was created stays valid,
   * even if it would be refused now.
   */
  async openOnce(id: PaymentId, purchase: Purchase, now: Instant): Promise<OpenResult> {
    const opened = await this.#open(id, purchase, now);
    if (opened.kind === "opened") return opened;
    const before = await this.find(id);
    return before === undefined ? opened : { kind: "opened", known: before };
  }

  async #open(id: PaymentId, purchase: Purchase, now: Instant): Promise<OpenResult> {
    const db = queriesOf(this.#em);
    const seen = await loadPurchaseFacts(db, purchase, now);
    if (seen === undefined) return { kind: "notOpened", why: "notCustomer" };
    const waiting = waitingFor(seen, purchase);
    if (waiting !== undefined) return { ...alreadyOpen, instead: waiting };
    const offer = await this.#offer(db, seen, { purchase, now });
    if (offer.kind === "refused") return { kind: "notOpened", why: offer.why };
    const opened = await this.#write({ id, purchase, seen, offer, now });
    if (opened !== undefined) return { kind: "opened", known: opened };
    // Another order was opened first, or this one has been closed already.
    const instead = waitingFor(await loadPurchaseFacts(db, purchase, now), purchase);
    if (instead !== undefined) return { ...alreadyOpen, instead };
    const known = await this.find(id);
    if (known === undefined)
      throw new Error(`order ${id} conflicts with an order that no longer exists`);
    return { kind: "opened", known };
  }

  #write(opening: Opening): Promise<StoredOrder | undefined> {
    if (opening.purchase.subscription !== "new") return openOrder(queriesOf(this.#em), opening);
    return inTransaction(this.#em, (db) => openWithSubscription(db, opening));
  }

  async #offer(
    db: Queries,
    seen: LoadedPurchase,
    { purchase, now }: { readonly purchase: Purchase; readonly now: Instant },
  ): Promise<Offer> {
    const { newest: version, retired, currencies, invoiceTtlMs } = seen;
    const code = purchase.plan ?? seen.had;
    const plan =
      version === null || code === null ? undefined : await this.#versions.find(db, code, version);
    const { topUps } =
      purchase.extra?.kind === "topUp" ? await loadShopSettings(db) : usualShopSettings;
    const newest = plan && { plan, isRetired: retired === true };
    const gateway = currencies && invoiceTtlMs ? { currencies, invoiceTtlMs } : undefined;
    const subscription = subscriptionIn(seen);
    return offerOf({ status: seen.status, subscription, newest, gateway, topUps, now }, purchase);
  }

  /** An order by its id. */
  find(id: PaymentId): Promise<StoredOrder | undefined> {
    return findOrder(queriesOf(this.#em), id);
  }

  /** The payment named by a transfer's memo, however it was typed. */
  async findByMemo(typed: string): Promise<PaymentId | undefined> {
    const memo = memoOf(typed);
    if (memo === undefined) return undefined;
    const row = await queriesOf(this.#em)
      .selectFrom("payments")
      .select("id")
      .where("memo", "=", memo)
      .executeTakeFirst();
    return row && (row.id as PaymentId);
  }

  /**
   * Records that the gateway is about to be asked for the invoice.
   * `isFirst`: it was never asked before.
   */
  async askOnce(id: PaymentId): Promise<{ isFirst: boolean; language: Language }> {
    const { language, isFirst } = await queriesOf(this.#em)
      .with("asked", (db) =>
        db
          .updateTable("payments")
          .set({ askedAt: new Date() })
          .where("id", "=", id as string)
          .where("askedAt", "is", null)
          .returning("id"),
      )
      .selectFrom("payments as p")
      .innerJoin("customers as c", "c.id", "p.customerId")
      .select("c.language")
      .select((of) => of.exists(of.selectFrom("asked").select("asked.id")).as("isFirst"))
      .where("p.id", "=", id as string)
      .executeTakeFirstOrThrow();
    return { language, isFirst: Boolean(isFirst) };
  }

  /** Stores the gateway's invoice together with the messages that show it to the customer. */
  async showInvoice(
    { id }: Pick<PaymentOrder, "id">,
    invoice: Readonly<Record<string, string>>,
    messages: readonly OutgoingMessage[],
  ): Promise<void> {
    const query: Write["query"] = (db) =>
      db
        .updateTable("payments")
        .set({ invoice, invoiceReference: invoice["reference"] ?? null })
        .where("id", "=", id as string);
    await writeTogether(queriesOf(this.#em), [{ query }, ...messageWrites(messages)]);
  }

  /** Writes messages that do not belong to a change of the books. */
  async enqueue(messages: readonly OutgoingMessage[]): Promise<void> {
    await enqueue(queriesOf(this.#em), messages);
  }

  /**
   * Closes an open order and updates its message; an order in another state is left as it is.
   * @returns the state afterwards; undefined: the order does not exist.
   */
  async closeOnce(
    order: PaymentOrder,
    state: "lapsed" | "cancelled" | "refused",
    { now, notices }: { readonly now: Instant; readonly notices?: readonly OutgoingMessage[] },
  ): Promise<PaymentState | undefined> {
    const { id } = order;
    return inTransaction(this.#em, async (db) => {
      const row = await db
        .selectFrom("payments")
        .select("state")
        .where("id", "=", id)
        .forUpdate()
        .executeTakeFirst();
      if (row?.state !== "open") return row?.state;
      const closed = { state, closedAt: new Date(now) };
      await db.updateTable("payments").set(closed).where("id", "=", id).execute();
      await enqueue(db, [...(notices ?? []), invoiceChanged(order.telegramId, id, state)]);
      return state;
    });
  }
}
