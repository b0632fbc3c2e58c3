import { telegramId } from "../../domain/ids.ts";
import { adminNoticesTo } from "../../domain/messaging/message.ts";
import type { Queries } from "../orm.ts";
import { enqueue } from "./messages.ts";

/**
 * Tells the admin who wrote a message of support that it did not reach its customer, once per
 * message. A customer's own message has no admin, and nobody is told.
 */
export async function notifyAuthor(db: Queries, key: string): Promise<void> {
  const row = await db
    .selectFrom("ticket_messages as m")
    .innerJoin("tickets as t", "t.customerId", "m.customerId")
    .select(["m.admin", "t.telegramId"])
    .where("m.key", "=", key)
    .executeTakeFirst();
  if (row === undefined || row.admin === null) return;
  const notice = {
    kind: "answerNotDelivered",
    customer: telegramId(row.telegramId),
  } as const;
  await enqueue(db, adminNoticesTo([telegramId(row.admin)], `undelivered/${key}`, notice));
}
