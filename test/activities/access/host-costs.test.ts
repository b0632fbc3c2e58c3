import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { HostPass } from "../../../activities/access/host-pass.ts";
import { reach } from "../../../activities/access/host-reach.ts";
import { sent, startCounting } from "../../../bench/hosts/counts.ts";
import { fillDatabase } from "../../../bench/hosts/fill-database.ts";
import { Vault } from "../../../db/vault.ts";
import { MemoryVpnHost } from "../../../gateways/hosts/memory.ts";
import { type OpenDatabases, useDatabase } from "../../drivers/database.ts";
import { memorySettings } from "../../drivers/test-app.ts";

startCounting("tunnel");
const few = useDatabase();
const many = useDatabase();
const vault = new Vault([{ id: "k1", key: randomBytes(32) }]);

/** The statements of each pass over a new host with so many accesses, the only one in its books. */
async function countStatements({ writer }: OpenDatabases, accesses: number) {
  const settings = memorySettings();
  const id = await fillDatabase(writer, vault, { accesses, settings });
  const host = new MemoryVpnHost(settings);
  const ports = { em: writer.em, vault, now: () => new Date(), checkpoint: () => undefined };
  const pass = new HostPass(id, reach({ get: async () => host }, id), ports);
  const compare = async () => {
    const before = sent.statements;
    await pass.compareWhole();
    return sent.statements - before;
  };
  const filled = await compare();
  await compare();
  const same = await compare();
  for (const { identity } of (await host.list()).peers) host.carry(identity, 1_000, 3_000);
  const moved = await compare();
  host.restart();
  const rebuilt = await compare();
  expect((await host.list()).peers).toHaveLength(accesses);
  return { filled, same, moved, rebuilt };
}

test("a pass and a traffic reading take as many statements for ten times as many accesses, a rebuild no more for each", async () => {
  const fewer = await countStatements(few, 200);
  const more = await countStatements(many, 2_000);
  expect(more).toMatchObject({ same: fewer.same, moved: fewer.moved });
  expect(more.filled).toBeLessThanOrEqual(10 * fewer.filled);
  expect(more.rebuilt).toBeLessThanOrEqual(10 * fewer.rebuilt);
  // A thousand at a time, each part with a few statements.
  expect(more.rebuilt).toBeLessThanOrEqual(2 * fewer.rebuilt);
});
