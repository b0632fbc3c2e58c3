import { randomUUID } from "node:crypto";
import { startCalendar } from "../../client/subscriptions.ts";
import { inTransaction, queriesOf } from "../../db/orm.ts";
import { Payments } from "../../db/payments.ts";
import { openSubscription } from "../../db/subscriptions.ts";
import { bookTime } from "../../db/time-lots.ts";
import { addedDeviceId } from "../../domain/derived-ids.ts";
import { type TelegramId, telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import {
  balanceGateway,
  type GatewayName,
  type KnownOrder,
  type PaymentId,
  type Purchase,
} from "../../domain/payment.ts";
import type { PlanCode } from "../../domain/plan.ts";
import type { SubscriptionRef } from "../../domain/subscription.ts";
import { dayMs, instant, minuteMs, msBetween } from "../../domain/time.ts";
import type { Invoice } from "../../gateways/payment-gateway.ts";
import { workflowIds } from "../../workflows/contract.ts";
import { eventually } from "../support/eventually.ts";
import { standingOf } from "../support/standing.ts";
import { advance } from "../support/time-skipping.ts";
import { ask } from "./edges/control.ts";
import { type Edge, type Shown, tenth } from "./edges/edge.ts";
import { booksOf } from "./payment-books.ts";
import type { History, SoldPlan, Step } from "./payment-history.ts";
import { adminId, arrive, type World } from "./payment-world.ts";

export const lookMs = 200;
/** Whatever is busy for so long is stuck. */
export const stuckMs = 240_000;
/** How long an admin looks for a charge before they ask for a refund of it. */
const personsMs = 2_000;
const extensionDays = 5;

let lastPerson = 600_000;

/** Whatever is away comes back. */
export const patiently = <Result>(attempt: () => Promise<Result>): Promise<Result> =>
  eventually(attempt, stuckMs, lookMs);

/** What befalls one customer and their purchases, act by act. */
export class Acts {
  readonly person: TelegramId = telegramId((lastPerson += 1));
  readonly payments: PaymentId[] = [];
  readonly edge: Edge;
  readonly #world: World;
  readonly #history: History;
  #ref: SubscriptionRef | undefined;

  constructor(world: World, history: History) {
    const edge = world.edges.get(history.gateway);
    if (edge === undefined) throw new Error(`there is no edge of ${history.gateway}`);
    this.#world = world;
    this.#history = history;
    this.edge = edge;
  }

  get ref(): SubscriptionRef {
    if (this.#ref === undefined) throw new Error(`${this.person} has no subscription yet`);
    return this.#ref;
  }

  /** The customer with a trial or without, and their first purchase. */
  async begin(): Promise<void> {
    const { writer, temporal, telegramUrl, post } = this.#world;
    await arrive({ writer, telegramUrl }, { id: this.person, admin: false });
    const { trialDays, mail } = this.#history;
    const ref = await patiently(() =>
      inTransaction(writer.em, async (db) => {
        const opened = await openSubscription(db, this.person);
        if (opened === undefined) throw new Error(`${this.person} could not become a customer`);
        const trial = {
          kind: "trial",
          cause: `trial/${opened.ref.id}`,
          ms: trialDays * dayMs,
          at: instant(new Date()),
        } as const;
        if (trialDays > 0) await bookTime(db, opened.locked, [trial]);
        return opened.ref;
      }),
    );
    this.#ref = ref;
    await patiently(() => startCalendar(temporal.client, ref));
    if (trialDays > 0) await this.#addDevice();
    const id = await this.#buy("month", this.#history.gateway);
    post.treat(id, mail);
  }

  async #buy(plan: SoldPlan, gateway: string): Promise<PaymentId> {
    const id = randomUUID() as PaymentId;
    const purchase: Purchase = {
      telegramId: this.person,
      plan: plan as PlanCode,
      planVersion: 1,
      gateway: gateway as GatewayName,
      currency: this.#history.currency,
    };
    const { payments } = this.#world.doors;
    const { customerId } = this.ref;
    await patiently(() => payments.bought(id, purchase, customerId));
    this.payments.push(id);
    return id;
  }

  async #addDevice(): Promise<void> {
    const requestId = randomUUID();
    const { id } = this.ref;
    const request = {
      requestId,
      kind: "add",
      name: "",
      deviceId: addedDeviceId(requestId, id),
    } as const;
    await patiently(() => this.#world.doors.deviceRequested(this.ref, request));
  }

  async act(step: Step): Promise<void> {
    const { chaos, post, doors, telegramUrl } = this.#world;
    switch (step.kind) {
      case "pay":
      case "decline":
      case "giveBack":
      case "payForNothing": {
        const shown = await this.#shown();
        return shown && this.edge.do(step, shown);
      }
      case "buy": {
        const { gateway } = this.#history;
        await this.#buy(step.plan, step.from === "gateway" ? gateway : balanceGateway);
        return;
      }
      case "refund":
        return this.#refund(step);
      case "admin":
        return this.#adminActs(step.act);
      case "device":
        return this.#addDevice();
      case "cancel":
        return void (await patiently(() => doors.payments.cancelled(this.#current)));
      case "lapse":
        return this.lapse(this.#current);
      case "terminate":
        return this.#terminate(step.what);
      case "check":
        return this.lookSoon();
      case "post":
        return post.release(this.payments[0]!);
      case "chat": {
        const { trouble: kind, times } = step;
        const rule = { kind, times, chat_id: this.person, hold_ms: 50 };
        return void (await ask(`${telegramUrl}/control/faults`, rule));
      }
      case "trouble":
        return this.edge.makeTrouble(step.trouble);
      case "hostAway":
        return chaos.kill("host", step.ms);
      case "kill":
        return chaos.kill(step.part);
    }
  }

  /** The payment that people act on now: the last that is not paid from the balance. */
  get #current(): PaymentId {
    return this.payments.at(-1)!;
  }

  /** The newest invoice that there is, as soon as it is shown; none where no payment has one. */
  async #shown(): Promise<Shown | undefined> {
    for (const id of this.payments.toReversed()) {
      const shown = await patiently(() => this.#shownOf(id));
      if (shown !== undefined) return shown;
    }
    return undefined;
  }

  async #shownOf(id: PaymentId): Promise<Shown | undefined> {
    const known = await this.#orderOf(id);
    if (known === undefined || known.order.gateway === balanceGateway) return undefined;
    const { order, state, invoice } = known;
    if (invoice === undefined && state !== "open") return undefined;
    if (invoice === undefined) throw new Error(`${id} has no invoice yet`);
    const bill = this.#history.gateway === "stars" ? await this.#billOf(id) : undefined;
    return { order, invoice: invoice as unknown as Invoice, billMessage: bill };
  }

  /** Where the chat has the bill; a chat that Telegram does not let us write to may never have it. */
  async #billOf(id: PaymentId): Promise<number | undefined> {
    const find = async () => {
      const row = await queriesOf(this.#world.owner.em.fork())
        .selectFrom("messages")
        .select("messageId")
        .where("slot", "=", `invoice/${id}`)
        .where("key", "like", "%/bill")
        .where("state", "=", "sent")
        .executeTakeFirst();
      if (!row?.messageId) throw new Error(`${id} has no bill in the chat`);
      return row.messageId;
    };
    return eventually(find, 4 * personsMs, lookMs).catch(() => undefined);
  }

  /** Undefined: the purchase was answered with "no", or with another order that is open. */
  async #orderOf(id: PaymentId): Promise<KnownOrder | undefined> {
    const known = await new Payments(this.#world.owner.em).find(id);
    if (known !== undefined) return known;
    const { kind } = await standingOf(this.handle(workflowIds.payment(id)));
    if (kind === "closed") return new Payments(this.#world.owner.em).find(id);
    throw new Error(`${id} has not been opened`);
  }

  /** An admin asks for what they see; where they see nothing they ask all the same. */
  async #refund({ tenths, of }: Extract<Step, { kind: "refund" }>): Promise<void> {
    const { owner, doors } = this.#world;
    const seen = async () => {
      const { payments } = await booksOf(owner.em, this.person);
      const found = payments
        .flatMap(({ id, charges }) => charges.map(({ use, reference }) => ({ id, use, reference })))
        .findLast(({ use }) => use === of);
      if (found === undefined) throw new Error("nothing was paid yet");
      return found;
    };
    const charge = await eventually(seen, personsMs, lookMs).catch(() => undefined);
    const { currency } = this.#history;
    const command = {
      requestId: randomUUID(),
      paymentId: (charge?.id ?? this.#current) as PaymentId,
      reason: "the customer asked for it",
      by: telegramId(adminId),
      ...(charge === undefined ? {} : { reference: charge.reference }),
      ...(tenths === 10 ? {} : { amount: money(tenths * tenth[currency], currency) }),
    };
    await patiently(() => doors.payments.refundAsked(command));
  }

  async #adminActs(kind: "extend" | "block" | "unblock" | "revoke"): Promise<void> {
    const of = { customer: this.person };
    const act = kind === "extend" ? { ...of, kind, days: extensionDays } : { ...of, kind };
    const request = { requestId: randomUUID(), by: telegramId(adminId), act };
    await patiently(() => this.#world.doors.adminActed(request));
  }

  async #terminate(what: "payment" | "subscription"): Promise<void> {
    const { payment, subscription } = workflowIds;
    const id = what === "payment" ? payment(this.#current) : subscription(this.ref.id);
    await this.handle(id)
      .terminate("an operator did so")
      .catch(() => undefined);
  }

  /** Where nothing runs any more, time passes in the books: the reconciler takes the order up. */
  async lapse(id: PaymentId): Promise<void> {
    const known = await patiently(() => this.#orderOf(id));
    if (known?.state !== "open") return;
    const workflowId = workflowIds.payment(id);
    const { kind } = await standingOf(this.handle(workflowId));
    if (kind === "closed") {
      const longAgo = "now() - interval '5 minutes'";
      await this.#rows(
        `update payments set lapses_at = ${longAgo}, opened_at = ${longAgo} where id = ?`,
        [id],
      );
      return this.lookSoon();
    }
    const { openedAt, lapsesAt } = known.order;
    await this.#pass(workflowId, Math.max(0, msBetween(openedAt, lapsesAt)) + minuteMs);
  }

  /** Has the gateway read. Where there is no statement, an invoice is looked at when its time has come: now. */
  async lookSoon(): Promise<void> {
    for (const id of this.payments) {
      await this.#rows("update payments set next_lookup_at = now() where id = ?", [id]);
    }
    await this.#world.check(this.#history.gateway);
  }

  async #rows(query: string, values: unknown[]): Promise<object[]> {
    return patiently(() => this.#world.owner.em.fork().execute<object[]>(query, values));
  }

  handle(workflowId: string) {
    return this.#world.temporal.client.workflow.getHandle(workflowId);
  }

  /** Moves a workflow on unless it is closed, or closes meanwhile. */
  async #pass(workflowId: string, ms: number): Promise<void> {
    const { connection, namespace } = this.#world.temporal;
    await patiently(async () => {
      if ((await standingOf(this.handle(workflowId))).kind === "closed") return;
      await advance(connection, namespace, { workflowId, ms });
    });
  }
}
