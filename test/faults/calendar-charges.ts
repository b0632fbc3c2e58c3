import { randomUUID } from "node:crypto";
import { changeRenewal } from "../../client/payments.ts";
import { queriesOf } from "../../db/orm.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { renewalPaymentId } from "../../domain/derived-ids.ts";
import type { PaymentId } from "../../domain/payments/payment.ts";
import { renewalMoments, triesOf } from "../../domain/payments/renewal.ts";
import { addMs, type Instant, instant, minuteMs, msBetween } from "../../domain/time.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { advance } from "../drivers/time-skipping.ts";
import type { ProductFixture } from "./product-fixture.ts";

/** How long a history waits for the card to be kept, and for a charge that should begin. */
const waitMs = 5_000;
const days = 30;

interface Customer {
  readonly ref: () => SubscriptionRef;
  readonly readWhatIsLeft: () => Promise<{ readonly isReported: boolean }>;
}

/** The calendar of one subscription, whose clock histories put forward. */
export class CalendarClock {
  readonly #fixture: ProductFixture;
  readonly #customer: Customer;
  /** How far it is ahead of ours; a calendar that was terminated and begins anew is not. */
  #aheadMs = 0;

  constructor(fixture: ProductFixture, customer: Customer) {
    this.#fixture = fixture;
    this.#customer = customer;
  }

  /**
   * Waits a while until what was paid is booked and its card is kept: webhooks may be held back for
   * longer.
   */
  async waitUntilKept(): Promise<void> {
    const check = async () => {
      if (!(await this.#customer.readWhatIsLeft()).isReported)
        throw new Error("a payment is not booked yet");
      await checkNoCardAwaited(this.#fixture, this.#customer.ref());
    };
    await eventually(check, waitMs, 200).catch(() => undefined);
  }

  /**
   * Puts the clock to a minute after the next moment at which the calendar may charge a saved card,
   * and waits a while for the charge to begin. Nothing where the last moment of the period is over,
   * or while a charge is under way: time is not skipped then.
   */
  async passUntilDue(): Promise<void> {
    await this.waitUntilKept();
    if (!(await this.#waitUntilAlone())) return;
    const ref = this.#customer.ref();
    const leftMs = await this.#untilDueMs(ref);
    if (leftMs === undefined) return;
    const list = () => listRenewals(this.#fixture, ref);
    const before = await eventually(list, 120_000, 200);
    const { connection, namespace } = this.#fixture.temporal;
    const skip = { workflowId: workflowIds.subscription(ref.id), ms: leftMs + minuteMs };
    // A calendar that does not run is started by the next one who needs it, or by the audit.
    await advance(connection, namespace, skip).catch(() => undefined);
    this.#aheadMs += skip.ms;
    const begun = async () => {
      if ((await list()).length === before.length) throw new Error("no charge has begun");
    };
    await eventually(begun, waitMs, 200).catch(() => undefined);
  }

  async #waitUntilAlone(): Promise<boolean> {
    const check = async () => {
      if (await isCharging(this.#fixture, this.#customer.ref()))
        throw new Error("a charge is under way");
      return true;
    };
    return eventually(check, waitMs, 200).catch(() => false);
  }

  async #untilDueMs(ref: SubscriptionRef): Promise<number | undefined> {
    const paidUntil = await readPaidUntil(this.#fixture, ref);
    if (paidUntil === undefined) return undefined;
    const now = addMs(instant(new Date()), this.#aheadMs);
    const moments = renewalMoments("card", { paidUntil, days });
    return moments.map((moment) => msBetween(now, moment)).find((ms) => ms > 0);
  }
}

/** Whether the calendar has started a payment that has not ended: its time cannot be skipped. */
async function isCharging(
  { temporal }: Pick<ProductFixture, "temporal">,
  { id }: SubscriptionRef,
): Promise<boolean> {
  const { raw } = await temporal.client.workflow.getHandle(workflowIds.subscription(id)).describe();
  return (raw.pendingChildren ?? []).length > 0;
}

/**
 * A period is charged once. Where days have passed in the books its end has moved with them, and no
 * payment is found by it.
 */
export async function aboutPeriods(
  { owner }: Pick<ProductFixture, "owner">,
  ref: SubscriptionRef,
): Promise<string[]> {
  const db = queriesOf(owner.em.fork());
  const charged = await db
    .selectFrom("payments as p")
    .innerJoin("charges as h", "h.paymentId", "p.id")
    .select("p.id")
    .where("p.subscriptionId", "=", ref.id as string)
    .where("p.recurs", "=", "renews")
    .execute();
  const ids = new Set(charged.map(({ id }) => id));
  const ends = await db
    .selectFrom("time_lots")
    .select("paidUntil")
    .distinct()
    .where("subscriptionId", "=", ref.id as string)
    .execute();
  return ends.flatMap(({ paidUntil }) => {
    const tries = triesAt(ref, instant(paidUntil)).filter((id) => ids.has(id));
    return tries.length > 1 ? [`${tries.join(" and ")} have renewed one period`] : [];
  });
}

/** The payments that may renew the period that ends then. */
const triesAt = ({ id }: SubscriptionRef, paidUntil: Instant): readonly PaymentId[] =>
  Array.from({ length: triesOf("card") }, (_, before) =>
    renewalPaymentId(id, { paidUntil, try: before + 1 }),
  );

async function checkNoCardAwaited(
  { owner }: Pick<ProductFixture, "owner">,
  { id }: SubscriptionRef,
): Promise<void> {
  const row = await queriesOf(owner.em.fork())
    .selectFrom("card_consents as k")
    .innerJoin("payments as p", "p.id", "k.orderId")
    .select("k.orderId")
    .where("p.subscriptionId", "=", id as string)
    .where("k.state", "=", "awaited")
    .executeTakeFirst();
  if (row !== undefined) throw new Error(`the card of ${row.orderId} is awaited`);
}

async function readPaidUntil(
  { owner }: Pick<ProductFixture, "owner">,
  { id }: SubscriptionRef,
): Promise<Instant | undefined> {
  const read = async () =>
    queriesOf(owner.em.fork())
      .selectFrom("subscriptions")
      .select("paidUntil")
      .where("id", "=", id as string)
      .executeTakeFirst();
  const paidUntil = (await eventually(read, 120_000, 200))?.paidUntil;
  return paidUntil == null ? undefined : instant(paidUntil);
}

/**
 * The payments by which the calendar renews a subscription: those in the books, and those that it
 * has just started.
 */
export async function listRenewals(
  { owner, temporal }: Pick<ProductFixture, "owner" | "temporal">,
  { id }: SubscriptionRef,
): Promise<readonly PaymentId[]> {
  const booked = await queriesOf(owner.em.fork())
    .selectFrom("payments")
    .select("id")
    .where("subscriptionId", "=", id as string)
    .where("recurs", "=", "renews")
    .execute();
  const calendar = temporal.client.workflow.getHandle(workflowIds.subscription(id));
  const { raw } = await calendar.describe();
  const start = workflowIds.payment("" as PaymentId);
  const started = (raw.pendingChildren ?? []).flatMap(({ workflowId }) =>
    workflowId?.startsWith(start) ? [workflowId.slice(start.length) as PaymentId] : [],
  );
  return [...new Set([...booked.map((row) => row.id as PaymentId), ...started])];
}

/** The customer ends auto-renewal on its page. Returns the workflow's id. */
export async function endRenewal(
  { client }: Pick<ProductFixture, "client">,
  { telegramId }: SubscriptionRef,
  how: "stop" | "forgetCard",
): Promise<string> {
  const requestId = randomUUID();
  const request = { requestId, telegramId, change: { kind: how } } as const;
  await eventually(() => changeRenewal(client, request), 240_000, 200);
  return workflowIds.renewalChange(requestId);
}
