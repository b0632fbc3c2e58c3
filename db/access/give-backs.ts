import { needsWaking } from "../../domain/access/calendar.ts";
import {
  type GiveBackRef,
  type GiveBackStep,
  givenAtOnce,
  isRefunded,
  lostMs,
  type Span,
} from "../../domain/access/maintenance.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { customerId, type SubscriptionId, subscriptionId, telegramId } from "../../domain/ids.ts";
import { noticeTo, type OutgoingMessage } from "../../domain/messaging/message.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { countAll } from "../expressions.ts";
import { enqueue } from "../messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries } from "../orm.ts";
import { notifyAdmins } from "../people/admin-notices.ts";
import { anyId } from "../prepared.ts";
import { countGiven, selectConcerned } from "../queries/access/maintenances.ts";
import { insertRows } from "../rows.ts";
import { writeTogether } from "../together.ts";
import { allowanceColumns } from "./allowances.ts";
import { enterTime, loadTime } from "./time-lots.ts";

/** What a step of a give-back has done. */
export interface GivenBack {
  readonly step: GiveBackStep;
  /** Those to whom it gave something. */
  readonly given: readonly SubscriptionRef[];
}

/** Gives time back that maintenances have cost, step by step. */
export class GiveBacks {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Gives the next subscriptions what a maintenance has cost them, each once, in one transaction with
   * what they are told. `woken` are those of earlier steps whose calendars were woken. It may run
   * twice: what was given is in the books, and who is not woken yet is named again.
   */
  takeStep(ref: GiveBackRef, woken: readonly SubscriptionId[], now: Instant): Promise<GivenBack> {
    return inTransaction(this.#em, async (db) => {
      const maintenance = await lockMaintenance(db, ref.maintenanceId);
      if (woken.length > 0) await recordWoken(db, ref, woken);
      const step = new Step(db, { ref, maintenance, now });
      const given = maintenance.giveBack === "running" ? await step.giveNext() : [];
      return { step: await step.report(), given };
    });
  }
}

/** @throws Error when there is no such maintenance, or it lasts. */
async function lockMaintenance(db: Queries, id: string) {
  const { endedAt, startedAt, ...row } = await db
    .selectFrom("host_maintenances")
    .select(["hostId", "startedAt", "endedAt", "giveBack"])
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (endedAt === null) throw new Error(`the maintenance ${id} lasts`);
  return { ...row, startedAt: instant(startedAt), endedAt: instant(endedAt) };
}

const recordWoken = (db: Queries, { maintenanceId }: GiveBackRef, ids: readonly string[]) =>
  db
    .updateTable("give_backs")
    .set({ wakes: false })
    .where("maintenanceId", "=", maintenanceId)
    .where("subscriptionId", "=", anyId(ids))
    .execute();

interface StepContext {
  readonly ref: GiveBackRef;
  readonly maintenance: Awaited<ReturnType<typeof lockMaintenance>>;
  readonly now: Instant;
}

/** A subscription that is concerned. */
interface Concerned {
  readonly id: string;
  readonly span: Span;
}

/** One step in its transaction. */
class Step {
  readonly #db: Queries;
  readonly #context: StepContext;

  constructor(db: Queries, context: StepContext) {
    this.#db = db;
    this.#context = context;
  }

  async giveNext(): Promise<readonly SubscriptionRef[]> {
    const concerned = await this.#listNext();
    const ids = concerned.map(({ id }) => id);
    const locked = new Map((await lockAll(this.#db, ids)).map((row) => [row.id, row]));
    const givenFor = await this.#listGiven(ids);
    const given: SubscriptionRef[] = [];
    const messages: OutgoingMessage[] = [];
    const rows = [];
    for (const { id, span } of concerned) {
      const row = locked.get(id);
      if (row === undefined) continue;
      const got = await this.#give(row, { span, givenFor: givenFor.get(id) ?? [] });
      const at = { fromAt: new Date(span.from), toAt: new Date(span.to) };
      const about = { maintenanceId: this.#context.ref.maintenanceId, subscriptionId: id };
      rows.push({ ...about, ...at, ms: got?.ms ?? 0, wakes: got?.wakes ?? false });
      if (got === undefined) continue;
      given.push(refOf(row));
      messages.push(this.#message(refOf(row), got));
    }
    if (rows.length > 0) await insertRows(this.#db, "give_backs", rows).execute();
    await enqueue(this.#db, messages);
    return given;
  }

  /** Undefined: it gets nothing. */
  async #give(row: LockedRow, about: { readonly span: Span; readonly givenFor: readonly Span[] }) {
    const { now, ref } = this.#context;
    if (row.revokedAt !== null || row.status === "blocked") return undefined;
    const known = await loadTime(this.#db, row.id);
    const ms = isRefunded(known) ? 0 : Math.round(lostMs(known, about));
    if (ms === 0) return undefined;
    const cause = `maintenance/${ref.maintenanceId}/${row.id}`;
    const entry = { kind: "maintenance", cause, ms, at: now } as const;
    const time = { known, entries: [entry], plan: undefined, zone: "UTC" };
    const { booked, writes } = enterTime(row, time);
    await writeTogether(this.#db, writes);
    const before = row.paidUntil === null ? undefined : instant(row.paidUntil);
    const wakes = needsWaking(before, booked.changedMs, now);
    return { ms, wakes, until: booked.account.paidUntil ?? now };
  }

  #message(
    { id, telegramId: to }: SubscriptionRef,
    { ms, until }: { readonly ms: number; readonly until: Instant },
  ): OutgoingMessage {
    const key = `give-back/${this.#context.ref.maintenanceId}/${id}`;
    return { ...noticeTo(to, key, { kind: "timeGivenBack", ms, until }, id), isBulk: true };
  }

  /** What there is to do yet; where that is nothing, the give-back ends, and admins are told once. */
  async report(): Promise<GiveBackStep> {
    const { ref, maintenance } = this.#context;
    const done = await countGiven(this.#db, ref.maintenanceId);
    if (maintenance.giveBack === "done") return { kind: "ended", ...done };
    const left = await this.#countLeft();
    const wake = await this.#listSleeping();
    if (left > 0 || wake.length > 0) return { kind: "giving", ...done, left, wake };
    await this.#db
      .updateTable("host_maintenances")
      .set({ giveBack: "done" })
      .where("id", "=", ref.maintenanceId)
      .execute();
    const notice = { kind: "timeGivenBack", host: ref.host, given: done.given } as const;
    await notifyAdmins(this.#db, `give-back-done/${ref.maintenanceId}`, notice);
    return { kind: "ended", ...done };
  }

  #selectLeft() {
    const { ref, maintenance } = this.#context;
    return this.#db
      .selectFrom(selectConcerned(this.#db, maintenance).as("all"))
      .where((of) =>
        of.not(
          of.exists(
            of
              .selectFrom("give_backs as g")
              .select("g.subscriptionId")
              .where("g.maintenanceId", "=", ref.maintenanceId)
              .whereRef("g.subscriptionId", "=", "all.about"),
          ),
        ),
      );
  }

  async #listNext(): Promise<Concerned[]> {
    const rows = await this.#selectLeft()
      .select(["all.about", "all.begins", "all.ends"])
      .orderBy("all.about")
      .limit(givenAtOnce)
      .execute();
    return rows.map(({ about, begins, ends }) => {
      return { id: about, span: { from: instant(begins), to: instant(ends) } };
    });
  }

  async #countLeft(): Promise<number> {
    const { left } = await this.#selectLeft().select(countAll.as("left")).executeTakeFirstOrThrow();
    return left;
  }

  async #listGiven(ids: readonly string[]): Promise<Map<string, Span[]>> {
    const rows = await this.#db
      .selectFrom("give_backs")
      .select(["subscriptionId", "fromAt", "toAt"])
      .where("subscriptionId", "=", anyId(ids))
      .where("ms", ">", 0)
      .execute();
    const bySubscription = Map.groupBy(rows, ({ subscriptionId: id }) => id);
    return new Map(
      [...bySubscription].map(([id, own]) => [
        id,
        own.map(({ fromAt, toAt }) => ({ from: instant(fromAt), to: instant(toAt) })),
      ]),
    );
  }

  async #listSleeping(): Promise<SubscriptionRef[]> {
    const rows = await this.#db
      .selectFrom("give_backs as g")
      .innerJoin("subscriptions as s", "s.id", "g.subscriptionId")
      .innerJoin("customers as c", "c.id", "s.customerId")
      .select(["s.id", "s.customerId", "c.telegramId"])
      .where("g.maintenanceId", "=", this.#context.ref.maintenanceId)
      .where("g.wakes", "=", true)
      .orderBy("s.id")
      .limit(givenAtOnce)
      .execute();
    return rows.map(refOf);
  }
}

const refOf = (row: Pick<LockedRow, "id" | "customerId" | "telegramId">): SubscriptionRef => ({
  id: subscriptionId(row.id),
  customerId: customerId(row.customerId),
  telegramId: telegramId(row.telegramId),
});

type LockedRow = Awaited<ReturnType<typeof lockAll>>[number];

/** Locks customers, then their subscriptions, each in one order, as everybody does. */
async function lockAll(db: Queries, ids: readonly string[]) {
  await db
    .selectFrom("customers as c")
    .select("c.id")
    .where("c.id", "in", (of) =>
      of.selectFrom("subscriptions as s").select("s.customerId").where("s.id", "=", anyId(ids)),
    )
    .orderBy("c.id")
    .forUpdate()
    .execute();
  return db
    .selectFrom("subscriptions as s")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .select(["s.id", "s.plan", "s.planVersion", "s.deviceLimit", "s.paidUntil", "s.revokedAt"])
    .select(["s.customerId", "c.telegramId", "c.status"])
    .select(allowanceColumns)
    .where("s.id", "=", anyId(ids))
    .orderBy("s.id")
    .forUpdate("s")
    .execute();
}
