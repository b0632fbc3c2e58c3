import { randomBytes } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { Hosts, settingsColumns } from "../../db/access/hosts.ts";
import { Vault } from "../../db/vault.ts";
import type { HostId } from "../../domain/ids.ts";
import type { Logger } from "../../runtime/log.ts";
import { HostRegistry } from "../../workers/hosts.ts";
import { AccessBooks } from "../drivers/access-books.ts";
import { useDatabase } from "../drivers/database.ts";
import { memorySettings } from "../drivers/memory-settings.ts";

const db = useDatabase();
const vault = new Vault([{ id: "k1", key: randomBytes(32) }]);

let logged: string[];
let registry: HostRegistry;
let id: HostId;
beforeEach(async () => {
  logged = [];
  const write = (facts: unknown, words: unknown) =>
    void logged.push(JSON.stringify([facts, words]));
  const log = { info: write, warn: write, error: write } as unknown as Logger;
  registry = new HostRegistry(new Hosts(db.writer.em, vault), log);
  [id] = (await new AccessBooks(db, vault).hosts({
    name: "one",
    capacity: 5,
    weight: 1,
    settings: memorySettings(),
  })) as [HostId];
});

const update = (row: object) =>
  new AccessBooks(db, vault).queries
    .updateTable("hosts")
    .set(row)
    .where("id", "=", id as string)
    .execute();

test("a host whose settings have changed gets a new adapter once it is told, and another keeps its own", async () => {
  const before = await registry.get(id);
  registry.forget();
  expect(await registry.get(id)).toBe(before);
  await update(settingsColumns(vault, "one", memorySettings("10.70.0.0/20")));
  expect(await registry.get(id)).toBe(before);
  registry.forget();
  expect(await registry.get(id)).not.toBe(before);
  await update({ state: "closed" });
  registry.forget();
  await expect(registry.get(id)).rejects.toThrow(/not in the database any more/u);
  expect(await registry.test(id)).toBeUndefined();
});

test("settings that cannot be used are named at their place in log, error and report, and never shown", async () => {
  const secret = "panelSecret 123456";
  const settings = { kind: "marzban", url: "https://panel.example", username: "shop" };
  await update(settingsColumns(vault, "one", { ...settings, password: secret } as never));
  const error = await registry.get(id).catch(String);
  const report = await registry.test(id);
  expect(report).toMatchObject({ kind: "marzban", isUsable: false });
  const all = JSON.stringify([logged, error, report]);
  expect(all).toMatch(/cannot be used[^]*password: .*without spaces/u);
  expect(report?.findings.map(({ trouble }) => trouble)).toEqual(["settings"]);
  expect(all).not.toContain(secret);
  await update({
    settingsEncrypted: new Vault([{ id: "k2", key: randomBytes(32) }]).seal("{}", "x"),
  });
  const sealed = await registry.test(id);
  expect(sealed?.findings).toEqual([
    { trouble: "settings", details: expect.stringMatching(/not in ENCRYPTION_KEYS/u) },
  ]);
});
