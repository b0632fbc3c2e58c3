import { randomUUID } from "node:crypto";
import type { EntityManager } from "../../db/orm.ts";
import type { TelegramId } from "../../domain/ids.ts";
import { eventually } from "../drivers/eventually.ts";

/** How the keys of messages that the worker cannot read begin. */
export const poisonKey = "poison/";

/** Queues a message of a kind that only a newer version knows. Retries while PostgreSQL is dead. */
export async function queuePoison(owner: EntityManager, to: TelegramId): Promise<void> {
  const statement = `insert into messages (key, telegram_id, action, content)
    values (?, ?, 'send', '{"kind": "notice", "notice": {"kind": "of tomorrow"}}')`;
  await eventually(
    () => owner.fork().execute(statement, [`${poisonKey}${randomUUID()}`, to]),
    240_000,
    200,
  );
}
