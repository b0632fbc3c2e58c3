import { type HostId, subscriptionId, telegramId } from "../../domain/ids.ts";
import { noticeTo } from "../../domain/messaging/message.ts";
import type { Instant } from "../../domain/time.ts";
import { countDistinct } from "../expressions.ts";
import { enqueue } from "../messaging/messages.ts";
import type { Queries } from "../orm.ts";
import { sql } from "../prepared.ts";
import { isLetIn } from "../queries/access/access-rights.ts";
import { readMany } from "../rows.ts";

/** What names the notices of one sickness: nobody is told twice of it. */
const keyOf = (id: HostId, since: Instant): string => `customers-sick/${id}/${since}/`;

/**
 * Tells everybody who has access on this host that it is sick. Where that is one of their
 * subscriptions, the notice is about it. Call it in the transaction in which the host becomes sick.
 */
export async function tellSickness(db: Queries, id: HostId, since: Instant): Promise<void> {
  const rows = await readMany(
    db,
    db
      .selectFrom("accesses as a")
      .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
      .innerJoin("customers as c", "c.id", "s.customerId")
      .select((of) => [
        "c.telegramId as telegramId",
        // UUIDs have no smallest one in PostgreSQL.
        sql<string>`min(${of.ref("s.id")}::text)`.as("first"),
        countDistinct(of.ref("s.id")).as("count"),
      ])
      .where("a.hostId", "=", id as string)
      .where("a.removedAt", "is", null)
      .where(isLetIn(since))
      .groupBy("c.telegramId"),
  );
  await enqueue(
    db,
    rows.map(({ telegramId: to, first, count }) => {
      const about = count === 1 ? subscriptionId(first) : undefined;
      const person = telegramId(to);
      const notice = noticeTo(person, `${keyOf(id, since)}${to}`, { kind: "hostSick" }, about);
      return { ...notice, isBulk: true };
    }),
  );
}

/**
 * Tells those that it is over who were told of the sickness since then, wherever their accesses are
 * now. Call it in the transaction in which the host becomes well.
 */
export async function tellRecovery(db: Queries, id: HostId, since: Instant): Promise<void> {
  const key = keyOf(id, since);
  const rows = await readMany(
    db,
    db
      .selectFrom("accesses as a")
      .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
      .innerJoin("customers as c", "c.id", "s.customerId")
      .innerJoin("messages as m", (join) =>
        join.on("m.key", "=", (of) => sql<string>`${key}::text || ${of.ref("c.telegramId")}`),
      )
      .select(["c.telegramId as telegramId"])
      .where("a.hostId", "=", id as string)
      .groupBy("c.telegramId"),
  );
  await enqueue(
    db,
    rows.map(({ telegramId: to }) => {
      const person = telegramId(to);
      const over = noticeTo(person, `customers-well/${id}/${since}/${to}`, { kind: "hostWell" });
      return { ...over, isBulk: true };
    }),
  );
}
