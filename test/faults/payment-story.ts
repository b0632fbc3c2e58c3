import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Payments } from "../../db/payments.ts";
import { Subscriptions } from "../../db/subscriptions.ts";
import { telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import type {
  GatewayName,
  KnownOrder,
  PaymentId,
  PaymentOrder,
  Purchase,
} from "../../domain/payment.ts";
import type { PlanCode } from "../../domain/plan.ts";
import { instant, minuteMs, msBetween, secondMs } from "../../domain/time.ts";
import type { Invoice } from "../../gateways/payment-gateway.ts";
import { taskQueue, workflowIds } from "../../workflows/contract.ts";
import type { subscription } from "../../workflows/index.ts";
import { eventually } from "../support/eventually.ts";
import { standingOf, troublesOf } from "../support/standing.ts";
import { advance } from "../support/time-skipping.ts";
import { type Edge, tenth } from "./edges/edge.ts";
import { booksOf, chargesOf } from "./payment-books.ts";
import type { History, Step } from "./payment-history.ts";
import { complaints, unheard } from "./payment-model.ts";
import { adminId, arrive, type Finding, plan, type World } from "./payment-world.ts";

const lookMs = 200;
/** Whatever is busy for so long is stuck. */
const stuckMs = 240_000;
/** How long an admin looks for a payment before they ask for a refund of it. */
const adminsPatienceMs = 2_000;

let lastPerson = 600_000;

/** What is unheard of after so many ticks, and after so long, is lost. */
export interface Patience {
  readonly ticks: number;
  readonly ms: number;
}

class Stuck extends Error {
  readonly id: string;

  constructor(id: string, at: string) {
    super(`${id} is busy: ${at}`);
    this.id = id;
  }
}

/** One history, played: a customer, their purchase, everything that befalls it, and how it ends. */
export class Story {
  readonly #world: World;
  readonly #history: History;
  readonly #edge: Edge;
  readonly #person = telegramId((lastPerson += 1));
  readonly #id = randomUUID() as PaymentId;
  /** What was begun and not waited for. */
  readonly #underWay: Promise<unknown>[] = [];
  #subscription = "";

  constructor(world: World, history: History) {
    const edge = world.edges.get(history.gateway);
    if (edge === undefined) throw new Error(`there is no edge of ${history.gateway}`);
    this.#world = world;
    this.#history = history;
    this.#edge = edge;
  }

  /** Plays it to the end, and until nothing about it moves any more. */
  async play(patience: Patience): Promise<void> {
    const { post } = this.#world;
    post.treat(this.#id, this.#history.mail);
    await this.#begin();
    for (const step of this.#history.steps) {
      await this.#act(step);
      await delay(step.thenMs);
    }
    await Promise.all(this.#underWay);
    await this.#world.chaos.calm();
    await this.#comeToRest(patience);
  }

  /** All that is wrong now, with what the audit found about it. */
  async complaints(audited: readonly Finding[]): Promise<string[]> {
    const { order } = await this.#order();
    const there = await this.#edge.chargesOf(order);
    const books = await booksOf(this.#world.owner.em, order);
    const facts = { order, kind: this.#edge.kind, there, now: instant(new Date()) };
    const names = [this.#id, order.subscriptionId, ...there.map(({ reference }) => reference)];
    const mine = audited.filter(({ about }) => names.some((name) => about.includes(name)));
    const refused = this.#world.post.refused.filter((text) => text.includes(this.#id));
    return [
      ...complaints(facts, books),
      ...mine.map(({ details }) => details),
      ...refused.map((text) => `the api would not have a genuine message: ${text}`),
    ];
  }

  async #begin(): Promise<void> {
    const { writer, temporal } = this.#world;
    await arrive(this.#world, { id: this.#person, admin: false });
    const ref = await this.#patiently(() => new Subscriptions(writer.em).openOnce(this.#person));
    if (ref === undefined) throw new Error(`${this.#person} could not become a customer`);
    this.#subscription = workflowIds.subscription(ref.id);
    await temporal.client.workflow.start<typeof subscription>("subscription", {
      taskQueue,
      workflowId: this.#subscription,
      args: [{ ref, trialDays: this.#history.trialDays, graceMs: 0 }],
    });
    const purchase: Purchase = {
      telegramId: this.#person,
      plan: plan.code as PlanCode,
      planVersion: plan.version,
      gateway: this.#history.gateway as GatewayName,
      currency: this.#history.currency,
    };
    if (this.#history.trialDays > 0) await this.#patiently(() => this.#hasTime());
    await this.#patiently(() =>
      this.#world.doors.payments.bought(this.#id, purchase, ref.customerId),
    );
  }

  async #hasTime(): Promise<void> {
    const rows = await this.#world.owner.em.fork().execute<object[]>(
      `select from subscriptions s join customers c on c.id = s.customer_id
        where c.telegram_id = ? and s.paid_until is not null`,
      [this.#person],
    );
    if (rows.length === 0) throw new Error(`${this.#person} has no trial yet`);
  }

  async #act(step: Step): Promise<void> {
    const { chaos, ticks, post, doors } = this.#world;
    switch (step.kind) {
      case "pay":
      case "decline":
      case "giveBack": {
        const shown = await this.#shown();
        return shown && this.#edge.do(step, shown);
      }
      case "refund":
        return this.#refund(step.tenths);
      case "cancel":
        return void (await this.#patiently(() => doors.payments.cancelled(this.#id)));
      case "lapse":
        return this.#lapse();
      case "tick":
        await this.#lookSoon();
        return void this.#underWay.push(ticks.of(this.#history.gateway));
      case "post":
        return post.release(this.#id);
      case "trouble":
        return this.#edge.makeTrouble(step.trouble);
      case "kill":
        return chaos.kill(step.part);
    }
  }

  /** The invoice, as soon as there is one; none where the payment is over without. */
  #shown(): Promise<{ order: PaymentOrder; invoice: Invoice } | undefined> {
    return this.#patiently(async () => {
      const { order, state, invoice } = await this.#order();
      if (invoice !== undefined) return { order, invoice: invoice as unknown as Invoice };
      if (state !== "open") return undefined;
      throw new Error(`${this.#id} has no invoice yet`);
    });
  }

  async #order(): Promise<KnownOrder> {
    const known = await new Payments(this.#world.owner.em).find(this.#id);
    if (known === undefined) throw new Error(`${this.#id} has not been opened`);
    return known;
  }

  /** An admin asks for what they see; where they see nothing they ask all the same. */
  async #refund(tenths: number): Promise<void> {
    const seen = async () => {
      const charges = await chargesOf(this.#world.owner.em, { id: this.#id });
      if (!charges.some(({ use }) => use === "grant")) throw new Error("nothing was paid yet");
    };
    await eventually(seen, adminsPatienceMs, lookMs).catch(() => undefined);
    const { currency } = this.#history;
    const wish = {
      requestId: randomUUID(),
      paymentId: this.#id,
      reason: "the customer asked for it",
      by: telegramId(adminId),
      ...(tenths === 10 ? {} : { amount: money(tenths * tenth[currency], currency) }),
    };
    await this.#patiently(() => this.#world.doors.payments.refundWished(wish));
  }

  async #lapse(): Promise<void> {
    const { order } = await this.#patiently(() => this.#order());
    const ms = Math.max(0, msBetween(order.openedAt, order.lapsesAt)) + minuteMs;
    await this.#pass(workflowIds.payment(this.#id), ms);
  }

  /** Where there is no statement, an invoice is looked at when its time has come: it has come now. */
  async #lookSoon(): Promise<void> {
    const { owner } = this.#world;
    const query = "update payments set next_lookup_at = now() where id = ?";
    await this.#patiently(() => owner.em.fork().execute(query, [this.#id]));
  }

  /**
   * Delivers what is left of the mail, ticks until the books know all that the gateway knows, lets the open
   * invoice lapse, and waits until every workflow of the payment is closed and the subscription is idle.
   */
  async #comeToRest({ ticks: mostTicks, ms }: Patience): Promise<void> {
    const { post, ticks } = this.#world;
    const end = Date.now() + ms;
    for (let ticked = 0; ;) {
      await post.empty(this.#id);
      await this.#restful();
      const isHeard = await this.#patiently(() => this.#isHeard());
      const { state } = await this.#patiently(() => this.#order());
      if (isHeard && state !== "open") return;
      if (isHeard) {
        await this.#lapse();
        continue;
      }
      if (ticked >= mostTicks && Date.now() > end) return;
      await this.#lookSoon();
      await ticks.of(this.#history.gateway);
      ticked += 1;
    }
  }

  async #isHeard(): Promise<boolean> {
    const there = await this.#edge.chargesOf((await this.#order()).order);
    const charges = await chargesOf(this.#world.owner.em, { id: this.#id });
    return unheard(there, { charges }).length === 0;
  }

  /** The payment waits or is closed, every refund of it is closed, the subscription has nothing to do. */
  async #restful(): Promise<void> {
    const { order } = await this.#patiently(() => this.#order());
    const there = await this.#edge.chargesOf(order);
    const refund = workflowIds.refund(this.#id);
    const refunds = [refund, ...there.map(({ reference }) => `${refund}:${reference}`)];
    const rest = async () => {
      for (const id of refunds) {
        const standing = await standingOf(this.#handle(id));
        // A refund that the gateway is at is asked about every minute.
        if (standing.kind === "waits") await this.#pass(id, minuteMs + secondMs);
        if (standing.kind !== "closed") throw new Error(`${id} is not closed`);
      }
      for (const id of [workflowIds.payment(this.#id), this.#subscription]) {
        const standing = await standingOf(this.#handle(id));
        if (standing.kind === "busy") throw new Stuck(id, standing.at);
      }
    };
    await eventually(rest, stuckMs, lookMs).catch(async (error: unknown) => {
      if (!(error instanceof Stuck)) throw error;
      throw new Error(`${error.message}; ${await troublesOf(this.#handle(error.id))}`);
    });
  }

  #handle(workflowId: string) {
    return this.#world.temporal.client.workflow.getHandle(workflowId);
  }

  /** Moves a workflow on unless it is closed, or closes meanwhile. */
  async #pass(workflowId: string, ms: number): Promise<void> {
    const { connection, namespace } = this.#world.temporal;
    await this.#patiently(async () => {
      if ((await standingOf(this.#handle(workflowId))).kind === "closed") return;
      await advance(connection, namespace, { workflowId, ms });
    });
  }

  /** Whatever is away comes back. */
  #patiently<Result>(attempt: () => Promise<Result>): Promise<Result> {
    return eventually(attempt, 120_000, lookMs);
  }
}
