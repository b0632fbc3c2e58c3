import { type TelegramId, telegramId } from "../domain/ids.ts";
import type { OutgoingMessage } from "../domain/message.ts";
import type { Queries } from "./orm.ts";

/**
 * Writes what people are told, in the order given: call it in the transaction that decided it. A key that is
 * there already is that message, whatever is given with it now.
 */
export async function enqueue(db: Queries, messages: readonly OutgoingMessage[]): Promise<void> {
  if (messages.length === 0) return;
  await db
    .insertInto("messages")
    .values(
      messages.map(({ key, to, content, slot, action = "send", isBulk = false }) => ({
        key,
        telegramId: to,
        slot: slot ?? null,
        action,
        content,
        priority: isBulk ? 1 : 0,
      })),
    )
    .onConflict((row) => row.column("key").doNothing())
    .execute();
}

/** The administrators, in a fixed order. */
export async function adminsOf(db: Queries): Promise<TelegramId[]> {
  const rows = await db
    .selectFrom("customers")
    .select("telegramId")
    .where("role", "=", "admin")
    .orderBy("telegramId")
    .execute();
  return rows.map((row) => telegramId(row.telegramId));
}
