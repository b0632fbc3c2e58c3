import { setTimeout as delay } from "node:timers/promises";
import { queriesOf } from "../../db/orm.ts";
import { Payments } from "../../db/payments/payments.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { telegramId } from "../../domain/ids.ts";
import {
  balanceGateway,
  type PaymentId,
  type PaymentOrder,
  type StoredOrder,
} from "../../domain/payments/payment.ts";
import { minuteMs, msBetween } from "../../domain/time.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { advance } from "../drivers/time-skipping.ts";
import { standingOf, troublesOf } from "../drivers/workflow-state.ts";
import type { ChargeThere, GatewayDriver } from "./gateway-drivers/gateway-driver.ts";
import { booksOf, type CustomerBooks, refundsOf } from "./payment-books.ts";
import type { History } from "./payment-history.ts";
import { unheard, untold } from "./payment-model.ts";
import type { FaultWorld } from "./payment-world.ts";
import { Sparing } from "./sparing.ts";

export const lookMs = 200;
/** On a busy machine a task takes a second. */
const checkEveryMs = 3_000;
/** How long a person looks for a bill in their chat. */
const billMs = 8_000;
/** Whatever is busy for so long is stuck. */
const stuckMs = 240_000;

let lastPerson = 600_000;

class Stuck extends Error {
  readonly id: string;

  constructor(id: string, at: string) {
    super(`${id} is busy: ${at}`);
    this.id = id;
  }
}

/** What a story knows of its customer, and how it waits until nothing about them moves any more. */
export abstract class RestingStory {
  protected readonly world: FaultWorld;
  protected readonly history: History;
  protected readonly edge: GatewayDriver;
  protected readonly person = telegramId((lastPerson += 1));
  protected readonly payments: PaymentId[] = [];
  /** The refunds and admins' acts that were asked for: what they do is not yet in the books. */
  protected readonly asked: string[] = [];
  protected readonly beganMs = Date.now();
  readonly #checks = new Sparing(checkEveryMs);
  protected ref: SubscriptionRef | undefined;

  constructor(world: FaultWorld, history: History) {
    const edge = world.edges.get(history.gateway);
    if (edge === undefined) throw new Error(`there is no edge of ${history.gateway}`);
    this.world = world;
    this.history = history;
    this.edge = edge;
  }

  /** Undefined: the purchase was answered with "no", or with another order that is open. */
  protected async orderOf(id: PaymentId): Promise<StoredOrder | undefined> {
    const known = await new Payments(this.world.owner.em).find(id);
    if (known !== undefined) return known;
    const { kind } = await standingOf(this.handle(workflowIds.payment(id)));
    if (kind === "closed") return new Payments(this.world.owner.em).find(id);
    throw new Error(`${id} has not been opened`);
  }

  /** Where the chat has the bill; a chat that Telegram does not let us write to may never have it. */
  protected async billOf(id: PaymentId): Promise<number | undefined> {
    const find = async () => {
      const row = await queriesOf(this.world.owner.em.fork())
        .selectFrom("messages")
        .select("messageId")
        .where("slot", "=", `invoice/${id}`)
        .where("key", "like", "%/bill")
        .where("state", "=", "sent")
        .executeTakeFirst();
      if (!row?.messageId) throw new Error(`${id} has no bill in the chat`);
      return row.messageId;
    };
    return eventually(find, billMs, lookMs).catch(() => undefined);
  }

  /** Where no workflow runs, time passes in the books: the reconciler takes the order up. */
  protected async lapse(id: PaymentId): Promise<void> {
    const known = await this.patiently(() => this.orderOf(id));
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
    return this.lookSoon();
  }

  /** A refund that nobody carries out is taken up when it is minutes old. */
  protected async age(requestId: string): Promise<void> {
    const old = "update refunds set asked_at = now() - interval '5 minutes' where request_id = ?";
    await this.rows(`${old} and asked_at > now() - interval '2 minutes'`, [requestId]);
    await this.world.check(this.history.gateway);
  }

  /** Has the gateway read. Where there is no statement, an invoice is looked at when its time has come: now. */
  protected async lookSoon(): Promise<void> {
    for (const id of this.payments) {
      await this.rows("update payments set next_lookup_at = now() where id = ?", [id]);
    }
    await this.world.check(this.history.gateway);
  }

  protected async rows(query: string, values: unknown[]): Promise<object[]> {
    return this.patiently(() => this.world.owner.em.fork().execute<object[]>(query, values));
  }

  /**
   * Delivers what is left of the mail, has the gateway read until the books know all that it knows, lets open
   * invoices lapse, and waits until nothing of the customer's is under way.
   */
  protected async comeToRest(endMs: number): Promise<void> {
    const { post } = this.world;
    for (;;) {
      for (const id of this.payments) await post.empty(id);
      await this.restful();
      const { open, isHeard } = await this.patiently(() => this.whatIsLeft());
      if (isHeard && open.length === 0) {
        // What was decided between these two looks may have begun a refund.
        await this.restful();
        break;
      }
      if (Date.now() > endMs) break;
      if (isHeard) for (const id of open) await this.lapse(id);
      await this.lookSoon();
      await delay(lookMs);
    }
    await eventually(() => this.nothingWaits(), Math.max(lookMs, endMs - Date.now()), lookMs).catch(
      () => undefined,
    );
  }

  protected async whatIsLeft(): Promise<{ open: readonly PaymentId[]; isHeard: boolean }> {
    const [there, books] = await Promise.all([
      this.there(),
      booksOf(this.world.owner.em, this.person),
    ]);
    const open = books.payments.filter(({ state }) => state === "open");
    const isAside = await this.world.isAside(this.payments);
    return {
      open: open.map(({ id }) => id as PaymentId),
      isHeard: unheard(there, books).length === 0 && !isAside,
    };
  }

  /** By the gateway's own records. */
  protected async there(): Promise<Map<string, readonly ChargeThere[]>> {
    const { owner } = this.world;
    const refunds = await refundsOf(queriesOf(owner.em.fork()), this.payments);
    const refunded = new Map(refunds.map(({ requestId, reference }) => [requestId, reference]));
    const there = new Map<string, readonly ChargeThere[]>();
    for (const id of this.payments) {
      const order: PaymentOrder | undefined = (await new Payments(owner.em).find(id))?.order;
      if (order === undefined || order.gateway === balanceGateway) continue;
      there.set(id, await this.edge.chargesOf(order, refunded));
    }
    return there;
  }

  protected async nothingWaits(): Promise<void> {
    const books = await booksOf(this.world.owner.em, this.person);
    const waiting = books.messages.filter(({ state }) => state === "waiting");
    if (waiting.length > 0) throw new Error(`${waiting.length} messages wait`);
    // A key is told of when a host has it: one whose reconciler was just ended has it a little later.
    const [start] = untold(books);
    if (start !== undefined) throw new Error(`nobody was told of ${start}`);
    if (await this.#isBeingLetIn()) throw new Error("a host is about to let somebody in");
  }

  /** Whether a key of the customer's, who has time, is on its way to a host that answers and has room. */
  async #isBeingLetIn(): Promise<boolean> {
    const coming = await this.rows(
      `select 1
         from accesses a
         join subscriptions s on s.id = a.subscription_id
         join customers c on c.id = s.customer_id
         join hosts h on h.id = coalesce(a.host_id, h.id)
        where c.telegram_id = ? and c.status <> 'blocked'
          and s.revoked_at is null and s.paid_until > now()
          and a.given_at is null and a.refusal is null
          and a.retired_at is null and a.removed_at is null
          and h.away_since is null
          and (a.host_id is not null or h.capacity >
               (select count(*) from accesses o where o.host_id = h.id and o.removed_at is null))`,
      [this.person],
    );
    return coming.length > 0;
  }

  /** All that the books say of the customer. */
  protected books(): Promise<CustomerBooks> {
    return this.patiently(() => booksOf(this.world.owner.em, this.person));
  }

  /** Whether every act that was asked for is done, and has left the customer their right to time. */
  protected async isLetInAgain(): Promise<boolean> {
    const acts = this.asked.filter((id) => id.startsWith(workflowIds.adminAct("")));
    for (const id of acts) {
      // Of one that was terminated nobody knows whether it is still booked.
      const { status } = await this.patiently(() => this.handle(id).describe());
      if (status.name !== "COMPLETED") return false;
    }
    const { isRevoked, isBlocked } = await this.books();
    return !isRevoked && !isBlocked;
  }

  /** Payments wait or are closed, refunds of them are closed, the subscription has nothing to do. */
  protected async restful(): Promise<void> {
    const rest = async () => {
      const refunds = await refundsOf(queriesOf(this.world.owner.em.fork()), this.payments);
      for (const { requestId, state } of refunds) {
        if (state !== "asked" && state !== "approved") continue;
        // A refund that the gateway is at is asked about every minute.
        await this.checkNow(workflowIds.refund(requestId)).catch(() => this.age(requestId));
        throw new Error(`refund ${requestId} is ${state}`);
      }
      for (const id of this.asked) await this.ended(id);
      const calendar = workflowIds.subscription(this.ref!.id);
      for (const id of [...this.payments.map(workflowIds.payment), calendar]) {
        const standing = await standingOf(this.handle(id));
        if (standing.kind === "busy") throw new Stuck(id, standing.at);
      }
    };
    await eventually(rest, stuckMs, lookMs).catch(async (error: unknown) => {
      if (!(error instanceof Stuck)) throw error;
      throw new Error(`${error.message}; ${await troublesOf(this.handle(error.id))}`);
    });
  }

  /** One that pauses goes on at once. @throws while it runs. */
  protected async ended(workflowId: string): Promise<void> {
    if ((await standingOf(this.handle(workflowId))).kind === "closed") return;
    await this.checkNow(workflowId).catch(() => undefined);
    throw new Stuck(workflowId, "it has not ended");
  }

  /** Has a workflow that pauses go on. One that is told so all the time never comes to its end. */
  protected async checkNow(workflowId: string): Promise<void> {
    if (!this.#checks.isDue(workflowId)) return;
    await this.handle(workflowId).signal("checkNow");
  }

  protected handle(workflowId: string) {
    return this.world.temporal.client.workflow.getHandle(workflowId);
  }

  /**
   * Moves a workflow on; false where it is closed. Temporal skips no time of one whose child runs, and a calendar that
   * a payment has begun runs for good: an operator ends such a payment.
   */
  protected async pass(workflowId: string, ms: number): Promise<boolean> {
    const { connection, namespace } = this.world.temporal;
    return this.patiently(async () => {
      const handle = this.handle(workflowId);
      if ((await standingOf(handle)).kind === "closed") return false;
      const { raw } = await handle.describe();
      if ((raw.pendingChildren ?? []).length > 0) {
        await handle.terminate("its time cannot be skipped");
        return false;
      }
      await advance(connection, namespace, { workflowId, ms });
      return true;
    });
  }

  /** Whatever is away comes back. */
  protected patiently<Result>(attempt: () => Promise<Result>): Promise<Result> {
    return eventually(attempt, stuckMs, lookMs);
  }
}
