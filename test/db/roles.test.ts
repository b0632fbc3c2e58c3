import { globSync } from "node:fs";
import { expect, test } from "vitest";
import { createAndMigrate, useDatabase } from "../drivers/database.ts";

const db = useDatabase();

const run = (as: "owner" | "writer" | "reader", sql: string) => db[as].em.fork().execute(sql);

const tables = [
  "customers",
  "approvals",
  "hosts",
  "subscriptions",
  "time_lots",
  "devices",
  "locations",
  "accesses",
  "device_links",
  "link_sources",
  "link_hwids",
  "file_links",
  "unknown_peers",
  "host_probes",
  "give_backs",
  "host_maintenances",
  "host_migrations",
  "traffic_counters",
  "traffic_daily",
  "traffic_months",
  "external_users",
  "audit_log",
  "settings",
  "shop_settings",
  "messages",
  "tickets",
  "ticket_messages",
  "plans",
  "add_ons",
  "gateways",
  "payments",
  "charges",
  "refunds",
  "renewals",
  "star_subscriptions",
  "card_consents",
  "unmatched",
  "gateway_events",
  "decisions",
  "ledger_entries",
  "findings",
  "statement_cursors",
  "quarantine",
];

/**
 * What the writer may delete: neither an unknown peer nor a phone that is forgotten is booked, and a
 * day of traffic goes on in its month.
 */
const removable = new Set([
  "unknown_peers",
  "external_users",
  "link_hwids",
  "link_sources",
  "file_links",
  "traffic_daily",
]);

async function seed(): Promise<void> {
  await run(
    "owner",
    `insert into customers (id, telegram_id, first_name, language, role, status, last_activity_at)
     values ('01890000-0000-7000-8000-00000000000a', 1, 'A', 'en', 'customer', 'active', now())
     on conflict do nothing`,
  );
  await run(
    "owner",
    `insert into subscriptions (id, customer_id, plan, device_limit)
     values ('01890000-0000-7000-8000-00000000000b', '01890000-0000-7000-8000-00000000000a', 'trial', 3)
     on conflict do nothing`,
  );
  await run(
    "writer",
    `insert into time_lots (cause, subscription_id, kind, lot, ms, at, paid_until)
     values ('c', '01890000-0000-7000-8000-00000000000b', 'trial', 'c', 3, now(), now()) on conflict do nothing`,
  );
  await run(
    "writer",
    `insert into tickets (customer_id, telegram_id, state, opened_at, last_message_at, unanswered_since)
     select id, telegram_id, 'open', now(), now(), now() from customers limit 1 on conflict do nothing`,
  );
  await run(
    "writer",
    `insert into ticket_messages (key, customer_id, body, at)
     select 'm', customer_id, 'help', now() from tickets limit 1 on conflict do nothing`,
  );
  await run(
    "writer",
    `insert into audit_log (request_id, actor, act, before, after) values ('r', 1, 'extend', '{}', '{}')
     on conflict do nothing`,
  );
  await run(
    "writer",
    `insert into shop_settings (key, version, value, request_id) values ('name', 1, 'A', 'r')
     on conflict do nothing`,
  );
  await run(
    "writer",
    `insert into plans (code, version, names, descriptions, days, device_limit, prices, sort, hidden, trial, retired)
     values ('month', 1, '{}', '{}', 30, 3, '{}', 0, false, false, false) on conflict do nothing`,
  );
  await run(
    "writer",
    `insert into gateway_events (id, digest, payment_id, gateway, source, report, headers, body)
     values ('${anyId}', 'd', '${anyId}', 'g', 'gateway', '{}', '{}', 'said') on conflict do nothing`,
  );
  await run(
    "writer",
    `insert into decisions (key, payment_id, effects) values ('k', '${anyId}', '[]')
     on conflict do nothing`,
  );
  await run(
    "writer",
    `insert into findings (payment_id, kind, reference, gateway) values ('${anyId}', 'paid', 'r', 'g')
     on conflict do nothing`,
  );
  await run(
    "writer",
    `insert into ledger_entries (fact, account, currency, minor)
     values ('f', 'gateway:g', 'RUB', 5), ('f', 'revenue', 'RUB', -5) on conflict do nothing`,
  );
}

const anyId = "01890000-0000-7000-8000-0000000000aa";

/** Insert-only tables, with a change to try and the number of rows at stake. */
const insertOnly = {
  time_lots: { change: "ms = 9", rows: 1 },
  audit_log: { change: "act = 'x'", rows: 1 },
  ticket_messages: { change: "body = 'x'", rows: 1 },
  shop_settings: { change: "value = 'x'", rows: 1 },
  plans: { change: "days = 9", rows: 1 },
  gateway_events: { change: "body = 'x'", rows: 1 },
  decisions: { change: "effects = '[1]'", rows: 1 },
  findings: { change: "kind = 'x'", rows: 1 },
  ledger_entries: { change: "minor = 9", rows: 2 },
};

test("money is written in entries that sum to zero, or not at all", async () => {
  const insert = (values: string) =>
    run("writer", `insert into ledger_entries (fact, account, currency, minor) values ${values}`);
  const wrong = [
    "('lone', 'revenue', 'RUB', -5)",
    "('off', 'gateway:g', 'RUB', 5), ('off', 'revenue', 'RUB', -4)",
    "('mixed', 'gateway:g', 'RUB', 5), ('mixed', 'revenue', 'XTR', -5)",
  ];
  for (const values of wrong) await expect(insert(values)).rejects.toThrow(/do not sum to zero/u);
  await expect(insert("('zero', 'revenue', 'RUB', 0)")).rejects.toThrow(/check constraint/u);
  await insert("('right', 'gateway:g', 'RUB', 5), ('right', 'revenue', 'RUB', -5)");
  // A booked fact cannot be added to either.
  await expect(insert("('right', 'fees', 'RUB', 1)")).rejects.toThrow(/do not sum to zero/u);
  await run("owner", "alter table ledger_entries disable trigger ledger_entries_insert_only");
  await run("owner", "delete from ledger_entries where fact = 'right'");
  await run("owner", "alter table ledger_entries enable trigger ledger_entries_insert_only");
});

test.each(Object.entries(insertOnly))(
  "%s is only ever added to, whoever tries",
  async (table, { change, rows }) => {
    await seed();
    const attempts = [`update ${table} set ${change}`, `delete from ${table}`];
    for (const attempt of [...attempts, `truncate ${table} cascade`]) {
      await expect(run("writer", attempt)).rejects.toThrow(/permission denied|insert-only/u);
      await expect(run("owner", attempt)).rejects.toThrow(/insert-only/u);
    }
    await expect(run("writer", `alter table ${table} disable trigger all`)).rejects.toThrow(
      /must be owner/u,
    );
    expect(await run("owner", `select * from ${table}`)).toHaveLength(rows);
  },
);

test("every table is tried here", async () => {
  const known = (await run(
    "owner",
    "select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'mikro_orm%'",
  )) as { name: string }[];
  expect(known.map(({ name }) => name).toSorted()).toEqual(tables.toSorted());
});

test.each(tables)("the entry points' role cannot write %s", async (table) => {
  await expect(run("reader", `insert into ${table} default values`)).rejects.toThrow(
    /permission denied/u,
  );
  await expect(run("reader", `delete from ${table}`)).rejects.toThrow(/permission denied/u);
  const deleted = await run("writer", `delete from ${table}`).then(() => "deleted", String);
  const wanted = removable.has(table) ? /^deleted$/u : /permission denied|insert-only/u;
  expect(deleted).toMatch(wanted);
});

test("the entry points' role cannot read a secret", async () => {
  const secrets = [
    "select settings_encrypted from hosts",
    "select secrets_encrypted from accesses",
    "select token_encrypted from device_links",
    "select token_encrypted from file_links",
    "select preshared_hash from accesses",
    "select request_id from accesses",
    "select * from accesses",
    "select * from hosts",
  ];
  for (const secret of secrets) {
    await expect(run("reader", secret)).rejects.toThrow(/permission denied/u);
  }
  await expect(run("reader", "select id, identity, address from accesses")).resolves.toEqual([]);
});

test("migrating twice, and two at a time, changes nothing", async () => {
  await Promise.all([db.owner.migrate(), db.owner.migrate()]);
  const [count] = (await run("owner", "select count(*) as n from mikro_orm_migrations")) as {
    n: string;
  }[];
  expect(Number(count?.n)).toBe(globSync("db/migrations/*.ts").length);
});

test("databases of one cluster may be migrated at the same time", async () => {
  await Promise.all(Array.from({ length: 6 }, () => createAndMigrate()));
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
