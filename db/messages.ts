import type { OutgoingMessage } from "../domain/message.ts";
import type { Queries } from "./orm.ts";

/**
 * Writes what people are to be told, in the transaction that decided it: the messages reconciler is woken at
 * commit. A message whose key is there already is not written again.
 */
export async function enqueue(db: Queries, messages: readonly OutgoingMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const rows = messages.map(({ key, to, content, slot, action, isBulk }) => ({
    key,
    telegramId: to as number,
    slot: slot ?? null,
    action: action ?? "send",
    content,
    priority: isBulk ? 1 : 0,
  }));
  await db
    .insertInto("messages")
    .values(rows)
    .onConflict((row) => row.column("key").doNothing())
    .execute();
}
