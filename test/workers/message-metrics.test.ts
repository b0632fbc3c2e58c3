import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { findDue } from "../../db/messaging/due-messages.ts";
import { enqueue, postpone } from "../../db/messaging/messages.ts";
import { queriesOf } from "../../db/orm.ts";
import { telegramId } from "../../domain/ids.ts";
import { messageMetrics } from "../../workers/message-metrics.ts";
import { useDatabase } from "../drivers/database.ts";
import { messageWith } from "../drivers/sending.ts";

const databases = useDatabase();

test("the metrics show what waits, what rests, for how long, and how messages ended", async () => {
  const registry = new Registry();
  const observer = messageMetrics(registry, databases.writer.em);
  expect(await registry.metrics()).toContain("tollgate_messages_oldest_seconds 0");
  const db = queriesOf(databases.writer.em);
  await enqueue(
    db,
    [1, 2, 3].map((chat) => messageWith(telegramId(chat), "x")),
  );
  await databases.owner.em
    .fork()
    .execute("update messages set created_at = now() - interval '1 hour' where telegram_id = 1");
  const [first] = await findDue(db, { limit: 1, except: [] });
  await postpone(db, [first!.id], { ms: 60_000, reason: "slow down" });
  observer.onFinished("sent", 0.02);
  observer.onFinished("refused", 5);
  const metrics = await registry.metrics();
  expect(metrics).toContain('tollgate_messages{state="waiting"} 2');
  expect(metrics).toContain('tollgate_messages{state="resting"} 1');
  expect(metrics).toMatch(/tollgate_messages_oldest_seconds 36\d\d/u);
  expect(metrics).toContain("tollgate_message_seconds_count 1");
  expect(metrics).toContain('tollgate_messages_over_total{state="refused"} 1');
});
