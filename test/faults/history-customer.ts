import { setTimeout as delay } from "node:timers/promises";
import { queriesOf } from "../../db/orm.ts";
import { Payments } from "../../db/payments/payments.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { type SubscriptionId, telegramId } from "../../domain/ids.ts";
import { balanceGateway, type PaymentId, type StoredOrder } from "../../domain/payments/payment.ts";
import { minuteMs, msBetween } from "../../domain/time.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { advance } from "../drivers/time-skipping.ts";
import { describeTroubles, readWorkflowState } from "../drivers/workflow-state.ts";
import type { GatewayCharge, GatewayDriver } from "./gateway-drivers/gateway-driver.ts";
import { listRenewals } from "./calendar-charges.ts";
import { type CustomerBooks, isKeyOnItsWay, readBooks, readRefunds } from "./payment-books.ts";
import type { History } from "./payment-history.ts";
import { missingCharges, missingMessages } from "./payment-model.ts";
import type { ProductFixture } from "./product-fixture.ts";
import { byPayment } from "./recurring-model.ts";
import { Throttle } from "./throttle.ts";

/** The pause between two polls. */
export const pollMs = 200;
/** On a busy machine a task takes a second. */
const checkEveryMs = 3_000;
/** A workflow that is busy for this long is stuck. */
const stuckMs = 240_000;

let lastPerson = 600_000;

class Stuck extends Error {
  readonly id: string;

  constructor(id: string, at: string) {
    super(`${id} is busy: ${at}`);
    this.id = id;
  }
}

/** The customer of a history, and how to wait until nothing about them moves any more. */
export abstract class HistoryCustomer {
  protected readonly fixture: ProductFixture;
  protected readonly history: History;
  protected readonly gateway: GatewayDriver;
  protected readonly person = telegramId((lastPerson += 1));
  protected readonly payments: PaymentId[] = [];
  /** The payments that the calendar has made, where it charges saved cards. */
  readonly #renewals = new Set<PaymentId>();
  /**
   * Workflow ids of the refunds and admins' acts that were requested;
   * the books may not have them yet.
   */
  protected readonly requestedWorkflows: string[] = [];
  protected readonly beganMs = Date.now();
  readonly #checks = new Throttle(checkEveryMs);
  protected ref: SubscriptionRef | undefined;
  /** The customer's further subscriptions. */
  protected others: readonly SubscriptionId[] = [];

  constructor(fixture: ProductFixture, history: History) {
    const gateway = fixture.gateways.get(history.gateway);
    if (gateway === undefined) throw new Error(`there is no gateway ${history.gateway}`);
    this.fixture = fixture;
    this.history = history;
    this.gateway = gateway;
  }

  /** What the customer was asked to pay, and what the calendar has charged them for. */
  protected get orders(): readonly PaymentId[] {
    return [...this.payments, ...this.#renewals];
  }

  async #findRenewals(): Promise<void> {
    if (this.gateway.kind.subscribes !== "byCalendar") return;
    for (const id of await listRenewals(this.fixture, this.ref!)) this.#renewals.add(id);
  }

  /**
   * The order of a purchase; undefined when it was refused, or answered with another open order.
   */
  protected async orderOf(id: PaymentId): Promise<StoredOrder | undefined> {
    const known = await new Payments(this.fixture.owner.em).find(id);
    if (known !== undefined) return known;
    const { kind } = await readWorkflowState(this.handle(workflowIds.payment(id)));
    if (kind === "closed") return new Payments(this.fixture.owner.em).find(id);
    throw new Error(`${id} has not been opened`);
  }

  /**
   * Lets an open payment lapse: in its workflow or, when none runs, in the books,
   * so that the reconciler acts.
   */
  protected async lapse(id: PaymentId): Promise<void> {
    const known = await this.retryUntilDone(() => this.orderOf(id));
    if (known?.state !== "open") return;
    const workflowId = workflowIds.payment(id);
    const { openedAt, lapsesAt } = known.order;
    const untilLapsedMs = Math.max(0, msBetween(openedAt, lapsesAt)) + minuteMs;
    if (await this.pass(workflowId, untilLapsedMs)) return;
    const longAgo = "now() - interval '5 minutes'";
    await this.rows(
      `update payments set lapses_at = ${longAgo}, opened_at = ${longAgo}
        where id = ? and state = 'open'`,
      [id],
    );
    return this.checkGateway();
  }

  /** Makes a refund without a workflow minutes older, so that the reconciler takes it up. */
  protected async age(requestId: string): Promise<void> {
    const old = "update refunds set asked_at = now() - interval '5 minutes' where request_id = ?";
    await this.rows(`${old} and asked_at > now() - interval '2 minutes'`, [requestId]);
    await this.fixture.check(this.history.gateway);
  }

  /**
   * Has the gateway read now. Without a statement invoices are looked up one by one:
   * they become due now.
   */
  protected async checkGateway(): Promise<void> {
    for (const id of this.orders) {
      await this.rows("update payments set next_lookup_at = now() where id = ?", [id]);
    }
    await this.fixture.check(this.history.gateway);
  }

  protected async rows(query: string, values: unknown[]): Promise<object[]> {
    return this.retryUntilDone(() => this.fixture.owner.em.fork().execute<object[]>(query, values));
  }

  /**
   * Delivers the remaining webhooks, has the gateway read until the books have all of its charges,
   * lets open invoices lapse, and waits until nothing of the customer's is under way.
   */
  protected async settle(endMs: number): Promise<void> {
    const { webhooks } = this.fixture;
    for (;;) {
      for (const id of this.orders) await webhooks.empty(id);
      await this.waitUntilIdle();
      const { open, isReported } = await this.retryUntilDone(() => this.readWhatIsLeft());
      if (isReported && open.length === 0) {
        // What was decided between these two checks may have started a refund.
        await this.waitUntilIdle();
        break;
      }
      if (Date.now() > endMs) break;
      if (isReported) for (const id of open) await this.lapse(id);
      await this.checkGateway();
      await delay(pollMs);
    }
    await eventually(
      () => this.checkNothingWaits(),
      Math.max(pollMs, endMs - Date.now()),
      pollMs,
    ).catch(() => undefined);
  }

  protected async readWhatIsLeft(): Promise<{ open: readonly PaymentId[]; isReported: boolean }> {
    const [charges, books] = await Promise.all([
      this.readGatewayCharges(),
      readBooks(this.fixture.owner.em, this.person),
    ]);
    const open = books.payments.filter(({ state }) => state === "open");
    const isAside = await this.fixture.isAside(this.orders);
    return {
      open: open.map(({ id }) => id as PaymentId),
      isReported: missingCharges(charges, books).length === 0 && !isAside,
    };
  }

  /** The charges of each of the customer's orders, by the gateway's own records. */
  protected async readGatewayCharges(): Promise<Map<string, readonly GatewayCharge[]>> {
    const { owner } = this.fixture;
    const refunds = await readRefunds(queriesOf(owner.em.fork()), this.orders);
    const refunded = new Map(refunds.map(({ requestId, reference }) => [requestId, reference]));
    const { payments } = await readBooks(owner.em, this.person);
    const charges = new Map<string, readonly GatewayCharge[]>();
    for (const id of this.orders) {
      const order = (await new Payments(owner.em).find(id))?.order;
      if (order === undefined || order.gateway === balanceGateway) continue;
      const all = await this.gateway.chargesOf(order, refunded);
      for (const [of, some] of byPayment(order, all, payments)) charges.set(of, some);
    }
    return charges;
  }

  protected async checkNothingWaits(): Promise<void> {
    const books = await readBooks(this.fixture.owner.em, this.person);
    const waiting = books.messages.filter(({ state }) => state === "waiting");
    if (waiting.length > 0) throw new Error(`${waiting.length} messages wait`);
    // A key is sent when a host has it: a host whose reconciler was just terminated has it a little
    // later.
    const [start] = missingMessages(books);
    if (start !== undefined) throw new Error(`there is no message about ${start}`);
    if (await isKeyOnItsWay(this.fixture.owner.em, this.person))
      throw new Error("a key is on its way to a host");
  }

  /** Keeps which subscriptions there are beside the first. */
  protected noteOthers({ subscriptions }: Pick<CustomerBooks, "subscriptions">): void {
    this.others = subscriptions.map(({ id }) => id).filter((id) => id !== this.ref!.id);
  }

  /** Reads the customer's rows. */
  protected books(): Promise<CustomerBooks> {
    return this.retryUntilDone(() => readBooks(this.fixture.owner.em, this.person));
  }

  /** Whether every requested act is done and the customer is neither blocked nor revoked. */
  protected async isLetInAgain(): Promise<boolean> {
    const acts = this.requestedWorkflows.filter((id) => id.startsWith(workflowIds.adminAct("")));
    for (const id of acts) {
      // An act that was terminated may or may not have been booked.
      const { status } = await this.retryUntilDone(() => this.handle(id).describe());
      if (status.name !== "COMPLETED") return false;
    }
    const { isRevoked, isBlocked } = await this.books();
    return !isRevoked && !isBlocked;
  }

  /**
   * Waits until payments wait or are closed, their refunds are closed, and the subscription has
   * nothing to do.
   */
  protected async waitUntilIdle(): Promise<void> {
    const rest = async () => {
      await this.#findRenewals();
      const refunds = await readRefunds(queriesOf(this.fixture.owner.em.fork()), this.orders);
      for (const { requestId, state } of refunds) {
        if (state !== "asked" && state !== "approved") continue;
        // A refund that the gateway is working on is polled only once a minute.
        await this.checkNow(workflowIds.refund(requestId)).catch(() => this.age(requestId));
        throw new Error(`refund ${requestId} is ${state}`);
      }
      for (const id of this.requestedWorkflows) await this.checkEnded(id);
      this.noteOthers(await this.books());
      const calendars = [this.ref!.id, ...this.others].map(workflowIds.subscription);
      for (const id of [...this.orders.map(workflowIds.payment), ...calendars]) {
        const state = await readWorkflowState(this.handle(id));
        if (state.kind === "busy") throw new Stuck(id, state.at);
      }
      // The calendar may have begun one since, before it came to rest.
      const known = this.orders.length;
      await this.#findRenewals();
      if (this.orders.length > known) throw new Error("a renewal has begun");
    };
    await eventually(rest, stuckMs, pollMs).catch(async (error: unknown) => {
      if (!(error instanceof Stuck)) throw error;
      throw new Error(`${error.message}; ${await describeTroubles(this.handle(error.id))}`);
    });
  }

  /**
   * Checks that a workflow has ended; one that pauses is made to go on.
   * @throws Stuck while it runs.
   */
  protected async checkEnded(workflowId: string): Promise<void> {
    if ((await readWorkflowState(this.handle(workflowId))).kind === "closed") return;
    await this.checkNow(workflowId).catch(() => undefined);
    throw new Stuck(workflowId, "it has not ended");
  }

  /**
   * Makes a pausing workflow go on, now and then: with a signal at every poll it would never end.
   */
  protected async checkNow(workflowId: string): Promise<void> {
    if (!this.#checks.isDue(workflowId)) return;
    await this.handle(workflowId).signal("checkNow");
  }

  protected handle(workflowId: string) {
    return this.fixture.temporal.client.workflow.getHandle(workflowId);
  }

  /**
   * Skips time for a workflow; false when it is closed. Temporal skips no time while a child runs,
   * and a calendar that a payment has started runs indefinitely: such a payment is terminated.
   */
  protected async pass(workflowId: string, ms: number): Promise<boolean> {
    const { connection, namespace } = this.fixture.temporal;
    return this.retryUntilDone(async () => {
      const handle = this.handle(workflowId);
      if ((await readWorkflowState(handle)).kind === "closed") return false;
      const { raw } = await handle.describe();
      if ((raw.pendingChildren ?? []).length > 0) {
        await handle.terminate("its time cannot be skipped");
        return false;
      }
      await advance(connection, namespace, { workflowId, ms });
      return true;
    });
  }

  /** Retries while a part is dead: it is restarted. */
  protected retryUntilDone<Result>(attempt: () => Promise<Result>): Promise<Result> {
    return eventually(attempt, stuckMs, pollMs);
  }
}
