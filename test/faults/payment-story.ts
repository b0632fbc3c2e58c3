import { setTimeout as delay } from "node:timers/promises";
import { queriesOf } from "../../db/orm.ts";
import { Payments } from "../../db/payments.ts";
import { balanceGateway, type PaymentId } from "../../domain/payment.ts";
import { instant } from "../../domain/time.ts";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { workflowIds } from "../../workflows/contract.ts";
import { eventually } from "../support/eventually.ts";
import { standingOf, troublesOf } from "../support/standing.ts";
import { ask } from "./edges/control.ts";
import type { ChargeThere } from "./edges/edge.ts";
import { Acts, lookMs, patiently, stuckMs } from "./payment-acts.ts";
import { booksOf, refundsOf } from "./payment-books.ts";
import type { History } from "./payment-history.ts";
import { complaints, unheard } from "./payment-model.ts";
import type { World } from "./payment-world.ts";
import type { Finding } from "./rights.ts";

class Stuck extends Error {
  readonly id: string;

  constructor(id: string, at: string) {
    super(`${id} is busy: ${at}`);
    this.id = id;
  }
}

/** One history, played: a customer, their purchases, everything that befalls them, and how it ends. */
export class Story {
  readonly #world: World;
  readonly #history: History;
  readonly #acts: Acts;
  readonly #beganMs = Date.now();

  constructor(world: World, history: History) {
    this.#world = world;
    this.#history = history;
    this.#acts = new Acts(world, history);
  }

  /** Plays it to the end, and until nothing about it moves any more. */
  async play(patienceMs: number): Promise<void> {
    await this.#acts.begin();
    for (const step of this.#history.steps) {
      await this.#acts.act(step);
      await delay(step.thenMs);
    }
    await this.#world.chaos.calm();
    await this.#comeToRest(Date.now() + patienceMs);
  }

  /** All that is wrong now, with what the audit found about it. */
  async complaints(audited: readonly Finding[]): Promise<string[]> {
    const { owner, chaos, post, telegramUrl } = this.#world;
    const [there, books] = await Promise.all([this.#there(), booksOf(owner.em, this.#acts.person)]);
    const url = `${telegramUrl}/person/${this.#acts.person}/chat?after=0`;
    const chat = await ask<Message[]>(url, undefined, "GET");
    const kills = (["worker", "database"] as const).map((part) =>
      chaos.deathsSince(part, this.#beganMs),
    );
    const facts = {
      history: this.#history,
      kind: this.#acts.edge.kind,
      there,
      chat: chat.filter(({ from }) => from?.is_bot).map(({ message_id }) => message_id),
      kills: kills.reduce((all, some) => all + some, 0),
      now: instant(new Date()),
    };
    const { id, customerId } = this.#acts.ref;
    const references = [...there.values()].flat().map(({ reference }) => reference);
    const names = [...this.#acts.payments, id, customerId, ...references];
    const mine = audited.filter(({ about }) => names.some((name) => about.includes(name)));
    const refused = post.refused.filter((text) =>
      this.#acts.payments.some((id) => text.includes(id)),
    );
    return [
      ...complaints(facts, books),
      ...mine.map(({ details }) => details),
      ...refused.map((text) => `the api would not have a genuine message: ${text}`),
    ];
  }

  /**
   * Delivers what is left of the mail, has the gateway read until the books know all that it knows, lets open
   * invoices lapse, and waits until nothing of the customer's is under way.
   */
  async #comeToRest(endMs: number): Promise<void> {
    const { post } = this.#world;
    for (;;) {
      for (const id of this.#acts.payments) await post.empty(id);
      await this.#restful();
      const { open, isHeard } = await patiently(() => this.#whatIsLeft());
      if (isHeard && open.length === 0) break;
      if (Date.now() > endMs) break;
      if (isHeard) for (const id of open) await this.#acts.lapse(id);
      await this.#acts.lookSoon();
      await delay(lookMs);
    }
    await eventually(
      () => this.#nothingWaits(),
      Math.max(lookMs, endMs - Date.now()),
      lookMs,
    ).catch(() => undefined);
  }

  async #whatIsLeft(): Promise<{ open: readonly PaymentId[]; isHeard: boolean }> {
    const [there, books] = await Promise.all([
      this.#there(),
      booksOf(this.#world.owner.em, this.#acts.person),
    ]);
    const open = books.payments.filter(({ state }) => state === "open");
    const isAside = await this.#world.isAside(this.#acts.payments);
    return {
      open: open.map(({ id }) => id as PaymentId),
      isHeard: unheard(there, books).length === 0 && !isAside,
    };
  }

  /** By the gateway's own records. */
  async #there(): Promise<Map<string, readonly ChargeThere[]>> {
    const { owner } = this.#world;
    const refunds = await refundsOf(queriesOf(owner.em.fork()), this.#acts.payments);
    const refunded = new Map(refunds.map(({ requestId, reference }) => [requestId, reference]));
    const there = new Map<string, readonly ChargeThere[]>();
    for (const id of this.#acts.payments) {
      const order = (await new Payments(owner.em).find(id))?.order;
      if (order === undefined || order.gateway === balanceGateway) continue;
      there.set(id, await this.#acts.edge.chargesOf(order, refunded));
    }
    return there;
  }

  async #nothingWaits(): Promise<void> {
    const { messages } = await booksOf(this.#world.owner.em, this.#acts.person);
    const waiting = messages.filter(({ state }) => state === "waiting");
    if (waiting.length > 0) throw new Error(`${waiting.length} messages wait`);
  }

  /** Payments wait or are closed, refunds of them are closed, the subscription has nothing to do. */
  async #restful(): Promise<void> {
    const rest = async () => {
      const refunds = await refundsOf(queriesOf(this.#world.owner.em.fork()), this.#acts.payments);
      for (const { requestId, state } of refunds) {
        if (state !== "asked" && state !== "approved") continue;
        // A refund that the gateway is at is asked about every minute.
        await this.#acts
          .handle(workflowIds.refund(requestId))
          .signal("checkNow")
          .catch(() => undefined);
        throw new Error(`refund ${requestId} is ${state}`);
      }
      const calendar = workflowIds.subscription(this.#acts.ref.id);
      for (const id of [...this.#acts.payments.map(workflowIds.payment), calendar]) {
        const standing = await standingOf(this.#acts.handle(id));
        if (standing.kind === "busy") throw new Stuck(id, standing.at);
      }
    };
    await eventually(rest, stuckMs, lookMs).catch(async (error: unknown) => {
      if (!(error instanceof Stuck)) throw error;
      throw new Error(`${error.message}; ${await troublesOf(this.#acts.handle(error.id))}`);
    });
  }
}
