import { expect } from "vitest";
import { type SubscriptionId, telegramId } from "../../domain/ids.ts";
import { dayMs, hourMs } from "../../domain/time.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import type { Deployment } from "./deployment.ts";
import { eventually } from "./eventually.ts";
import { subscriptionsOf } from "./subscriptions.ts";
import type { TestApp } from "./test-app.ts";
import { TestCustomer } from "./test-customer.ts";
import { advance } from "./time-skipping.ts";

const gb = 2 ** 30;

/**
 * What a subscription was promised: written from what was bought and moved, and never read from
 * the books. Moments are in milliseconds since 1970.
 */
export interface Life {
  readonly customer: TestCustomer;
  readonly of: SubscriptionId;
  /** A month with three days of grace, or a small one with 5 GB for each month of the calendar. */
  readonly plan: "month" | "small";
  endMs: number;
  graceMs: number;
  /** It renews itself a day before its end. */
  isRenewed: boolean;
  /** Its owner pays ten days before its end. */
  pays: boolean;
  /** What has been moved in which month, in gigabytes. */
  used: Record<string, number>;
  /** How often the traffic was used up. */
  cuts: number;
}

/** Where a device is: the host's name and the identity there. */
export interface Place {
  readonly host: string;
  readonly identity: string;
  /** It has moved: its old key works until the new one is used. */
  readonly is_old: boolean;
}

/** Subscriptions that are lived through together, on one clock with their hosts. */
export class Lives {
  readonly all: Life[] = [];
  readonly #app: TestApp;
  readonly #deployment: Deployment;
  readonly #zone: string;

  constructor(app: TestApp, deployment: Deployment, zone: string) {
    this.#app = app;
    this.#deployment = deployment;
    this.#zone = zone;
  }

  /** The clock that all have. */
  get nowMs(): number {
    return this.#app.now().getTime();
  }

  /** A new customer with a trial, who buys the plan at once. */
  async begin(plan: Life["plan"]): Promise<Life> {
    const person = await this.#app.customer();
    const [of] = await subscriptionsOf(this.#app.books.em, telegramId(person.id));
    const customer = new TestCustomer(this.#app, person);
    const life = this.#add({ customer, of: of!, plan, pays: true });
    life.endMs += 3 * dayMs;
    await this.buy(life);
    return life;
  }

  /** A second subscription of the same customer, for which nobody pays by hand. */
  async beginAnother({ customer }: Life): Promise<Life> {
    const order = await customer.order({ plan: "month", subscription: "new" });
    await customer.pay(order);
    await customer.waitForEnd(order.id);
    const life = this.#add({ customer, of: order.subscriptionId, plan: "month", pays: false });
    return this.#extend(life);
  }

  #add(given: Pick<Life, "customer" | "of" | "plan" | "pays">): Life {
    const life = { ...given, isRenewed: false, endMs: this.nowMs, graceMs: 0, used: {}, cuts: 0 };
    this.all.push(life);
    return life;
  }

  /** Its owner pays for 30 days. */
  async buy(life: Life): Promise<void> {
    const { customer, of, plan } = life;
    const order = await customer.order({ plan, subscription: of });
    await customer.pay(order);
    await customer.waitForEnd(order.id);
    this.#extend(life);
  }

  #extend(life: Life): Life {
    life.endMs = Math.max(life.endMs, this.nowMs) + 30 * dayMs;
    life.graceMs = life.plan === "month" ? 3 * dayMs : 0;
    // Who buys after the traffic is used up has it whole again, until the end of the month.
    if (this.#isUsedUp(life)) life.used[this.#month()] = 0;
    return life;
  }

  /** The devices of a subscription. */
  placesOf({ of }: Life): Promise<Place[]> {
    return this.#app.rows<Place>(
      `select h.name as host, a.identity, a.retired_at is not null as is_old
         from accesses a join hosts h on h.id = a.host_id
        where a.subscription_id = ? and a.removed_at is null order by a.created_at, a.id`,
      [of],
    );
  }

  /** Whether a key gets through its host. */
  isLetIn({ host, identity }: Place): Promise<boolean> {
    return this.#deployment.hosts[host]!.isLetIn(identity);
  }

  /** Its owner moves so many gigabytes, where they get through; resolves once that was read. */
  async move(life: Life, amount: number): Promise<void> {
    if (!this.#isPromised(life)) return;
    const place = (await this.placesOf(life)).at(-1)!;
    const before = await this.#movedBytes(life);
    await this.#deployment.hosts[place.host]!.carry(place.identity, amount * gb);
    await eventually(async () => expect(await this.#movedBytes(life)).toBe(before + amount * gb));
    const month = this.#month();
    life.used[month] = (life.used[month] ?? 0) + amount;
    if (this.#isUsedUp(life)) life.cuts += 1;
  }

  #isUsedUp({ plan, used }: Life): boolean {
    return plan === "small" && (used[this.#month()] ?? 0) >= 5;
  }

  async #movedBytes({ of }: Life): Promise<number> {
    const [row] = await this.#app.rows<{ moved: string }>(
      "select moved_bytes as moved from subscriptions where id = ?",
      [of],
    );
    return Number(row?.moved);
  }

  /** Time goes on, and whoever pays does so; `between` happens at each stop, at least every ten days. */
  async liveUntil(endMs: number, between?: () => Promise<void>): Promise<void> {
    while (this.nowMs < endMs) {
      const renewed = this.all.filter(({ isRenewed }) => isRenewed);
      const renewals = renewed.map((life) => life.endMs - 12 * hourMs);
      const stops = [this.nowMs + 10 * dayMs, endMs, ...renewals];
      await this.elapse(Math.min(...stops.filter((at) => at > this.nowMs)) - this.nowMs);
      for (const life of this.all) {
        if (life.pays && life.endMs - this.nowMs <= 10 * dayMs) await this.buy(life);
      }
      await between?.();
      await this.expectPromisesKept();
    }
  }

  /** Time goes on, for hosts, books and calendars alike. */
  async elapse(ms: number): Promise<void> {
    const { connection, namespace } = this.#app;
    await this.#deployment.advance(ms);
    await this.#app.elapse(ms);
    const calendars = this.all.map(({ of }) => workflowIds.subscription(of));
    await Promise.all(
      calendars.map((workflowId) => advance(connection, namespace, { workflowId, ms })),
    );
    for (const life of this.all) {
      if (life.isRenewed && life.endMs - this.nowMs < dayMs) this.#extend(life);
    }
  }

  /** Each host lets in whom the promise lets in, and nobody else of them. */
  async expectPromisesKept(): Promise<void> {
    await eventually(async () => {
      for (const life of this.all) {
        const places = (await this.placesOf(life)).filter(({ is_old: isOld }) => !isOld);
        const [{ host } = { host: "nowhere" }] = places;
        const about = `${host}, ${this.#app.now().toISOString()}: ${JSON.stringify(life.used)}`;
        const end = new Date(life.endMs).toISOString();
        const isIn = await Promise.all(places.map((place) => this.isLetIn(place)));
        expect({ about, end, isIn }).toEqual({ about, end, isIn: [this.#isPromised(life)] });
      }
    });
  }

  #isPromised(life: Life): boolean {
    return this.nowMs < life.endMs + life.graceMs && !this.#isUsedUp(life);
  }

  #month(): string {
    const parts = { timeZone: this.#zone, year: "numeric", month: "2-digit" } as const;
    return new Intl.DateTimeFormat("en-CA", parts).format(this.#app.now());
  }
}
