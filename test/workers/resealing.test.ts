import { Registry } from "prom-client";
import { beforeAll, expect, inject, test } from "vitest";
import { parseVaultKeys, Vault } from "../../db/vault.ts";
import { createLogger } from "../../runtime/log.ts";
import { freePort } from "../../tools/servers/ports.ts";
import { startResealing } from "../../workers/resealing.ts";
import { AccessBooks } from "../drivers/access-books.ts";
import { newVaultKeys, useDatabase } from "../drivers/database.ts";
import { eventually } from "../drivers/eventually.ts";
import { createNamespace } from "../drivers/namespace.ts";
import { memorySettings } from "../drivers/test-app.ts";
import { fetchText, launch } from "../runtime/launched.ts";

/** No device has a link here. */
const noLinks = { device_links: 0, file_links: 0 };

const db = useDatabase();
const [lost, older, newer, newest] = ["k0", "k1", "k2", "k3"].map(newVaultKeys) as Keys;
type Keys = [string, string, string, string];
const vaultOf = (...keys: readonly string[]) => new Vault(parseVaultKeys(keys.join(",")) ?? []);

const rowsUnder = async (key: string): Promise<number> => {
  const [row] = await db.owner.em.fork().execute<[{ n: number }]>(
    `select (select count(*) from hosts where starts_with(settings_encrypted, ?))::int
          + (select count(*) from accesses where starts_with(secrets_encrypted, ?))::int as n`,
    [`${key}.`, `${key}.`],
  );
  return row.n;
};

/** The rows that are left, by table, according to the metrics. */
const leftIn = (metrics: string): Record<string, number> =>
  Object.fromEntries(
    Array.from(
      metrics.matchAll(/^tollgate_sealed_rows_left\{table="(\w+)".*\} (\d+)$/gmu),
      ([, table, left]) => [table, Number(left)],
    ),
  );

/** Three batches of accesses, and a host. */
const devices = 450;
const rows = devices + 1;

beforeAll(async () => {
  const books = new AccessBooks(db, vaultOf(older));
  await books.hosts({ name: "one", capacity: 1_000, weight: 1, settings: memorySettings() });
  const owner = await books.subscriber({ deviceLimit: devices });
  for (let n = 0; n < devices; n += 1) await books.add(owner);
  expect(await rowsUnder("k1")).toBe(rows);
});

test("rows under an older key are resealed batch by batch, and the gauge goes to 0", async () => {
  const registry = new Registry();
  const lines: string[] = [];
  const log = createLogger("test", "info", { write: (line) => void lines.push(line) });
  const vault = vaultOf(newer, older);
  const end = startResealing({ em: db.writer.em, vault, registry, log });
  await eventually(() => expect(lines.join("")).toContain('"left":0'));
  expect(await rowsUnder("k2")).toBe(rows);
  expect(leftIn(await registry.metrics())).toEqual({
    hosts: 0,
    accesses: 0,
    renewals: 0,
    ...noLinks,
  });
  // Rows that one statement wrote have the same transaction id.
  const written = await db.owner.em
    .fork()
    .execute("select count(*)::int as n from accesses group by xmin::text order by n");
  expect(written).toEqual([{ n: 50 }, { n: 200 }, { n: 200 }]);
  await end();
});

test("a worker reseals with its first key; a row that it cannot open is skipped, and counted", async () => {
  const [row] = await db.owner.em
    .fork()
    .execute<[{ id: string }]>("select id from accesses limit 1");
  const sealed = vaultOf(lost).seal("whatever it was", `access/${row.id}`);
  const update = "update accesses set secrets_encrypted = ? where id = ? returning id";
  await db.owner.em.fork().execute(update, [sealed, row.id]);
  const [temporal, metrics] = await Promise.all([createNamespace(), freePort()]);
  const worker = launch("workers", {
    DATABASE_URL: db.writerUrl,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    METRICS_PORT: String(metrics),
    BOT_TOKEN: "123456:TEST",
    TELEGRAM_API_ROOT: "http://127.0.0.1:1",
    ADMIN_IDS: "1001",
    ENCRYPTION_KEYS: [newest, newer, older].join(","),
    WORKFLOW_BUNDLE: inject("temporal").codePath,
  });
  await eventually(() => expect(worker.out()).toContain("keep those keys"));
  const { text } = await fetchText(`http://127.0.0.1:${metrics}/metrics`);
  expect(leftIn(text)).toEqual({ hosts: 0, accesses: 1, renewals: 0, ...noLinks });
  expect([await rowsUnder("k3"), await rowsUnder("k0")]).toEqual([rows - 1, 1]);
  const lines = worker
    .out()
    .split("\n")
    .filter((line) => line.includes("cannot be opened and stays"));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`access/${row.id}`);
  await temporal.connection.close();
});
