import type { TelegramId } from "../../domain/ids.ts";
import { adminNoticesTo } from "../../domain/messaging/message.ts";
import type { RequiredChannel } from "../../domain/people/channels.ts";
import { addMs, type Instant, minuteMs } from "../../domain/time.ts";
import { enqueue } from "../messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries } from "../orm.ts";
import { findAllowed } from "./customers.ts";

/** Whoever has set the channels so lately has read there what the bot sees of each. */
const readOnPageMs = 10 * minuteMs;

/**
 * Notifies the admins, once a day, that the bot cannot see who is in a channel; an admin who has
 * just set the channels was told on the page of that setting.
 */
export const reportUnreadable = (
  em: EntityManager,
  { chat }: RequiredChannel,
  { reason, now }: { readonly reason: string; readonly now: Instant },
): Promise<void> =>
  inTransaction(em, async (db) => {
    const key = `channel-unreadable/${chat}/${now.slice(0, 10)}`;
    const notice = { kind: "channelUnreadable", channel: chat, reason } as const;
    const admins = await findAllowed(db, "receiveTrouble");
    await enqueue(db, adminNoticesTo(admins, key, notice));
    const setter = await findSetter(db, admins, now);
    if (setter !== undefined) await markRead(db, `${key}/${setter}`);
  });

/** Keeps the notice from being sent, today as well. */
async function markRead(db: Queries, key: string): Promise<void> {
  await db
    .updateTable("messages")
    .set({ state: "superseded", reason: "read on the page of the setting" })
    .where("key", "=", key)
    .where("state", "=", "waiting")
    .execute();
}

/** The admin among these who has just set the channels; undefined: none has. */
async function findSetter(
  db: Queries,
  admins: readonly TelegramId[],
  now: Instant,
): Promise<TelegramId | undefined> {
  const row = await db
    .selectFrom("shop_settings as s")
    .innerJoin("audit_log as l", "l.requestId", "s.requestId")
    .select("l.actor")
    .where("s.key", "=", "channels")
    .where("s.setAt", ">", new Date(addMs(now, -readOnPageMs)))
    .orderBy("s.version", "desc")
    .limit(1)
    .executeTakeFirst();
  return admins.find((one) => one === row?.actor);
}
