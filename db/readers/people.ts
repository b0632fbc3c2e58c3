import type { EntityManager } from "@mikro-orm/postgresql";
import { type Customer, displayName } from "../../domain/customer.ts";
import { type SubscriptionId, type TelegramId, telegramId } from "../../domain/ids.ts";
import type { SubscriptionState } from "../../domain/subscription.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { CustomerRow } from "../customer.ts";
import { asCustomer } from "../customers.ts";
import type { ReadCache } from "../read-cache.ts";
import { SubscriptionRow } from "../subscription.ts";

export interface SubscriptionSeen {
  readonly id: SubscriptionId;
  readonly state: SubscriptionState;
  readonly paidUntil: Instant | null;
  readonly deviceLimit: number;
}

export interface AllowanceSeen {
  readonly limitBytes: number;
  readonly usedBytes: number;
}

/** Customers and their subscriptions, for the doors: read only, cached where a chat asks often. */
export class People {
  readonly #em: EntityManager;
  readonly #cache: ReadCache;

  constructor(em: EntityManager, cache: ReadCache) {
    this.#em = em;
    this.#cache = cache;
  }

  find(of: TelegramId): Promise<Customer | undefined> {
    return this.#cache.through(of, "customer", async () => {
      const row = await this.#em.fork().findOne(CustomerRow, { telegramId: of });
      return row ? asCustomer(row) : undefined;
    });
  }

  subscriptionOf(of: TelegramId): Promise<SubscriptionSeen | undefined> {
    return this.#cache.through(of, "subscription", async () => {
      const em = this.#em.fork();
      const customer = await em.findOne(CustomerRow, { telegramId: of });
      const row = customer && (await em.findOne(SubscriptionRow, { customerId: customer.id }));
      if (!row) return undefined;
      const { id, state, paidUntil, deviceLimit } = row;
      return {
        id: id as SubscriptionId,
        state,
        paidUntil: paidUntil ? instant(paidUntil) : null,
        deviceLimit,
      };
    });
  }

  /** What of the plan's traffic is used; undefined: there is no limit. */
  async allowanceOf(of: SubscriptionId): Promise<AllowanceSeen | undefined> {
    const rows: { limit: string; used: string }[] = await this.#em.fork().execute(
      `select s.traffic_limit_bytes as limit,
              (select coalesce(sum(c.uploaded + c.downloaded), 0)
                 from traffic_counters c join devices d on d.id = c.device_id
                where d.subscription_id = s.id) - s.traffic_base_bytes as used
         from subscriptions s where s.id = ? and s.traffic_limit_bytes is not null`,
      [of],
    );
    return rows[0] && { limitBytes: Number(rows[0].limit), usedBytes: Number(rows[0].used) };
  }

  /** Customers by number, @username or a part of the name, the newest first, at most `limit`. */
  async search(text: string, limit = 8): Promise<{ telegramId: TelegramId; name: string }[]> {
    const words = text.trim().replace(/^@/u, "");
    const rows: { telegram_id: string; first_name: string; last_name: string | null }[] =
      await this.#em.fork().execute(
        `select telegram_id, first_name, last_name from customers
          where telegram_id::text = ? or lower(username) = lower(?)
             or strpos(lower(first_name || ' ' || coalesce(last_name, '')), lower(?)) > 0
          order by created_at desc limit ?`,
        [words, words, words, limit],
      );
    return rows.map((row) => ({
      telegramId: telegramId(Number(row.telegram_id)),
      name: displayName({ firstName: row.first_name, lastName: row.last_name ?? undefined }),
    }));
  }
}
