import type { OutgoingMessage } from "../domain/message.ts";
import type { Queries } from "./orm.ts";

/**
 * Writes messages in the transaction that decided them, in one statement. A key that is there already stays as
 * it is: the same key is one message.
 */
export async function enqueue(db: Queries, messages: readonly OutgoingMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const rows = messages.map(({ key, to, slot, action, content, isBulk }) => ({
    key,
    telegramId: to,
    slot: slot ?? null,
    action: action ?? ("send" as const),
    content,
    priority: isBulk === true ? 1 : 0,
  }));
  await db
    .insertInto("messages")
    .values(rows)
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute();
}
