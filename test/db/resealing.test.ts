import { randomBytes, randomUUID } from "node:crypto";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { Hosts } from "../../db/access/hosts.ts";
import { reseal, type SealedColumn } from "../../db/resealing.ts";
import { sealedColumns } from "../../db/sealed-columns.ts";
import { Vault } from "../../db/vault.ts";
import { useDatabase } from "../drivers/database.ts";
import { memorySettings } from "../drivers/test-app.ts";

const db = useDatabase();
const [older, newer] = ["k1", "k2"].map((id) => ({ id, key: randomBytes(32) })) as [Key, Key];
type Key = ConstructorParameters<typeof Vault>[0][number];
const before = new Vault([older]);
const after = new Vault([newer, older]);

const sealedColumn: SealedColumn = {
  table: "letters",
  id: "id",
  idType: "uuid",
  sealed: "body_encrypted",
  purpose: (id) => `letter/${id}`,
};

beforeAll(async () => {
  const em = db.owner.em.fork();
  await em.execute("create table letters (id uuid primary key, body_encrypted text not null)");
  await em.execute("grant select, update on letters to tollgate_writer");
});
beforeEach(() => db.owner.em.fork().execute("truncate letters"));

async function write(bodies: readonly string[], vault = before): Promise<string[]> {
  const ids = bodies.map(() => randomUUID());
  for (const [at, body] of bodies.entries()) {
    const id = ids[at] ?? "";
    await store(id, vault.seal(body, sealedColumn.purpose(id)));
  }
  return ids;
}

const store = (id: string, sealed: string) =>
  db.owner.em
    .fork()
    .execute(
      "insert into letters values (?, ?) on conflict (id) do update set body_encrypted = excluded.body_encrypted",
      [id, sealed],
    );

async function readStored(): Promise<Map<string, string>> {
  const rows: { id: string; body_encrypted: string }[] = await db.owner.em
    .fork()
    .execute("select * from letters");
  return new Map(rows.map(({ id, body_encrypted: sealed }) => [id, sealed]));
}

function report() {
  const left: number[] = [];
  const unreadable: [purpose: string, reason: string][] = [];
  return {
    left,
    unreadable,
    to: {
      progress: (step: { left: number }) => void left.push(step.left),
      unreadable: (purpose: string, reason: string) => void unreadable.push([purpose, reason]),
    },
  };
}

test("rows are sealed under the first key, in batches, with a count of what is left", async () => {
  const bodies = Array.from({ length: 25 }, (_, at) => `letter ${at}`);
  const ids = await write(bodies);
  const { left, unreadable, to } = report();
  expect(await reseal(db.writer.em, after, [sealedColumn], to, { batchRows: 10 })).toBe(0);
  expect([left, unreadable]).toEqual([[25, 15, 5, 0], []]);
  const now = await readStored();
  // The older key may be removed.
  const alone = new Vault([newer]);
  expect(ids.map((id) => alone.open(now.get(id) ?? "", sealedColumn.purpose(id)))).toEqual(bodies);
  expect(await reseal(db.writer.em, after, [sealedColumn], to)).toBe(0);
  expect(await readStored()).toEqual(now);
});

test("a row that cannot be opened is reported by its purpose, and the others go on", async () => {
  const [good = "", moved = "", short = "", plain = "", gone = "", last = ""] = await write(
    Array(6).fill("body"),
  );
  const sealed = await readStored();
  await store(moved, sealed.get(good) ?? "");
  const [id, iv, tag = "", text] = (sealed.get(short) ?? "").split(".");
  const cut = Buffer.from(tag, "base64url").subarray(0, 12).toString("base64url");
  await store(short, [id, iv, cut, text].join("."));
  await store(plain, "my secret.is plain");
  await store(
    gone,
    new Vault([{ id: "k0", key: randomBytes(32) }]).seal("b", sealedColumn.purpose(gone)),
  );
  const { left, unreadable, to } = report();
  expect(await reseal(db.writer.em, after, [sealedColumn], to, { batchRows: 2 })).toBe(4);
  expect(left.at(-1)).toBe(4);
  const reasons = new Map(unreadable);
  expect([...reasons.keys()].toSorted()).toEqual(
    [moved, short, plain, gone].map(sealedColumn.purpose).toSorted(),
  );
  expect(reasons.get(sealedColumn.purpose(gone))).toMatch(/"k0" is not in ENCRYPTION_KEYS/u);
  expect(reasons.get(sealedColumn.purpose(short))).toMatch(/is not a sealed value/u);
  expect(JSON.stringify(unreadable)).not.toMatch(/my secret|is plain/u);
  const now = await readStored();
  for (const one of [good, last]) expect(after.isCurrent(now.get(one) ?? "")).toBe(true);
  expect(now.get(plain)).toBe("my secret.is plain");
});

test("a concurrent write is not overwritten", async () => {
  const [id = ""] = await write(["old"]);
  const newest = before.seal("newest", sealedColumn.purpose(id));
  const racing = new Vault([newer, older]);
  const open = racing.open.bind(racing);
  let written: Promise<unknown> | undefined;
  racing.open = (sealed, purpose) => {
    written ??= store(id, newest);
    return open(sealed, purpose);
  };
  const { to } = report();
  // The write is on its way before the batch's own statement, which then finds another value.
  const waiting = { ...sealedColumn, purpose: sealedColumn.purpose };
  await reseal(db.writer.em, racing, [waiting], to, { batchRows: 1 });
  await written;
  const sealed = (await readStored()).get(id) ?? "";
  expect(after.open(sealed, sealedColumn.purpose(id))).toBe("newest");
});

test("every column that is sealed is known, with the purpose under which it is read", async () => {
  const hosts = new Hosts(db.writer.em, before);
  const settings = memorySettings("10.7.0.0/24");
  await hosts.importOnce([{ name: "one", capacity: 5, weight: 1, settings }]);
  const { unreadable, to } = report();
  expect(await reseal(db.writer.em, after, sealedColumns, to)).toBe(0);
  expect(unreadable).toEqual([]);
  expect(await new Hosts(db.writer.em, new Vault([newer])).list()).toMatchObject([{ name: "one" }]);
  const columns: { name: string }[] = await db.owner.em.fork().execute(
    `select table_name || '.' || column_name as name from information_schema.columns
        where table_schema = 'public' and column_name like '%encrypted' and table_name <> 'letters'`,
  );
  const known = sealedColumns.map(({ table, sealed }) => `${table}.${sealed}`);
  expect(columns.map(({ name }) => name).toSorted()).toEqual(known.toSorted());
});

test("a host whose settings cannot be opened says so; the others are not affected", async () => {
  const hosts = new Hosts(db.writer.em, new Vault([newer]));
  await hosts.importOnce([
    { name: "one", capacity: 5, weight: 1, settings: memorySettings("10.7.0.0/24") },
    { name: "two", capacity: 5, weight: 1, settings: memorySettings("10.8.0.0/24") },
  ]);
  await db.owner.em.fork().execute("update hosts set settings_encrypted = 'x' where name = 'one'");
  const found = (await hosts.list()).map(({ name, unreadable }) => [
    name,
    unreadable !== undefined,
  ]);
  expect(Object.fromEntries(found)).toEqual({ one: true, two: false });
});
