import { expect, test } from "vitest";
import { createDatabase, useDatabase } from "../support/database.ts";

const db = useDatabase();

const run = (as: "owner" | "writer" | "reader", sql: string) => db[as].em.fork().execute(sql);

const tables = [
  "customers",
  "approvals",
  "hosts",
  "subscriptions",
  "grants",
  "devices",
  "retired_keys",
  "traffic_counters",
  "traffic_daily",
  "audit_log",
  "deliveries",
];

async function seed(): Promise<void> {
  await run(
    "owner",
    `insert into customers (id, telegram_id, first_name, language, role, status, last_activity_at)
     values ('01890000-0000-7000-8000-00000000000a', 1, 'A', 'en', 'customer', 'active', now())
     on conflict do nothing`,
  );
  await run(
    "owner",
    `insert into subscriptions (id, customer_id, plan, device_limit, state)
     values ('01890000-0000-7000-8000-00000000000b', '01890000-0000-7000-8000-00000000000a', 'trial', 3, 'active')
     on conflict do nothing`,
  );
  await run(
    "writer",
    `insert into grants (cause, subscription_id, kind, days, granted_from, granted_until)
     values ('c', '01890000-0000-7000-8000-00000000000b', 'trial', 3, now(), now()) on conflict do nothing`,
  );
  await run(
    "writer",
    `insert into audit_log (request_id, actor, act, before, after) values ('r', 1, 'extend', '{}', '{}')
     on conflict do nothing`,
  );
}

test.each(["grants", "audit_log"])("%s is only ever added to, whoever tries", async (table) => {
  await seed();
  const attempts = [
    `update ${table} set ${table === "grants" ? "days = 9" : "act = 'x'"}`,
    `delete from ${table}`,
  ];
  for (const attempt of [...attempts, `truncate ${table}`]) {
    await expect(run("writer", attempt)).rejects.toThrow(/permission denied|insert-only/u);
    await expect(run("owner", attempt)).rejects.toThrow(/insert-only/u);
  }
  await expect(run("writer", `alter table ${table} disable trigger all`)).rejects.toThrow(
    /must be owner/u,
  );
  expect(await run("owner", `select * from ${table}`)).toHaveLength(1);
});

test.each(tables)("the doors' role cannot write %s", async (table) => {
  await expect(run("reader", `insert into ${table} default values`)).rejects.toThrow(
    /permission denied/u,
  );
  await expect(run("reader", `delete from ${table}`)).rejects.toThrow(/permission denied/u);
  await expect(run("writer", `delete from ${table}`)).rejects.toThrow(
    /permission denied|insert-only/u,
  );
});

test("the doors' role cannot read a secret", async () => {
  const secrets = [
    "select settings_encrypted from hosts",
    "select private_key_encrypted from devices",
    "select preshared_key_encrypted from devices",
    "select * from devices",
    "select * from hosts",
    "select * from retired_keys",
    "select * from deliveries",
  ];
  for (const secret of secrets) {
    await expect(run("reader", secret)).rejects.toThrow(/permission denied/u);
  }
  await expect(run("reader", "select id, name, address from devices")).resolves.toEqual([]);
});

test("migrating twice, and two at a time, changes nothing", async () => {
  await Promise.all([db.owner.migrate(), db.owner.migrate()]);
  const [count] = (await run("owner", "select count(*) as n from mikro_orm_migrations")) as {
    n: string;
  }[];
  expect(Number(count?.n)).toBe(1);
});

test("databases of one cluster may be migrated at the same time", async () => {
  await Promise.all(Array.from({ length: 6 }, () => createDatabase()));
});

test("every foreign key and every column that a repository searches by has an index", async () => {
  const unindexed = (await run(
    "owner",
    `select c.conrelid::regclass::text as table, a.attname as column
       from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
      where c.contype = 'f' and c.conrelid::regclass::text not in ('customers')
        and not exists (select 1 from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1])`,
  )) as { table: string; column: string }[];
  expect(unindexed).toEqual([]);
});
