import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startMarzbanEmulator } from "../../emulators/marzban/emulator.ts";
import { eventually } from "../drivers/eventually.ts";
import { planFor } from "../drivers/shop.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { runScript } from "./run-script.ts";

/** Each command is a process, and they come one after the other. */
vi.setConfig({ testTimeout: 240_000 });

const app = useTestApp({ storedHosts: true, plans: [planFor("month", { RUB: 30_000 })] });
const account = { username: "shop", password: "panelSecret123456" };
const daySeconds = 86_400;

let folder: string;
let panel: Awaited<ReturnType<typeof startMarzbanEmulator>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tollgate-adopt-"));
  panel = await startMarzbanEmulator({ port: 0, ...account });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await panel.close();
});

const hosts = (...args: readonly string[]) =>
  runScript(app, "tools/tollgate.ts", ["hosts", ...args]);

function fileOf(text: string): string {
  const file = join(folder, `${crypto.randomUUID()}.txt`);
  writeFileSync(file, text);
  return file;
}

interface PanelUser {
  readonly proxies: { readonly vless: { readonly id: string } };
  readonly note: string;
  readonly expire: number | null;
  readonly status: string;
  readonly subscription_url: string;
}

let token: Promise<string> | undefined;
async function signIn(): Promise<string> {
  const body = new URLSearchParams(account);
  const response = await fetch(`${panel.url}/api/admin/token`, { method: "POST", body });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const authorization = `Bearer ${await (token ??= signIn())}`;
  const headers = { authorization, "content-type": "application/json" };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${panel.url}${path}`, { method, headers, ...sent });
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

const userOf = (name: string) => ask<PanelUser>("GET", `/api/user/${name}`);

/** What another shop's bot has made: on one of the inbounds, with an end of its own. */
async function makeUser(username: string, note: string, expire: number): Promise<PanelUser> {
  const proxies = { vless: {} };
  const inbounds = { vless: ["VLESS WS"] };
  return ask("POST", "/api/user", { username, note, expire, proxies, inbounds });
}

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

const lots = () =>
  app.rows<{ cause: string; ms: number; owner: number }>(
    `select t.cause, t.ms::float8, c.telegram_id::int as owner from time_lots t
       join subscriptions s on s.id = t.subscription_id join customers c on c.id = s.customer_id
      where t.kind = 'import' order by 3`,
  );

test("users of a panel become customers with their names, keys and ends, once each, and only with --yes", async () => {
  const bob = app.person();
  const ends = inSeconds(10 * daySeconds);
  const former = await makeUser("tg_700000001", "", ends);
  await makeUser("vip", "Telegram ID: 700000002", ends);
  await makeUser("late_700000003", "", inSeconds(-daySeconds));
  await makeUser("nobody", "a friend", ends);
  await makeUser("bob", "", ends);
  const settings = JSON.stringify({ kind: "marzban", url: panel.url, ...account });
  expect(await hosts("add", "Panel", fileOf(settings))).toMatchObject({ code: 0 });
  await hosts("drain", "Panel");

  const listed = (await hosts("adopt", "Panel")).text;
  expect(listed).toMatch(/^Panel: 5 are not ours$/mu);
  expect(listed).toMatch(/^tg_700000001 +700000001 +let in/mu);
  expect(listed).toMatch(/^vip +700000002 +let in/mu);
  expect(listed).toMatch(/^nobody +let in/mu);

  const order = ["adopt", "Panel", "--as-customers", "--plan", "month", "--own-end"];
  const dry = await hosts(...order);
  expect(dry.code).toBe(1);
  expect(dry.text).toMatch(/3 would become customers, .*2 not$/mu);
  expect(dry.text).toMatch(/nothing was done/u);
  expect(await lots()).toEqual([]);

  const done = await hosts(...order, "--by", "Ann", "--yes");
  expect(done).toMatchObject({
    code: 0,
    text: expect.stringMatching(/^Panel: 3 became customers/u),
  });
  expect(done.text).toMatch(/^nobody +not +its name and note say no number/mu);
  expect(done.text).toMatch(/^late_700000003 +customer 700000003 +without time$/mu);
  const mapped = fileOf(`identity,telegram\nbob,${bob.id}\n`);
  expect(await hosts(...order, "--file", mapped, "--yes")).toMatchObject({ code: 0 });

  // No time without a cause, and no more of it than the panel had.
  const given = await lots();
  expect(given.map(({ owner }) => owner)).toEqual([bob.id, 700_000_001, 700_000_002]);
  for (const { ms } of given) {
    expect(ms).toBeGreaterThan(9.9 * daySeconds * 1_000);
    expect(ms).toBeLessThanOrEqual(10 * daySeconds * 1_000);
  }
  const acts = () =>
    app.rows("select request_id, after from audit_log where act = 'adopt' order by request_id");
  expect(await acts()).toHaveLength(4);
  expect(JSON.stringify(await acts())).toContain('"operatorName":"Ann"');

  // The panel's user is ours now, and whoever has its key or link notices nothing.
  const after = await eventually(async () => {
    const user = await userOf("tg_700000001");
    expect(user.note).toBe("tollgate:shop:tg_700000001");
    return user;
  });
  expect(after.proxies).toEqual(former.proxies);
  expect(Math.abs((after.expire ?? 0) - ends)).toBeLessThanOrEqual(2);
  expect(after.status).toBe("active");
  const link = await fetch(new URL(former.subscription_url, panel.url));
  expect(link.status).toBe(200);
  expect((await userOf("nobody")).note).toBe("a friend");

  const before = [await lots(), await acts()];
  const again = await hosts(...order, "--yes");
  expect(again.text).toMatch(
    /^Panel: 0 became customers, 0 are marked external, 4 were so before, 1 not$/mu,
  );
  expect([await lots(), await acts()]).toEqual(before);

  await bob.send("/start");
  await bob.waitForMessage(/10 days|9 days/u);
  await bob.send("/devices");
  await bob.waitForMessage(/bob/u);
});

test("who stays is marked once, asked about no more, and needs room", async () => {
  const external = ["adopt", "Panel", "--external"];
  expect((await hosts(...external)).text).toMatch(/1 would be marked external/u);
  expect((await hosts(...external, "--yes")).text).toMatch(/1 are marked external/u);
  expect((await hosts(...external, "--yes")).text).toMatch(
    /0 are marked external, 1 were so before/u,
  );
  expect((await hosts("adopt", "Panel")).text).toMatch(/^nobody .*marked external$/mu);
  expect(await app.rows("select identity from external_users")).toEqual([{ identity: "nobody" }]);
  // Whoever is marked counts: with a capacity of five the panel is full, and the other host is not.
  await hosts("edit", "Panel", "--capacity", "4");
  await hosts("resume", "Panel");
  await hosts("drain", "one");
  const eve = app.person();
  const admin = await app.admin();
  await eve.askForAccess();
  await admin.pressButton(new RegExp(`^decide:signup:${eve.id}:\\w+:approve$`, "u"));
  await eve.waitForMessage(/servers are full/u);
  await hosts("edit", "Panel", "--capacity", "5");
  await eve.waitForMessage(/Your key for/u);
});

test.each([
  [["--external", "--as-customers"], /either --external or --as-customers/u],
  [["--as-customers"], /needs --plan/u],
  [["--as-customers", "--plan", "month"], /one of --days N, --until DATE and --own-end/u],
  [["--as-customers", "--plan", "month", "--days", "x"], /--days is a whole number/u],
  [["--as-customers", "--plan", "month", "--until", "soon"], /--until is a date/u],
  [["--as-customers", "--plan", "nothing", "--days", "1"], /no such plan/u],
  [
    ["--as-customers", "--plan", "month", "--days", "1", "--language", "xx"],
    /--language is one of/u,
  ],
])("hosts adopt %j says what is wrong", async (args, words) => {
  expect(await hosts("adopt", "Panel", ...args)).toMatchObject({
    code: 1,
    text: expect.stringMatching(words),
  });
});

test("a file with a line that cannot be read changes nothing, and its line is named", async () => {
  const order = ["adopt", "Panel", "--as-customers", "--plan", "month", "--days", "5", "--yes"];
  for (const [text, words] of [
    ["nobody,1\nnobody,2", /line 2: "nobody" is there twice/u],
    ["name,telegram\nnobody,me", /line 2: not IDENTITY,NUMBER/u],
  ] as const) {
    expect(await hosts(...order, "--file", fileOf(text))).toMatchObject({
      code: 1,
      text: expect.stringMatching(words),
    });
  }
  expect(await app.rows("select 1 from accesses where identity = 'nobody'")).toEqual([]);
});
