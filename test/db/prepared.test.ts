import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Quarantine } from "../../db/operations/quarantine.ts";
import { type Database, inTransaction, openDatabase } from "../../db/orm.ts";
import { Payments } from "../../db/payments/payments.ts";
import { Customers } from "../../db/people/customers.ts";
import { mostPrepared, PreparingClient } from "../../db/prepared.ts";
import { PaymentQueries } from "../../db/queries/payments/payments.ts";
import { telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import type { GatewayReport, PaymentId } from "../../domain/payments/payment.ts";
import { instant } from "../../domain/time.ts";
import { useDatabase } from "../drivers/database.ts";
import { openOrder, openShop } from "../drivers/orders.ts";
import { BookShop } from "../drivers/shop.ts";

const databases = useDatabase();
let single: Database;

beforeAll(async () => {
  await openShop(databases.writer.em);
  single = await openDatabase(databases.writerUrl, 1);
});
afterAll(() => single.close());

interface PreparedStatement {
  readonly text: string;
  readonly used: number;
}

/** The statements that the connection has prepared, and how often each was run. */
async function listPrepared(): Promise<PreparedStatement[]> {
  return single.em.execute(
    "select statement as text, (generic_plans + custom_plans)::int as used from pg_prepared_statements",
  );
}

test("a statement with parameters is parsed once for a connection, whatever its values", async () => {
  const customers = new Customers(single.em);
  const { telegramId: first } = await openOrder(databases.writer.em);
  const { telegramId: second } = await openOrder(databases.writer.em);
  for (const person of [first, second, first]) await customers.find(person);
  const asked = (await listPrepared()).filter(({ text }) => text.includes('from "customers"'));
  expect(asked).toMatchObject([{ used: 3 }]);
});

test("a column that a migration adds does not break existing connections", async () => {
  const payments = new Payments(single.em);
  const { id } = await openOrder(databases.writer.em);
  const before = await payments.find(id);
  await databases.owner.em.execute(
    "alter table payments add column added int; alter table customers add column added int",
  );
  expect(await payments.find(id)).toEqual(before);
  await databases.owner.em.execute(
    "alter table payments drop column added; alter table customers drop column added",
  );
});

test("a statement that PostgreSQL refused can be repeated on the same connection", async () => {
  const payments = new Payments(single.em);
  const { id } = await openOrder(databases.writer.em);
  await expect(payments.find("nothing" as PaymentId)).rejects.toThrow(/uuid/u);
  expect(await payments.find(id)).toMatchObject({ order: { id } });
});

test("inside a transaction it is part of it", async () => {
  const { telegramId: person } = await openOrder(databases.writer.em);
  const undone = inTransaction(single.em, async (transaction) => {
    await transaction
      .updateTable("customers")
      .set({ language: "ru" })
      .where("telegramId", "=", person as number)
      .execute();
    throw new Error("never mind");
  });
  await expect(undone).rejects.toThrow("never mind");
  expect(await new Customers(single.em).find(person)).toMatchObject({ language: "en" });
});

test("prepared statements name their columns", () => {
  const folder = join(import.meta.dirname, "../../db");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const sources = files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ file, source: readFileSync(join(folder, file), "utf8") }));
  expect(sources.length).toBeGreaterThan(20);
  // Columns unpacked from an array are those that the statement names.
  const whole = /\bselectAll\(|\breturningAll\(|\b(?:select|returning) \*(?! from unnest)/u;
  expect(sources.filter(({ source }) => whole.test(source)).map(({ file }) => file)).toEqual([]);
});

test("the number of rows does not change a statement: a connection prepares as many for a flood as for one row", async () => {
  const shop = new BookShop(() => single.em);
  let newest = 100_000;
  const run = async (size: number): Promise<void> => {
    const person = await shop.person((newest += 1));
    const order = await shop.order({ person });
    const paid = (name: string, minor: number): GatewayReport => ({
      kind: "paid",
      reference: `${order.id}/${name}`,
      paid: money(minor, "RUB"),
      at: instant(new Date()),
    });
    const all = (name: string) => Array.from({ length: size }, (_, n) => paid(`${name}/${n}`, 10));
    await shop.decide(order, all("part"));
    await shop.decide(order, paid("rest", order.price.minor - 10 * size));
    await shop.decide(order, all("twice"), { canRefund: true });
    await shop.decide(order, all("twice"), { canRefund: true });
    await new Customers(single.em).setStaff({
      admin: Array.from({ length: size }, (_, n) => telegramId(n + 1)),
    });
    await new PaymentQueries(single.em).list(
      Array.from({ length: size }, (_, n) => telegramId(n + 1)),
    );
    await new Quarantine(single.em).resolve(
      Array.from({ length: size }, (_, n) => String(n)),
      instant(new Date()),
    );
  };
  await shop.open();
  await run(1);
  const before = (await listPrepared()).map(({ text }) => text);
  for (const size of [2, 3, 5, 8, 13, 21]) await run(size);
  expect((await listPrepared()).map(({ text }) => text)).toEqual(before);
});

test("statements beyond the limit are run, but not prepared", async () => {
  const connection = new PreparingClient(databases.writerUrl);
  await connection.connect();
  try {
    for (let n = 0; n < mostPrepared + 100; n += 1) {
      const { rows } = await connection.query<{ n: number }>(`select ${n} as n where $1`, [true]);
      expect(rows).toEqual([{ n }]);
    }
    const { rows } = await connection.query("select count(*)::int from pg_prepared_statements");
    expect(rows).toEqual([{ count: expect.toSatisfy((count) => count <= mostPrepared) }]);
  } finally {
    await connection.end();
  }
});

const ask = (value: bigint): Promise<{ value: number }[]> =>
  single.em.execute(`select ${value}::bigint as value`);

test("an int8 is a number; one that is not exact as a number fails its query alone", async () => {
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  expect(await ask(most)).toEqual([{ value: Number.MAX_SAFE_INTEGER }]);
  expect(await ask(-most)).toEqual([{ value: -Number.MAX_SAFE_INTEGER }]);
  await expect(ask(most + 1n)).rejects.toThrow(/not exact/u);
  expect(await ask(7n)).toEqual([{ value: 7 }]);
});
