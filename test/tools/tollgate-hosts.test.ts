import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { hostId } from "../../domain/ids.ts";
import { startMarzbanEmulator } from "../../emulators/marzban/emulator.ts";
import { freePort } from "../../tools/servers/ports.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { memorySettings } from "../drivers/memory-settings.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { runScript } from "./run-script.ts";

/** Each command is a process, and they come one after the other. */
vi.setConfig({ testTimeout: 180_000 });

const app = useTestApp({ storedHosts: true });
const account = { username: "shop", password: "panelSecret123456" };

let folder: string;
let panel: Awaited<ReturnType<typeof startMarzbanEmulator>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tollgate-hosts-"));
  panel = await startMarzbanEmulator({ port: 0, ...account });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await panel.close();
});

const hosts = (...args: readonly string[]) =>
  runScript(app, "tools/tollgate.ts", ["hosts", ...args]);

/** A file with this content. */
function fileOf(content: unknown): string {
  const file = join(folder, `${crypto.randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const listed = async (): Promise<Record<string, unknown>[]> =>
  JSON.parse((await hosts("list", "--json")).text) as Record<string, unknown>[];
const find = async (name: string) => (await listed()).find((host) => host["name"] === name);

const done = (text: RegExp) => ({ code: 0, text: expect.stringMatching(text) });
const refused = (text: RegExp) => ({ code: 1, text: expect.stringMatching(text) });

const marzban = (more: object = {}) => ({ kind: "marzban", url: panel.url, ...account, ...more });

const reconcilerOf = async (name: string) => {
  const [row] = await app.rows<{ id: string }>("select id from hosts where name = ?", [name]);
  return app.client.workflow.getHandle(workflowIds.host(hostId(row!.id))).describe();
};

test("a host that is added while the worker runs serves a customer without a restart", async () => {
  expect(await hosts("drain", "one")).toEqual(done(/takes no new devices/u));
  expect(await hosts("add", "Berlin", fileOf(memorySettings("10.30.0.0/20")))).toEqual(
    done(/^Berlin is added/u),
  );
  await app.customer();
  expect(await find("Berlin")).toMatchObject({ state: "open", living: 1, letIn: 1, left: 0 });
  const table = (await hosts()).text;
  expect(table).toMatch(/^NAME +KIND +STATE +DEVICES/u);
  expect(table).toMatch(/^Berlin +memory +open +1\/200 +1 +vpn\.example:51820$/mu);
  expect(table).toMatch(/^one +memory +draining/mu);
  expect((await hosts("show", "Berlin")).text).toMatch(/^devices with time: +1$/mu);
  expect(await hosts("test", "Berlin")).toMatchObject({ code: 0 });
  expect(await hosts("resume", "one")).toEqual(done(/takes new devices again/u));
  expect(await hosts("resume", "one")).toEqual(done(/is so already/u));
});

test("a panel whose settings are corrected while the worker runs gets the customers who wait for it", async () => {
  const wrong = "wrongSecret654321";
  await hosts("drain", "one");
  await hosts("drain", "Berlin");
  await hosts("add", "Panel", fileOf(marzban({ password: wrong })), "--capacity", "50");
  expect(await hosts("test", "Panel")).toEqual(refused(/credentials: .*password[^]*-> Make new/u));
  await eventually(async () => expect(await find("Panel")).toMatchObject({ state: "away" }));
  const alice = app.person();
  const admin = await app.admin();
  await alice.askForAccess();
  await admin.pressButton(new RegExp(`^decide:signup:${alice.id}:\\w+:approve$`, "u"));
  expect(
    await hosts("edit", "Panel", "--settings", fileOf({ password: account.password })),
  ).toEqual(done(/^Panel is changed/u));
  expect(await hosts("test", "Panel")).toEqual(done(/^Panel \(marzban, 0\.8/u));
  await alice.waitForMessage(/Your key for/u);
  expect(await hosts("edit", "Panel", "--capacity", "60", "--weight", "3")).toMatchObject({
    code: 0,
  });
  expect(await find("Panel")).toMatchObject({ capacity: 60, weight: 3, state: "open", living: 1 });
  expect(await hosts("edit", "Panel", "--capacity", "60")).toEqual(done(/is so already/u));
});

test("what its devices know a host by cannot change while they are on it, and a secret goes nowhere else", async () => {
  const network = { network: "10.31.0.0/20", serverAddress: "10.31.0.1" };
  expect(await hosts("edit", "Berlin", "--settings", fileOf(network))).toEqual(
    refused(/its network cannot change while 1 devices are on it/u),
  );
  const elsewhere = { url: `http://127.0.0.1:${await freePort()}` };
  expect(await hosts("edit", "Panel", "--settings", fileOf(elsewhere))).toEqual(
    refused(/give the password, token or apiKey anew/u),
  );
  const dns = fileOf({ dns: ["9.9.9.9"], mtu: null });
  expect(await hosts("edit", "Berlin", "--settings", dns)).toEqual(refused(/mtu: /u));
  const onWorker = { ...memorySettings(), kind: "amneziawg", publicKey: null };
  const via = { type: "cli", tool: "awg", interface: "awg0", enter: ["curl"] };
  const { publicKey: _, ...settings } = { ...onWorker, via };
  expect(await hosts("add", "Here", fileOf(settings))).toEqual(refused(/HOSTS_FILE/u));
});

test("a file is imported once, and exported only with the keys", async () => {
  const file = fileOf([
    { name: "Oslo", capacity: 10, settings: memorySettings("10.40.0.0/20") },
    { name: "Rome", settings: memorySettings("10.41.0.0/20") },
  ]);
  expect(await hosts("import", file)).toEqual(done(/^Oslo is added[^]*^Rome is added/mu));
  const rows = () => app.rows("select request_id from audit_log where act = 'host'");
  const before = await rows();
  expect(await hosts("import", file)).toEqual(done(/^Oslo: it is so already\.$/mu));
  expect(await rows()).toEqual(before);
  const changed = fileOf([
    { name: "Oslo", capacity: 20, settings: memorySettings("10.40.0.0/20") },
  ]);
  expect(await hosts("import", changed)).toEqual(refused(/with other settings: hosts edit/u));
  expect(await find("Oslo")).toMatchObject({ capacity: 10 });
  expect(await hosts("export")).toEqual(refused(/only where ENCRYPTION_KEYS are/u));
  const keys = { ENCRYPTION_KEYS: app.encryptionKeys };
  const exported = await runScript(app, "deploy/tollgate.ts", ["hosts", "export"], keys);
  expect(exported.code).toBe(0);
  const entries = JSON.parse(exported.text) as { name: string; capacity: number }[];
  expect(entries).toContainEqual(expect.objectContaining({ name: "Panel", capacity: 60 }));
  expect(exported.text).toContain(account.password);
  expect(await hosts("import", fileOf(entries))).toEqual(done(/^Panel: it is so already/mu));
});

test("a host is removed when nothing is on it: its reconciler ends, its settings are gone, its name may come back", async () => {
  expect(await hosts("remove", "Berlin", "--yes")).toEqual(refused(/1 devices are on it/u));
  const sure = await hosts("remove", "Oslo");
  expect(sure).toEqual(refused(/room for 10 devices; \d other hosts take new ones/u));
  expect(await find("Oslo")).toBeDefined();
  const { workflowId } = await reconcilerOf("Oslo");
  await app.client.workflow.getHandle(workflowId).signal("pause");
  expect(await hosts("remove", "Oslo", "--yes")).toEqual(done(/settings are deleted/u));
  await eventually(async () => expect((await reconcilerOf("Oslo")).status.name).toBe("COMPLETED"));
  expect(await find("Oslo")).toBeUndefined();
  expect(await hosts("show", "Oslo")).toEqual(refused(/no host "Oslo"/u));
  expect(await hosts("add", "Oslo", fileOf(memorySettings("10.50.0.0/20")))).toMatchObject({
    code: 0,
  });
  await eventually(async () => expect((await reconcilerOf("Oslo")).status.name).toBe("RUNNING"));
  expect(await find("Oslo")).toMatchObject({ network: "10.50.0.0/20", capacity: 200 });
});

test.each([
  [["show"], /hosts show needs a NAME/u],
  [["add", "New"], /needs a NAME and a FILE/u],
  [["add", "New", "/nowhere.json"], /cannot be read/u],
  [["edit", "one"], /what should change/u],
  [["edit", "one", "--capacity", "many"], /--capacity is a whole number/u],
  [["list", "--yes"], /takes no --yes/u],
  [["break", "one"], /is not something that hosts do/u],
  [["drain", "nobody"], /there is no host "nobody"/u],
  [["show", "Two", "Words"], /put a name with spaces in quotes/u],
])("%j says what to do", async (args, words) => {
  expect(await hosts(...args)).toEqual(refused(words));
});

test("settings that cannot be are refused at their place, and no value of them is shown", async () => {
  const broken = fileOf(marzban({ password: "two secretWords", inbounds: {} }));
  const { code, text } = await hosts("add", "New", broken);
  expect(code).toBe(1);
  expect(text).toMatch(/password: .*without spaces[^]*inbounds: names at least one protocol/u);
  expect(text).not.toContain("secretWords");
});

/** The payloads of a history as text. */
const decode = (history: string): string =>
  history.replaceAll(/"data":\s*"([^"]+)"/gu, (_, data: string) =>
    Buffer.from(data, "base64").toString("utf8"),
  );

test("no secret of a host's settings is in any history, and the reader role cannot read them", async () => {
  let histories = "";
  let changes = 0;
  for await (const { workflowId, runId, type } of app.client.workflow.list()) {
    if (type === "hostChange") changes += 1;
    const history = await app.client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories += decode(historyToJSON(history));
  }
  expect(changes).toBeGreaterThan(5);
  const inHistories = [`"name":"Berlin"`, account.password, "wrongSecret654321"];
  expect(inHistories.map((text) => histories.includes(text))).toEqual([true, false, false]);
  const [stored] = await app.rows<{ sealed: string }>(
    "select settings_encrypted as sealed from hosts where name = 'Panel'",
  );
  expect(stored!.sealed).toMatch(/^k1\./u);
  expect(stored!.sealed).not.toContain(account.password);
  const granted = await app.rows<{ column: string }>(
    `select column_name as column from information_schema.column_privileges
      where table_name = 'hosts' and grantee = 'tollgate_reader'`,
  );
  const columns = granted.map(({ column }) => column);
  expect(columns).toContain("endpoint");
  expect(columns).not.toContain("settings_encrypted");
});
