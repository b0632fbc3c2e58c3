import type { EntityManager } from "@mikro-orm/postgresql";
import type { TelegramId } from "../domain/ids.ts";
import { DeliveryRow } from "./delivery.ts";
import { sql } from "./prepared.ts";

/** What has been sent already. A message is sent again only when a process dies between Telegram's yes and this row. */
export class Deliveries {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** The message's id; null when the person could not be reached then; undefined when nothing was sent. */
  async find(key: string): Promise<number | null | undefined> {
    const row = await this.#em.fork().findOne(DeliveryRow, { key });
    return row ? (row.messageId ?? null) : undefined;
  }

  async recordOnce(key: string, telegramId: TelegramId, messageId: number | null): Promise<void> {
    await sql`
      insert into deliveries (key, telegram_id, message_id)
      values (${key}, ${telegramId}, ${messageId}) on conflict (key) do nothing
    `.execute(this.#em.getKysely());
  }
}
