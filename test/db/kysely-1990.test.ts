import { expect, test } from "vitest";
import { openDatabase } from "../../db/orm.ts";
import { useDatabase } from "../drivers/database.ts";
import { eventually } from "../drivers/eventually.ts";

const databases = useDatabase();

/** Terminates the session in PostgreSQL, whatever it is doing. */
const die = "select pg_terminate_backend(pg_backend_pid())";

// A client that was never released kept its place in the pool: after as many cut transactions as
// the pool is large the process hung, also when closing the pool
// (https://github.com/kysely-org/kysely/issues/1990).
test("transactions that lose their connection release its place in the pool", async () => {
  const small = await openDatabase(databases.writerUrl, 1);
  for (let cut = 0; cut < 3; cut += 1) {
    const lost = small.em.fork().transactional((em) => em.execute(die));
    await expect(lost).rejects.toThrow(/terminat/u);
    await small.ping();
  }
  await small.close();
});

test("a transaction that cannot even begin releases its place in the pool", async () => {
  const small = await openDatabase(databases.writerUrl, 1);
  const { em } = small;
  const [session] = await em.fork().execute<{ pid: number }[]>("select pg_backend_pid() as pid");
  // Its session dies while it is idle in the pool, and the pool may not know it yet.
  const cut = databases.owner.em.fork().execute("select pg_terminate_backend(?)", [session?.pid]);
  const begun = Array.from({ length: 5 }, () =>
    em.fork().transactional(async (inner) => void (await inner.execute("select 1"))),
  );
  await Promise.allSettled([cut, ...begun]);
  await eventually(() => small.ping());
  await small.close();
});
