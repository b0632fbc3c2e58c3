import { v7 } from "uuid";
import { customerId, type TelegramId, telegramId } from "../../domain/ids.ts";
import type { OutgoingMessage } from "../../domain/messaging/message.ts";
import {
  type Customer,
  type Language,
  languageOf,
  namesOf,
  type Profile,
  type Role,
  roleIn,
  type Staff,
  staffRoles,
} from "../../domain/people/customer.ts";
import { isStaff, mayDo, type Permission, rolesWith } from "../../domain/people/permissions.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { enqueue } from "../messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries, queriesOf } from "../orm.ts";
import { anyNumber } from "../prepared.ts";

/** The query of customers, to be narrowed by the caller. */
export const selectCustomers = (db: Queries) =>
  db
    .selectFrom("customers")
    .select(["id", "telegramId", "firstName", "lastName", "username", "language", "role"])
    .select(["status", "rejectedAt", "unreachableSince", "referrerId"])
    .select(["leftChannelsAt", "suspendedAt"]);

/** A row of `selectCustomers`. */
export type CustomerRow = Awaited<
  ReturnType<ReturnType<typeof selectCustomers>["execute"]>
>[number];

/** A row as the domain's customer. */
export function customerOf(row: CustomerRow): Customer {
  return {
    id: customerId(row.id),
    telegramId: telegramId(row.telegramId),
    firstName: row.firstName,
    lastName: row.lastName ?? undefined,
    username: row.username ?? undefined,
    language: row.language,
    role: row.role,
    status: row.status,
    rejectedAt: row.rejectedAt ? instant(row.rejectedAt) : undefined,
    ...(row.suspendedAt ? { suspendedAt: instant(row.suspendedAt) } : {}),
  };
}

/** A customer's row; undefined: this person is not registered. */
export const findCustomer = (db: Queries, of: TelegramId): Promise<CustomerRow | undefined> =>
  selectCustomers(db)
    .where("telegramId", "=", of as number)
    .executeTakeFirst();

/** Like `findCustomer`, but locks the row until the transaction ends. */
export const lockCustomer = (db: Queries, of: TelegramId): Promise<CustomerRow | undefined> =>
  selectCustomers(db)
    .where("telegramId", "=", of as number)
    .forUpdate()
    .executeTakeFirst();

/** Whether this person's role allows it, as the transaction sees it. */
export async function isAllowed(
  db: Queries,
  of: TelegramId,
  permission: Permission,
): Promise<boolean> {
  return mayDo((await findCustomer(db, of))?.role, permission);
}

/** All whose role allows it, by Telegram id. */
export async function findAllowed(db: Queries, permission: Permission): Promise<TelegramId[]> {
  const rows = await db
    .selectFrom("customers")
    .select("telegramId")
    .where("role", "in", rolesWith(permission))
    .orderBy("telegramId")
    .execute();
  return rows.map((row) => telegramId(row.telegramId));
}

/** How a person came: their rights, who invited them, and when. */
export interface Arrival {
  readonly role: Role;
  readonly referrer: TelegramId | undefined;
  readonly now: Instant;
}

/** People who pressed Start. */
export class Customers {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Registers a person, or updates their names. Language, status and inviter stay as they were
   * first stored. An admin needs no approval.
   */
  async register(profile: Profile, arrival: Arrival): Promise<Customer> {
    return customerOf(await register(queriesOf(this.#em), profile, arrival));
  }

  /**
   * Stores the names that Telegram reports now, if the person is registered. A @username belongs to
   * one person at a time.
   * @returns people who lost this username.
   */
  storeProfile(profile: Profile): Promise<TelegramId[]> {
    return inTransaction(this.#em, async (db) => {
      const former = await releaseUsername(db, profile);
      await db
        .updateTable("customers")
        .set(namesOf(profile))
        .where("telegramId", "=", profile.telegramId as number)
        .execute();
      return former;
    });
  }

  /** A customer; undefined: this person is not registered. */
  async find(of: TelegramId): Promise<Customer | undefined> {
    const row = await findCustomer(queriesOf(this.#em), of);
    return row && customerOf(row);
  }

  /** Changes a customer's language and writes messages, in one transaction. */
  async setLanguage(
    of: TelegramId,
    language: Language,
    messages: readonly OutgoingMessage[] = [],
  ): Promise<void> {
    await inTransaction(this.#em, async (db) => {
      await db
        .updateTable("customers")
        .set({ language })
        .where("telegramId", "=", of as number)
        .execute();
      await enqueue(db, messages);
    });
  }

  /**
   * Gives exactly these people their roles; those who have not pressed Start get theirs when they do.
   */
  async setStaff({ admin = [], support = [], viewer = [] }: Partial<Staff>): Promise<void> {
    const staff = { admin, support, viewer };
    await inTransaction(this.#em, async (db) => {
      const everybody = staffRoles.flatMap((role) => staff[role]);
      for (const role of staffRoles) {
        const own = staff[role].filter((one) => roleIn(staff, one) === role);
        const named = db.updateTable("customers").set({ role, status: "active" });
        await named.where("telegramId", "=", anyNumber(own)).execute();
      }
      const others = db.updateTable("customers").set({ role: "customer" });
      const former = others.where("role", "<>", "customer");
      await former.where((is) => is.not(is("telegramId", "=", anyNumber(everybody)))).execute();
    });
  }
}

/** Records a rejection; a customer who was blocked meanwhile stays blocked. */
export async function rejectIn(db: Queries, of: TelegramId, now: Instant): Promise<void> {
  await db
    .updateTable("customers")
    .set({ status: "rejected", rejectedAt: new Date(now) })
    .where("telegramId", "=", of as number)
    .where("status", "in", ["pending", "rejected"])
    .execute();
}

/**
 * Removes a @username from its former owners.
 * @returns who they are.
 */
async function releaseUsername(db: Queries, profile: Profile): Promise<TelegramId[]> {
  const { username } = namesOf(profile);
  if (username === null) return [];
  const rows = await db
    .updateTable("customers")
    .set({ username: null })
    .where((of) => of(of.fn<string>("lower", ["username"]), "=", username.toLowerCase()))
    .where("telegramId", "<>", profile.telegramId as number)
    .returning("telegramId")
    .execute();
  return rows.map((row) => telegramId(row.telegramId));
}

/** See `Customers.register`. The caller invalidates what it has cached of them. */
export async function register(
  db: Queries,
  profile: Profile,
  { role, referrer, now }: Arrival,
): Promise<CustomerRow> {
  const inviter = referrer === undefined ? undefined : await findCustomer(db, referrer);
  await releaseUsername(db, profile);
  const seen = { ...namesOf(profile), lastActivityAt: new Date(now), unreachableSince: null };
  return db
    .insertInto("customers")
    .values({
      id: v7(),
      telegramId: profile.telegramId as number,
      ...seen,
      language: languageOf(profile.languageCode),
      role,
      status: isStaff(role) ? "active" : "pending",
      referrerId: inviter?.id ?? null,
    })
    .onConflict((row) =>
      row.column("telegramId").doUpdateSet({
        ...seen,
        ...(isStaff(role) ? ({ role, status: "active" } as const) : {}),
      }),
    )
    .returning(["id", "telegramId", "firstName", "lastName", "username", "language", "role"])
    .returning(["status", "rejectedAt", "unreachableSince", "referrerId"])
    .returning(["leftChannelsAt", "suspendedAt"])
    .executeTakeFirstOrThrow();
}
