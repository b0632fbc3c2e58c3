import { sql } from "kysely";
import {
  type SubscriptionId,
  subscriptionId,
  type TelegramId,
  telegramId,
} from "../../../domain/ids.ts";
import {
  type Customer,
  displayName,
  type Language,
  type Role,
} from "../../../domain/people/customer.ts";
import { signupApprovalId } from "../../../domain/people/approval.ts";
import { addMs, type Instant, instant } from "../../../domain/time.ts";
import { allowanceAt } from "../../../domain/access/allowance.ts";
import type { ShopClock } from "../../../domain/access/limit-period.ts";
import { deviceLimitAt } from "../../../domain/access/device-rights.ts";
import { allowanceColumns, allowanceOf } from "../../access/allowances.ts";
import { listExtraDevices } from "../../access/device-rights.ts";
import { reapplyPauseName } from "../../operations/shop-defaults.ts";
import { type EntityManager, queriesOf } from "../../orm.ts";
import { customerOf, findCustomer } from "../../people/customers.ts";
import type { ReadCache } from "../../read-cache.ts";

/** A subscription as its owner sees it: who may connect now is read from the database. */
export interface SubscriptionSummary {
  readonly id: SubscriptionId;
  /** By which its customer knows it, from 1. */
  readonly number: number;
  /** An admin has ended it. */
  readonly isRevoked: boolean;
  /** Its plan's code, and the plan's names; undefined: it has none that is sold. */
  readonly plan: string;
  readonly planNames: Readonly<Record<Language, string>> | undefined;
  readonly paidUntil: Instant | null;
  /** How many devices it may have now: its plan's, and those bought beside. */
  readonly deviceLimit: number;
  /** Until when each bought device lasts, also those that have ended. */
  readonly extraDevices: readonly Instant[];
}

/** How much of the plan's traffic is used. */
export interface TrafficUse {
  readonly limitBytes: number;
  readonly usedBytes: number;
  /** When the plan's traffic begins anew; undefined: with a purchase. */
  readonly endsAt?: Instant;
  /** When what is left of packs ends; undefined: once it is used up. */
  readonly packsEndAt?: Instant;
}

/** A customer by number and by their first and last name in one line. */
export interface CustomerName {
  readonly telegramId: TelegramId;
  readonly name: string;
}

/**
 * Customers and their subscriptions, for the entry points:
 * read only, cached where a chat asks often.
 */
export class CustomerQueries {
  readonly #em: EntityManager;
  readonly #cache: ReadCache;

  constructor(em: EntityManager, cache: ReadCache) {
    this.#em = em;
    this.#cache = cache;
  }

  /** A customer, cached; undefined: this person is not registered. */
  find(of: TelegramId): Promise<Customer | undefined> {
    return this.#cache.readThrough(of, "customer", async () => {
      const row = await findCustomer(queriesOf(this.#em), of);
      return row && customerOf(row);
    });
  }

  /** All of a person's subscriptions by their numbers, cached. One that never had time is not one. */
  async listSubscriptions(
    of: TelegramId,
    now = instant(new Date()),
  ): Promise<SubscriptionSummary[]> {
    const cached = await this.#listCached(of);
    return (cached ?? []).map(({ planLimit, ...summary }) => {
      return { ...summary, deviceLimit: deviceLimitAt(planLimit, summary.extraDevices, now) };
    });
  }

  #listCached(of: TelegramId) {
    return this.#cache.readThrough(of, "subscriptions", async () => {
      const db = queriesOf(this.#em);
      const rows = await db
        .selectFrom("subscriptions as s")
        .innerJoin("customers as c", "c.id", "s.customerId")
        .leftJoin("plans as p", (join) =>
          join.onRef("p.code", "=", "s.plan").onRef("p.version", "=", "s.planVersion"),
        )
        .select(["s.id", "s.number", "s.plan", "p.names", "s.revokedAt"])
        .select(["s.paidUntil", "s.deviceLimit as planLimit"])
        .where("c.telegramId", "=", of as number)
        .where("s.number", "is not", null)
        .orderBy("s.number")
        .execute();
      if (rows.length === 0) return undefined;
      return Promise.all(
        rows.map(async ({ id, number, plan, names, revokedAt, paidUntil, planLimit }) => ({
          id: subscriptionId(id),
          number: number ?? 0,
          isRevoked: revokedAt !== null,
          plan,
          planNames: names ?? undefined,
          paidUntil: paidUntil === null ? null : instant(paidUntil),
          planLimit,
          extraDevices: await listExtraDevices(db, id),
        })),
      );
    });
  }

  /** Undefined: the traffic is not limited. */
  async findTrafficUse(of: SubscriptionId, clock: ShopClock): Promise<TrafficUse | undefined> {
    const row = await queriesOf(this.#em)
      .selectFrom("subscriptions")
      .select(allowanceColumns)
      .where("id", "=", of as string)
      .executeTakeFirst();
    if (!row || row.trafficLimitBytes === null) return undefined;
    const allowance = allowanceAt(allowanceOf(row), row.movedBytes, clock);
    const { limitBytes = 0, baseBytes, period } = allowance;
    const usedBytes = row.movedBytes - baseBytes;
    if (period === undefined) return { limitBytes, usedBytes };
    const { endsAt, packsEnd } = period;
    const packs = packsEnd === "period" ? { packsEndAt: endsAt } : {};
    return { limitBytes, usedBytes, endsAt, ...packs };
  }

  /** The shop's people who have pressed Start. */
  async listStaff(): Promise<{ readonly telegramId: TelegramId; readonly role: Role }[]> {
    const rows = await queriesOf(this.#em)
      .selectFrom("customers")
      .select(["telegramId", "role"])
      .where("role", "<>", "customer")
      .orderBy("telegramId")
      .execute();
    return rows.map(({ role, ...row }) => ({ telegramId: telegramId(row.telegramId), role }));
  }

  /**
   * Whether admins are asked, now, to let this person in; also where their last decision was undone,
   * and they are about to be asked again.
   */
  async isWaiting(of: TelegramId): Promise<boolean> {
    const row = await queriesOf(this.#em)
      .selectFrom("approvals")
      .select(["state", "undoneAt"])
      .where("approvalId", "=", signupApprovalId(of) as string)
      .orderBy("askedAt", "desc")
      .limit(1)
      .executeTakeFirst();
    return row?.state === "open" || (row !== undefined && row.undoneAt !== null);
  }

  /** When a rejected person may ask again; undefined: the worker has not said how long that takes. */
  async findMayAskAgainAt({ rejectedAt }: Customer): Promise<Instant | undefined> {
    const row = await queriesOf(this.#em)
      .selectFrom("settings")
      .select("value")
      .where("name", "=", reapplyPauseName)
      .executeTakeFirst();
    return rejectedAt && row && addMs(rejectedAt, Number(row.value));
  }

  /** How many customers came by this person's invitation. */
  async countInvited(by: TelegramId): Promise<number> {
    const { count } = await queriesOf(this.#em)
      .selectFrom("customers as c")
      .innerJoin("customers as r", "r.id", "c.referrerId")
      .select((of) => of.fn.countAll<number>().as("count"))
      .where("r.telegramId", "=", by as number)
      .where("c.status", "=", "active")
      .executeTakeFirstOrThrow();
    return count;
  }

  /** Who invited this person; undefined: nobody. */
  async findInviter(of: TelegramId): Promise<CustomerName | undefined> {
    const row = await queriesOf(this.#em)
      .selectFrom("customers as c")
      .innerJoin("customers as r", "r.id", "c.referrerId")
      .select(["r.telegramId", "r.firstName", "r.lastName"])
      .where("c.telegramId", "=", of as number)
      .executeTakeFirst();
    return row && nameOf(row);
  }

  /** Customers by Telegram id, @username or a part of the name, the newest first. */
  async search(text: string, limit = 8): Promise<CustomerName[]> {
    const words = text.trim().replace(/^@/u, "");
    const rows = await queriesOf(this.#em)
      .selectFrom("customers")
      .select(["telegramId", "firstName", "lastName"])
      .where(
        // Conditions on expressions of columns are shorter in SQL than by the builder.
        sql<boolean>`telegram_id::text = ${words} or lower(username) = lower(${words})
          or strpos(lower(first_name || ' ' || coalesce(last_name, '')), lower(${words})) > 0`,
      )
      .orderBy("createdAt", "desc")
      .limit(limit)
      .execute();
    return rows.map(nameOf);
  }
}

/** A person's name in a list. */
export const nameOf = (row: {
  readonly telegramId: number;
  readonly firstName: string;
  readonly lastName: string | null;
}): CustomerName => ({
  telegramId: telegramId(row.telegramId),
  name: displayName({ firstName: row.firstName, lastName: row.lastName ?? undefined }),
});
