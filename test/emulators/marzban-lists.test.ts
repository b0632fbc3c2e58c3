import { expect, test } from "vitest";
import { newUser, startMarzban, type User } from "./marzban-client.ts";
import { startS } from "./panel-client.ts";

interface List {
  readonly users: readonly User[];
  readonly total: number;
}

async function withUsers() {
  const panel = await startMarzban();
  const users = [
    ["carol", { expire: startS + 300, note: "tollgate:shop:1" }],
    ["alice", { expire: startS + 100, data_limit: 10 }],
    ["bob", { status: "on_hold", on_hold_expire_duration: 60 }],
  ] as const;
  for (const [name, more] of users) await panel.add(name, more);
  await panel.ask("POST", "/api/user", newUser("theirs"), "other");
  const list = async (query: string, who: "tollgate" | "root" = "tollgate") => {
    const { body } = await panel.ask<List>("GET", `/api/users?${query}`, undefined, who);
    return { names: body.users.map(({ username }) => username), total: body.total };
  };
  return { ...panel, list };
}

test("a list has one's own users alone; the owner sees all, or those of whom they name", async () => {
  const { list } = await withUsers();
  expect(await list("sort=username")).toEqual({ names: ["alice", "bob", "carol"], total: 3 });
  expect((await list("sort=username&admin=other")).total).toBe(3);
  expect((await list("sort=username", "root")).total).toBe(4);
  expect((await list("admin=other", "root")).names).toEqual(["theirs"]);
});

test("no limit, 0 and less mean all; past the end there is nothing, with the total", async () => {
  const { list } = await withUsers();
  expect((await list("sort=username&offset=1&limit=1")).names).toEqual(["bob"]);
  for (const query of ["", "limit=0", "limit=-1"])
    expect((await list(query)).names).toHaveLength(3);
  expect(await list("offset=100&limit=5")).toEqual({ names: [], total: 3 });
});

test("names are repeated, a search looks into names and notes whatever the case", async () => {
  const { list } = await withUsers();
  expect((await list("username=bob&username=alice&sort=username")).names).toEqual(["alice", "bob"]);
  expect((await list("search=ALI")).names).toEqual(["alice"]);
  expect((await list("search=shop")).names).toEqual(["carol"]);
  // As in SQL, this stands for any character.
  expect((await list("search=b_b")).names).toEqual(["bob"]);
  expect((await list("status=on_hold")).names).toEqual(["bob"]);
});

test("sorts by several columns, and refuses others", async () => {
  const { list, ask } = await withUsers();
  expect((await list("sort=-expire")).names).toEqual(["carol", "alice", "bob"]);
  expect((await list("sort=data_limit,-username")).names).toEqual(["carol", "bob", "alice"]);
  expect(await ask("GET", "/api/users?sort=nope")).toMatchObject({
    status: 400,
    body: { detail: '"nope" is not a valid sort option' },
  });
  expect((await ask("GET", "/api/users?status=nope")).status).toBe(422);
  expect((await ask("GET", "/api/users?limit=abc")).status).toBe(422);
});

test("expired users of the last 30 days are listed and deleted; a date without a zone breaks", async () => {
  const { ask, pass, letsIn } = await withUsers();
  const nobody = await ask("DELETE", "/api/users/expired");
  expect(nobody).toMatchObject({
    status: 404,
    body: { detail: "No expired users found in the specified date range" },
  });
  await pass(200);
  expect((await ask("GET", "/api/users/expired")).body).toEqual(["alice"]);
  const zoneless = "/api/users/expired?expired_before=2030-01-01T00:00:00";
  expect((await ask("GET", zoneless)).status).toBe(500);
  expect((await ask("GET", `${zoneless}Z`)).body).toEqual(["alice"]);
  expect((await ask("DELETE", "/api/users/expired")).body).toEqual(["alice"]);
  expect((await ask("GET", "/api/user/alice")).status).toBe(404);
  await pass(1);
  expect(await letsIn()).not.toHaveProperty("2.alice");
});

const master = (used_traffic: number) => ({
  username: "carol",
  usages: [{ node_id: null, node_name: "Master", used_traffic }],
});

test("the history has the traffic of a span, until a reset", async () => {
  const { ask, act, traffic, pass } = await withUsers();
  await traffic("carol", 700, true);
  await pass(3_600);
  await traffic("carol", 30, true);
  const usage = async (query = "") => (await ask("GET", `/api/user/carol/usage${query}`)).body;
  expect(await usage()).toEqual(master(730));
  expect(await usage("?start=2026-11-21T10:00:00%2B00:00")).toEqual(master(30));
  expect(await usage("?start=never")).toEqual({ detail: "Invalid date range or format" });
  await act("carol", "reset");
  expect(await usage()).toEqual(master(0));
});

test("after a reset of all by the owner, what was used in a life is gone as well", async () => {
  const { ask, traffic, rows } = await startMarzban();
  await ask("POST", "/api/user", newUser("mine"), "root");
  await traffic("mine", 900, true);
  await ask("POST", "/api/user/mine/reset", undefined, "root");
  await traffic("mine", 50, true);
  expect((await ask("POST", "/api/users/reset", undefined, "root")).status).toBe(200);
  expect(await rows()).toMatchObject([{ used_traffic: 0, resets: [] }]);
});
