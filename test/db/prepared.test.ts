import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Customers } from "../../db/customers.ts";
import { type Database, inTransaction, openDatabase } from "../../db/orm.ts";
import { Payments } from "../../db/payments.ts";
import type { PaymentId } from "../../domain/payment.ts";
import { useDatabase } from "../support/database.ts";
import { openedOrder, openShop } from "../support/orders.ts";

const databases = useDatabase();
let single: Database;

beforeAll(async () => {
  await openShop(databases.writer.em);
  single = await openDatabase(databases.writerUrl, 1);
});
afterAll(() => single.close());

interface Prepared {
  readonly text: string;
  readonly used: number;
}

/** What the one connection has prepared, and how often each was asked. */
async function prepared(): Promise<Prepared[]> {
  return single.em.execute(
    "select statement as text, (generic_plans + custom_plans)::int as used from pg_prepared_statements",
  );
}

test("a statement with parameters is parsed once for a connection, whatever its values", async () => {
  const customers = new Customers(single.em);
  const { telegramId: first } = await openedOrder(databases.writer.em);
  const { telegramId: second } = await openedOrder(databases.writer.em);
  for (const person of [first, second, first]) await customers.find(person);
  const asked = (await prepared()).filter(({ text }) => text.includes('from "customers"'));
  expect(asked).toMatchObject([{ used: 3 }]);
});

test("a column that a migration adds breaks no connection that was there before", async () => {
  const payments = new Payments(single.em);
  const { id } = await openedOrder(databases.writer.em);
  const before = await payments.find(id);
  await databases.owner.em.execute(
    "alter table payments add column added int; alter table customers add column added int",
  );
  expect(await payments.find(id)).toEqual(before);
  await databases.owner.em.execute(
    "alter table payments drop column added; alter table customers drop column added",
  );
});

test("a statement that PostgreSQL has refused can be asked again on the same connection", async () => {
  const payments = new Payments(single.em);
  const { id } = await openedOrder(databases.writer.em);
  await expect(payments.find("nothing" as PaymentId)).rejects.toThrow(/uuid/u);
  expect(await payments.find(id)).toMatchObject({ order: { id } });
});

test("inside a transaction it is part of it", async () => {
  const { telegramId: person } = await openedOrder(databases.writer.em);
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
  // What is unpacked from an array has the columns that the statement names.
  const whole = /\bselectAll\(|\breturningAll\(|\b(?:select|returning) \*(?! from unnest)/u;
  expect(sources.filter(({ source }) => whole.test(source)).map(({ file }) => file)).toEqual([]);
});
