import { appendFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startS } from "./panel-client.ts";
import { startPasarGuard, type User } from "./pasarguard-client.ts";
import { newDataFile } from "./programs.ts";

interface List {
  readonly users: readonly User[];
  readonly total: number;
}

async function withUsers() {
  const panel = await startPasarGuard();
  await panel.control("POST", "groups", { name: "vless", inbound_tags: ["VLESS WS"] });
  await panel.add("carol", { expire: startS + 300, note: "tollgate:shop:1", group_ids: [2] });
  await panel.add("alice", { expire: startS + 100, data_limit: 10 });
  await panel.add("bob", { status: "on_hold", on_hold_expire_duration: 60 });
  const other = await panel.as("other");
  await other("POST", "/api/user", { username: "theirs" });
  const list = async (query: string) => {
    const { body } = await panel.ask<List>("GET", `/api/users?${query}`);
    return { names: body.users.map(({ username }) => username), total: body.total };
  };
  return { ...panel, list };
}

test("in lists links are empty, unless they are asked for", async () => {
  const { ask } = await withUsers();
  const urls = async (query: string) =>
    (await ask<List>("GET", `/api/users${query}`)).body.users.map((user) => user.subscription_url);
  expect(await urls("")).toEqual(["", "", ""]);
  for (const url of await urls("?load_sub=true")) expect(url).toMatch(/^\/sub\/.+\..+$/u);
});

test.each([
  ["sort=created_at", ["carol", "alice", "bob"]],
  ["sort=-expire", ["carol", "alice", "bob"]],
  ["sort=username&offset=1&limit=1", ["bob"]],
  ["ids=1&ids=3", ["carol", "bob"]],
  ["usernames=carol&usernames=alice", ["alice", "carol"]],
  ["search=SHOP", ["carol"]],
  ["status=on_hold&status=expired", ["bob"]],
  ["group=2", ["carol"]],
  ["no_expire=true", ["bob"]],
  ["expire_after=2026-11-21T09:02:00Z", ["carol"]],
  ["expire_before=2026-11-21T09:02:00Z", ["alice"]],
  ["online=true", []],
  // Whose users are listed is not the caller's to choose.
  ["admin=other&sort=username", ["alice", "bob", "carol"]],
  ["offset=100", []],
])("%s lists %j", async (query, names) => {
  const { list } = await withUsers();
  expect((await list(query)).names).toEqual(names);
});

test("who has had traffic in the last two minutes is online", async () => {
  const { list, traffic, pass } = await withUsers();
  await pass(1);
  await traffic("alice", 5);
  await pass(10);
  expect((await list("online=true")).names).toEqual(["alice"]);
  await pass(180);
  expect((await list("online=true")).names).toEqual([]);
});

test("unknown columns are a 400, unknown states and numbers a 422", async () => {
  const { ask } = await withUsers();
  expect(await ask("GET", "/api/users?sort=nope")).toMatchObject({
    status: 400,
    body: { detail: "Value error, 'nope' is not a valid UserSortOption" },
  });
  expect((await ask("GET", "/api/users?status=nope")).status).toBe(422);
  expect((await ask("GET", "/api/users?limit=abc")).status).toBe(422);
});

/** A data file with one user more than so many, made of the row of one. */
async function withCopies(count: number): Promise<string> {
  const dataFile = newDataFile();
  const { add, rows, close } = await startPasarGuard({ dataFile });
  await add("tg_0");
  const [row = {}] = await rows();
  await close();
  const copies = Array.from({ length: count }, (_, at) => {
    const id = at + 2;
    return ["users", String(id), { ...row, id, username: `tg_${id}` }];
  });
  appendFileSync(dataFile, `${JSON.stringify(copies)}\n`);
  return dataFile;
}

test("the simple list has numbers and names, and never more than 10,000", async () => {
  const { ask } = await withUsers();
  const users = [
    { id: 2, username: "alice" },
    { id: 3, username: "bob" },
  ];
  const path = "/api/users/simple?sort=username&limit=2";
  expect((await ask("GET", path)).body).toEqual({ users, total: 3 });

  const many = await startPasarGuard({ dataFile: await withCopies(10_000) });
  const { body } = await many.ask<List>("GET", "/api/users/simple?all=true");
  expect([body.users.length, body.total]).toEqual([10_000, 10_001]);
});

test("the history adds up by period, and a reset keeps it", async () => {
  const { ask, act, traffic, pass } = await withUsers();
  const usage = async (query = "") =>
    (await ask<{ stats: object }>("GET", `/api/user/by-id/1/usage${query}`)).body;
  expect((await usage()).stats).toEqual({});
  await traffic("carol", 700, true);
  await pass(3_600);
  await traffic("carol", 30, true);
  await act(1, "reset");
  const hours = [
    { period_start: "2026-11-21T09:00:00Z", total_traffic: 700 },
    { period_start: "2026-11-21T10:00:00Z", total_traffic: 30 },
  ];
  expect(await usage()).toMatchObject({ period: "hour", stats: { "-1": hours } });
  const day = [{ period_start: "2026-11-21T00:00:00Z", total_traffic: 730 }];
  expect((await usage("?period=day")).stats).toEqual({ "-1": day });
});
