import type { EntityManager } from "@mikro-orm/postgresql";
import { v7 } from "uuid";
import {
  type Addressee,
  type Customer,
  type CustomerStatus,
  type Language,
  languageOf,
  namesOf,
  type Profile,
} from "../domain/customer.ts";
import { customerId, type TelegramId, telegramId } from "../domain/ids.ts";
import { type Instant, instant } from "../domain/time.ts";
import { CustomerRow } from "./customer.ts";
import { sql } from "./prepared.ts";

export function asCustomer(row: CustomerRow): Customer {
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
  };
}

/** How a customer is written to, and whether. */
export type Reach = Pick<CustomerRow, "language" | "status"> & {
  readonly unreachableSince?: unknown;
};

/** Whoever is not in the books reads English. */
export const asAddressee = (to: TelegramId, row: Reach | null): Addressee => ({
  telegramId: to,
  language: row?.language ?? languageOf(undefined),
  isBlocked: row?.status === "blocked",
  isReachable: !row?.unreachableSince,
});

export interface Arrival {
  readonly admin: boolean;
  readonly referrer: TelegramId | undefined;
  readonly now: Instant;
}

/** Whether an administrator speaks, as the transaction sees it. */
export const isAdmin = async (em: EntityManager, telegramId: TelegramId): Promise<boolean> =>
  (await em.count(CustomerRow, { telegramId, role: "admin" })) > 0;

export class Customers {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Knows this person from now on. Names follow Telegram each time; language, status and who invited are
   * kept from the first time. An admin needs no approval.
   */
  async register(profile: Profile, { admin, referrer, now }: Arrival): Promise<Customer> {
    const em = this.#em.fork();
    const inviter = referrer && (await em.findOne(CustomerRow, { telegramId: referrer }));
    const names = namesOf(profile);
    await em.upsert(
      CustomerRow,
      {
        id: v7(),
        telegramId: profile.telegramId,
        ...names,
        language: languageOf(profile.languageCode),
        role: admin ? "admin" : "customer",
        status: admin ? "active" : "pending",
        referrerId: inviter?.id ?? null,
        lastActivityAt: now,
        unreachableSince: null,
      },
      {
        onConflictFields: ["telegramId"],
        onConflictAction: "merge",
        onConflictMergeFields: [
          ...(["firstName", "lastName", "username", "lastActivityAt", "unreachableSince"] as const),
          ...(admin ? (["role", "status"] as const) : []),
        ],
      },
    );
    return asCustomer(
      await this.#em.fork().findOneOrFail(CustomerRow, { telegramId: profile.telegramId }),
    );
  }

  /**
   * Writes down the names that Telegram tells now; who is not in the books stays so. A @username belongs to
   * one person at a time: answers who was known by it before and is no more.
   */
  async follow(profile: Profile): Promise<TelegramId[]> {
    const { telegramId: of } = profile;
    const { firstName, lastName, username } = namesOf(profile);
    const { rows } = await sql<{ telegramId: string }>`
      with released as (
        update customers set username = null
         where lower(username) = lower(${username}::text) and telegram_id <> ${of}
        returning telegram_id),
      followed as (
        update customers
           set first_name = ${firstName}, last_name = ${lastName}, username = ${username}::text
         where telegram_id = ${of}
           and (first_name, last_name, username)
               is distinct from (${firstName}::text, ${lastName}::text, ${username}::text))
      select telegram_id as "telegramId" from released
    `.execute(this.#em.getKysely());
    return rows.map((row) => telegramId(Number(row.telegramId)));
  }

  async find(telegramId: TelegramId): Promise<Customer | undefined> {
    const row = await this.#em.fork().findOne(CustomerRow, { telegramId });
    return row ? asCustomer(row) : undefined;
  }

  async addressee(telegramId: TelegramId): Promise<Addressee> {
    const { rows } = await sql<Reach>`
      select language, status, unreachable_since as "unreachableSince"
        from customers where telegram_id = ${telegramId}
    `.execute(this.#em.getKysely());
    return asAddressee(telegramId, rows[0] ?? null);
  }

  async findById(id: string): Promise<Customer | undefined> {
    const row = await this.#em.fork().findOne(CustomerRow, { id });
    return row ? asCustomer(row) : undefined;
  }

  /** Who invited this customer, if anybody did. */
  async referrerOf(telegramId: TelegramId): Promise<TelegramId | undefined> {
    const em = this.#em.fork();
    const row = await em.findOne(CustomerRow, { telegramId });
    const referrer = row?.referrerId ? await em.findOne(CustomerRow, { id: row.referrerId }) : null;
    return referrer ? (referrer.telegramId as TelegramId) : undefined;
  }

  async admins(): Promise<Addressee[]> {
    const rows = await this.#em
      .fork()
      .find(CustomerRow, { role: "admin" }, { orderBy: { telegramId: "asc" } });
    return rows.map((row) => asAddressee(telegramId(row.telegramId), row));
  }

  async setLanguage(telegramId: TelegramId, language: Language): Promise<void> {
    await this.#em.fork().nativeUpdate(CustomerRow, { telegramId }, { language });
  }

  /** Writes a rejection; a customer who was blocked meanwhile stays blocked. */
  async reject(telegramId: TelegramId, now: Instant): Promise<void> {
    const waiting = { telegramId, status: ["pending", "rejected"] as CustomerStatus[] };
    await this.#em
      .fork()
      .nativeUpdate(CustomerRow, waiting, { status: "rejected", rejectedAt: now });
  }

  /** Remembers since when a person cannot be written to; forgets it when `since` is undefined. */
  async setUnreachable(telegramId: TelegramId, since: Instant | undefined): Promise<void> {
    const changed = since === undefined ? { $ne: null } : null;
    await this.#em
      .fork()
      .nativeUpdate(
        CustomerRow,
        { telegramId, unreachableSince: changed },
        { unreachableSince: since ?? null },
      );
  }

  /** Makes the configured admins, and only them, admins; those who have not pressed Start follow then. */
  async setAdmins(telegramIds: readonly TelegramId[]): Promise<void> {
    await this.#em.transactional(async (em) => {
      const listed = { telegramId: { $in: [...telegramIds] } };
      await em.nativeUpdate(CustomerRow, listed, { role: "admin", status: "active" });
      const others = { role: "admin" as const, telegramId: { $nin: [...telegramIds] } };
      await em.nativeUpdate(CustomerRow, others, { role: "customer" });
    });
  }
}
