import { expect, test } from "vitest";
import { sql } from "kysely";
import { queriesOf, inTransaction } from "../../db/orm.ts";
import { useDatabase } from "../support/database.ts";
const db = useDatabase();
test("x", async () => {
  const q = queriesOf(db.writer.em);
  await inTransaction(db.writer.em, async (t) => {
    await t.insertInto("messages").values({ key: "a", telegramId: 1, action: "send", content: { kind: "approvalDigest" } }).onConflict((c) => c.column("key").doNothing()).execute();
  });
  const n = await q.insertInto("messages").values([{ key: "a", telegramId: 1, action: "send", content: { kind: "approvalDigest" } }, { key: "b", telegramId: 1, action: "send", content: { kind: "approvalDigest" } }]).onConflict((c) => c.column("key").doNothing()).returning("id").execute();
  console.log(n, await q.selectFrom("messages").selectAll().execute());
  const r = await q.selectFrom("messages as m").innerJoin("customers as c", "c.telegramId", "m.telegramId").select(["m.id", "c.status"]).select((e) => e.fn.countAll<string>().as("n")).groupBy(["m.id", "c.status"]).execute();
  console.log(r);
  const s = await sql<{ a: number }>`select sum(price_minor)::float8 as a from charges`.execute(q);
  console.log(s.rows);
  expect(n).toHaveLength(1);
});
