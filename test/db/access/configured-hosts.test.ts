import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { ConfiguredHosts } from "../../../db/access/configured-hosts.ts";
import { Hosts } from "../../../db/access/hosts.ts";
import { SealedBoxes, sealFor } from "../../../db/sealed-box.ts";
import { Vault } from "../../../db/vault.ts";
import type { HostChange } from "../../../domain/access/host-change.ts";
import { telegramId } from "../../../domain/ids.ts";
import { operator } from "../../../domain/operations/shop-change.ts";
import { instant } from "../../../domain/time.ts";
import { checkHostSettings } from "../../../workers/hosts.ts";
import { AccessBooks } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { memorySettings } from "../../drivers/memory-settings.ts";

const db = useDatabase();
const keys = [{ id: "k1", key: randomBytes(32) }];
const vault = new Vault(keys);
const boxes = new SealedBoxes(keys);
const books = new AccessBooks(db, vault);
const now = instant(new Date());

const hosts = () => new ConfiguredHosts(db.writer.em, { vault, boxes, check: checkHostSettings });

const seal = (settings: unknown, requestId: string, key = boxes.published) =>
  sealFor(key, JSON.stringify(settings), requestId);

const ask = (requestId: string, change: HostChange) =>
  hosts().changeOnce({ requestId, by: operator, change }, now);

const add = (requestId: string, name: string, settings: unknown = memorySettings()) =>
  ask(requestId, {
    kind: "add",
    name,
    capacity: 5,
    weight: 1,
    settings: seal(settings, requestId),
  });

const rowsOf = (requestId: string) =>
  books.queries
    .selectFrom("audit_log")
    .select(["act", "after"])
    .where("requestId", "=", requestId)
    .execute();

test("one request is one change, however often it comes and with whom it races", async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => add("once", "Once")));
  expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(["changed"]));
  expect(await rowsOf("once")).toHaveLength(1);
  const [one, two] = await Promise.all([add("race-1", "Race"), add("race-2", "Race")]);
  expect([one.kind, two.kind].toSorted()).toEqual(["changed", "refused"]);
});

test("settings that were sealed for another request, or with another key, are not opened", async () => {
  const settings = seal(memorySettings(), "first");
  const change = { kind: "add", name: "Stolen", capacity: 5, weight: 1, settings } as const;
  expect(await ask("second", change)).toEqual({ kind: "refused", why: "unreadable" });
  const other = new SealedBoxes([{ id: "k1", key: randomBytes(32) }]);
  const box = seal(memorySettings(), "third", other.published);
  expect(await ask("third", { ...change, settings: box })).toMatchObject({ why: "unreadable" });
});

test("who may not change the shop changes no host", async () => {
  const by = await books.person();
  const added = await add("for-bob", "Bob's");
  if (added.kind === "refused") throw new Error("it was refused");
  const change = { kind: "drain", hostId: added.hostId } as const;
  const request = { requestId: "by-bob", by: telegramId(by), change };
  expect(await hosts().changeOnce(request, now)).toEqual({ kind: "refused", why: "notAdmin" });
});

test("an audit row has what changed of a host, and no setting of it", async () => {
  const settings = memorySettings();
  const added = await add("audited", "Audited", settings);
  if (added.kind === "refused") throw new Error("it was refused");
  const dns = ["9.9.9.9"];
  const edit = { kind: "edit", hostId: added.hostId, settings: seal({ dns }, "edit") } as const;
  expect(await ask("edit", edit)).toMatchObject({ kind: "changed" });
  const [row] = await rowsOf("edit");
  expect(row?.after).toMatchObject({ host: "Audited", changed: ["dns"] });
  expect(JSON.stringify(row)).not.toContain("9.9.9.9");
  const stored = (await new Hosts(db.writer.em, vault).list()).find(
    ({ id }) => id === added.hostId,
  );
  expect(stored?.settings).toEqual(JSON.parse(JSON.stringify({ ...settings, dns })));
});

test("a file is imported once: what the database has, or had, is left as it is and named", async () => {
  const stored = new Hosts(db.writer.em, vault);
  const entry = { name: "File", capacity: 7, weight: 1, settings: memorySettings() };
  expect(await stored.importOnce([entry])).toEqual({ added: ["File"], different: [] });
  expect(await stored.importOnce([entry])).toEqual({ added: [], different: [] });
  const changed = { ...entry, capacity: 8 };
  expect(await stored.importOnce([changed])).toEqual({ added: [], different: ["File"] });
  const [host] = (await stored.list()).filter(({ name }) => name === "File");
  expect(host).toMatchObject({ capacity: 7 });
  const removed = await ask("remove-file", { kind: "remove", hostId: host!.id });
  expect(removed).toMatchObject({ kind: "changed" });
  expect(await stored.importOnce([entry])).toEqual({ added: [], different: ["File"] });
  expect((await stored.list()).map(({ name }) => name)).not.toContain("File");
  const [row] = await books.queries
    .selectFrom("hosts")
    .select(["state", "settingsEncrypted"])
    .where("name", "=", "File")
    .execute();
  expect([row?.state, vault.open(row!.settingsEncrypted, "host/File")]).toEqual(["closed", "{}"]);
});

test("a host may get IPv6 while it has devices, which have an address of it then, and may not change it", async () => {
  const added = await add("six", "Six", memorySettings("10.66.0.0/20"));
  if (added.kind === "refused") throw new Error("it was refused");
  const { hostId } = added;
  const { queries } = books;
  const others = queries.updateTable("hosts").set({ state: "draining" as const });
  await others.where("id", "!=", hostId as string).execute();
  const { id: device } = await books.add(await books.subscriber());
  const edit = (requestId: string, settings: object) =>
    ask(requestId, { kind: "edit", hostId, settings: seal(settings, requestId) });
  expect(await edit("six-1", { network6: "fd66::/64" })).toMatchObject({ kind: "changed" });
  const place = async () => {
    const { address, address6 } = await books.accessOf(device);
    return { address, address6 };
  };
  expect(await place()).toEqual({ address: "10.66.0.2", address6: "fd66::2" });
  for (const network6 of ["fd67::/64", null]) {
    const refusal = { kind: "refused", why: "identityChanged", problems: ["network6"] };
    expect(await edit(`six-${network6}`, { network6 })).toMatchObject(refusal);
  }
  expect(await place()).toEqual({ address: "10.66.0.2", address6: "fd66::2" });
});
