import type { OutgoingMessage } from "../domain/message.ts";
import type { Queries } from "./orm.ts";
import { sql } from "./prepared.ts";

/**
 * Writes messages in the transaction that decided them, in one statement however many they are. A key that is
 * there already stays as it is: the same key is one message.
 */
export async function enqueue(db: Queries, messages: readonly OutgoingMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const rows = messages.map(({ key, to, slot, action, content, isBulk }) => ({
    key,
    to,
    slot: slot ?? null,
    action: action ?? "send",
    content,
    priority: isBulk === true ? 1 : 0,
  }));
  // One text for any number of rows, so that PostgreSQL plans it once.
  await sql`
    insert into messages (key, telegram_id, slot, action, content, priority)
    select n.key, n.to, n.slot, n.action, n.content, n.priority
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
           as n (key text, "to" bigint, slot text, action text, content jsonb, priority smallint)
    on conflict (key) do nothing`.execute(db);
}
