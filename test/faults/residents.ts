import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { actOnCustomer } from "../../client/people.ts";
import { queriesOf } from "../../db/orm.ts";
import { type TelegramId, telegramId } from "../../domain/ids.ts";
import { secondMs } from "../../domain/time.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { otherHostName } from "../drivers/processes.ts";
import { readWorkflowState } from "../drivers/workflow-state.ts";
import { becomeCustomer } from "./newcomer.ts";
import { adminId, type ProductFixture } from "./product-fixture.ts";

const settleMs = 60_000;
/** Within this time a dead host is known to be away. */
const awayMs = 60_000;
const actEveryMs = 20 * secondMs;
const trialDays = 30;
let lastResident = 900_000;

/**
 * Customers whose devices were on a host before it died,
 * and the acts of admins on them while it is dead.
 */
export class Residents {
  readonly #fixture: ProductFixture;
  readonly #people: readonly TelegramId[];
  readonly #acts: string[] = [];

  /**
   * Creates customers; resolves, with those on the other host, when each has a device on its host.
   */
  static async settle(fixture: ProductFixture, count: number): Promise<Residents> {
    const people = Array.from({ length: count }, () => telegramId((lastResident += 1)));
    await Promise.all(people.map((person) => becomeCustomer(fixture, person, trialDays)));
    const settled = new Residents(fixture, people);
    await eventually(
      async () => expect(await settled.#listOnHosts()).toHaveLength(count),
      settleMs,
      200,
    );
    const elsewhere = await settled.#listOnHosts(otherHostName);
    return new Residents(fixture, elsewhere);
  }

  private constructor(fixture: ProductFixture, people: readonly TelegramId[]) {
    this.#fixture = fixture;
    this.#people = people;
    if (people.length === 0) throw new Error(`nobody was placed on ${otherHostName}`);
  }

  get acts(): number {
    return this.#acts.length;
  }

  /** Waits until the product knows that the other host is away. */
  async waitUntilAway(): Promise<void> {
    await eventually(
      async () => {
        const row = await queriesOf(this.#fixture.owner.em.fork())
          .selectFrom("hosts")
          .select("awaySince")
          .where("name", "=", otherHostName)
          .executeTakeFirstOrThrow();
        expect(row.awaySince).not.toBeNull();
      },
      awayMs,
      200,
    );
  }

  /**
   * Blocks and unblocks one customer after the other until `endMs`: the books follow at once, and
   * each time the admin is notified that the act waits for the host.
   */
  async actUntil(endMs: number): Promise<void> {
    for (let turn = 0; Date.now() < endMs; turn += 1) {
      const kind = turn % 2 === 0 ? "block" : "unblock";
      const customer = this.#people[Math.floor(turn / 2) % this.#people.length]!;
      const requestId = randomUUID();
      const request = { requestId, by: telegramId(adminId), act: { customer, kind } } as const;
      await actOnCustomer(this.#fixture.client, request);
      this.#acts.push(requestId);
      await eventually(() => this.#checkBooked(requestId, customer, kind), settleMs, 200);
      await delay(Math.min(actEveryMs, Math.max(0, endMs - Date.now())));
    }
  }

  /** @throws Error while an act waits for its host. */
  async checkAllDone(): Promise<void> {
    const { client } = this.#fixture.temporal;
    for (const id of this.#acts) {
      const act = client.workflow.getHandle(workflowIds.adminAct(id));
      if ((await readWorkflowState(act)).kind === "closed") continue;
      await act.signal("checkNow").catch(() => undefined);
      throw new Error(`the act ${id} waits`);
    }
  }

  async #checkBooked(requestId: string, of: TelegramId, kind: "block" | "unblock"): Promise<void> {
    const db = queriesOf(this.#fixture.owner.em.fork());
    const { status } = await db
      .selectFrom("customers")
      .select("status")
      .where("telegramId", "=", of as number)
      .executeTakeFirstOrThrow();
    expect(status === "blocked").toBe(kind === "block");
    // A customer who is unblocked before the host got the block needs nothing of the host: any
    // message will do. It need not be sent yet: all histories have one admin, whose chat takes one
    // message a second.
    const message = await db
      .selectFrom("messages")
      .select("key")
      .where("key", "like", `act/${requestId}/${kind === "block" ? "actWaits" : "%"}`)
      .executeTakeFirst();
    expect(message).toBeDefined();
  }

  /** The customers whose devices are on their host, or on the host of this name. */
  async #listOnHosts(name?: string): Promise<TelegramId[]> {
    const rows = await queriesOf(this.#fixture.owner.em.fork())
      .selectFrom("accesses as a")
      .innerJoin("hosts as h", "h.id", "a.hostId")
      .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
      .innerJoin("customers as c", "c.id", "s.customerId")
      .select(["c.telegramId", "h.name"])
      .where("a.givenAt", "is not", null)
      .execute();
    const mine = new Set<number>(this.#people);
    return rows
      .filter((row) => mine.has(row.telegramId) && (name === undefined || row.name === name))
      .map((row) => telegramId(row.telegramId));
  }
}
