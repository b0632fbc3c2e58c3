import { describe, expect, test } from "vitest";
import { startPasarGuard } from "./pasarguard-client.ts";

const future = 1_893_456_000;
const iso = "2030-01-01T00:00:00Z";

const fields = `proxy_settings expire data_limit data_limit_reset_strategy note
  on_hold_expire_duration on_hold_timeout group_ids auto_delete_in_days hwid_limit next_plan id
  username status used_traffic lifetime_used_traffic created_at edit_at online_at subscription_url
  admin`.split(/\s+/u);

test("a user has a number, credentials for all protocols, groups, and no links", async () => {
  const { add } = await startPasarGuard();
  const { status, body } = await add("tg_alice", { unknown: 1 });
  expect(status).toBe(201);
  expect(Object.keys(body)).toEqual(fields);
  expect(body).toMatchObject({
    id: 1,
    group_ids: [1],
    expire: null,
    created_at: "2026-11-21T09:00:00.500000Z",
    admin: { id: 2, username: "tollgate" },
  });
  const protocols = "vmess vless trojan shadowsocks wireguard hysteria";
  expect(Object.keys(body.proxy_settings).join(" ")).toBe(protocols);
});

test("groups: left out it has none, null and [] are refused, unknown ones a 404", async () => {
  const { ask, add, raw } = await startPasarGuard();
  const { status, body } = await ask("POST", "/api/user", { username: "no_group" });
  expect([status, body["group_ids"]]).toEqual([201, []]);
  expect((await raw("GET", String(body["subscription_url"]))).text).toBe("");
  for (const group_ids of [null, []]) {
    expect(await add("tg_alice", { group_ids })).toMatchObject({
      status: 422,
      body: { detail: { group_ids: "Value error, you must select at least one group" } },
    });
  }
  expect(await add("tg_alice", { group_ids: [1, 99] })).toMatchObject({
    status: 404,
    body: { detail: "Group not found" },
  });
  expect((await add("tg_alice", { group_ids: [1, "1"] })).body.group_ids).toEqual([1]);
});

test.each([
  [future, iso],
  [String(future), iso],
  [iso, iso],
  ["2030-01-01T00:00:00", iso],
  ["2030-01-01T03:00:00+03:00", iso],
  [-5, "1969-12-31T23:59:55Z"],
  [1_600_000_000, "2020-09-13T12:26:40Z"],
  [0, null],
  [null, null],
])("expire %s is kept as %s", async (expire, kept) => {
  const { add } = await startPasarGuard();
  expect(await add("tg_alice", { expire })).toMatchObject({ status: 201, body: { expire: kept } });
});

test("milliseconds as expire are refused, and poison nothing", async () => {
  const { add, ask } = await startPasarGuard();
  expect(await add("tg_alice", { expire: future * 1_000 })).toMatchObject({
    status: 422,
    body: { detail: { expire: "Value error, year 61971 is out of range" } },
  });
  expect((await ask("GET", "/api/users")).body).toEqual({ users: [], total: 0 });
});

test("a limit of 0 stays 0 at first, and becomes null by a change", async () => {
  const { add, change } = await startPasarGuard();
  const { body } = await add("tg_alice", { data_limit: 0, hwid_limit: -1 });
  expect([body.data_limit, body["hwid_limit"]]).toEqual([0, -1]);
  expect((await change(body.id, { data_limit: 0 })).body.data_limit).toBeNull();
  expect((await add("digits", { data_limit: "1000" })).body.data_limit).toBe(1_000);
});

const badStatus =
  "Value error, ('status must be in', {<UserStatus.on_hold: 'on_hold'>, <UserStatus.active: 'active'>})";
const noInteger = "Input should be a valid integer, unable to parse string as an integer";
const fraction = "Input should be a valid integer, got a number with a fractional part";

describe("POST refuses", () => {
  test.each([
    [{ username: "ab" }, { username: "Value error, Username only can be 3 to 128 characters." }],
    [
      { username: "bad name" },
      {
        username: "Value error, Username can only contain alphanumeric characters, -, _, @, and .",
      },
    ],
    [
      { username: "tg__alice" },
      { username: "Value error, Username cannot have consecutive special characters" },
    ],
    [{ data_limit: 1_000.5 }, { data_limit: fraction }],
    [{ data_limit: -1 }, { data_limit: "Input should be greater than or equal to 0" }],
    [{ note: "x".repeat(501) }, { note: "String should have at most 500 characters" }],
    [{ status: "disabled" }, { status: badStatus }],
    [{ group_ids: ["a"] }, { "0": noInteger }],
    [
      { expire: "soon" },
      {
        datetime: "Input should be a valid datetime or date, input is too short",
        int: noInteger,
      },
    ],
    [
      { proxy_settings: { shadowsocks: { password: "short" } } },
      { password: "String should have at least 22 characters" },
    ],
    [
      { proxy_settings: { wireguard: { private_key: "short" } } },
      { private_key: "Value error, Invalid private_key." },
    ],
    [{ expire: 1e15 }, { expire: "Value error, year 31690708 is out of range" }],
  ])("%j with 422 %j", async (more, detail) => {
    const { add } = await startPasarGuard();
    expect(await add("tg_alice", more)).toMatchObject({ status: 422, body: { detail } });
  });

  test("a number that the database does not hold with 500", async () => {
    const { raw } = await startPasarGuard();
    const body = '{"username":"tg_alice","data_limit":9223372036854775808}';
    const headers = { "x-api-key": "pg_key_11111111-1111-4111-8111-111111111111" };
    expect((await raw("POST", "/api/user", { raw: body, headers })).status).toBe(500);
    const path = "/api/user/by-id/99999999999999999999";
    expect((await raw("GET", path, { headers })).status).toBe(500);
  });
});

test("a plan of a template is a 404, as there are no templates", async () => {
  const { add, change } = await startPasarGuard();
  const next_plan = { user_template_id: 9, data_limit: 5 };
  const absent = { status: 404, body: { detail: "User Template not found" } };
  expect(await add("tg_alice", { next_plan })).toMatchObject(absent);
  await add("tg_alice");
  expect(await change(1, { next_plan })).toMatchObject(absent);
});

test("names differ by case, and a taken one is a 409 whoever has it", async () => {
  const { add, as } = await startPasarGuard();
  await add("tg_alice");
  expect((await add("TG_ALICE")).status).toBe(201);
  const other = await as("other");
  for (const answer of [
    await add("tg_alice"),
    await other("POST", "/api/user", { username: "tg_alice" }),
  ]) {
    expect(answer).toMatchObject({ status: 409, body: { detail: "User already exists" } });
  }
});

test("a stranger's user is a 404, by number and by name", async () => {
  const { ask, as, asOwner } = await startPasarGuard();
  const other = await as("other");
  const { body } = await other<{ id: number }>("POST", "/api/user", { username: "theirs" });
  const hidden = { status: 404, body: { detail: "User not found" } };
  for (const place of [`by-id/${body.id}`, "by-username/theirs", "theirs", "by-id/99"]) {
    expect(await ask("GET", `/api/user/${place}`)).toMatchObject(hidden);
    expect(await ask("DELETE", `/api/user/${place}`)).toMatchObject(hidden);
    expect(await ask("PUT", `/api/user/${place}`, { note: "n" })).toMatchObject(hidden);
  }
  expect((await asOwner("GET", `/api/user/by-id/${body.id}`)).status).toBe(200);
  expect(await ask("GET", "/api/user/by-id/abc")).toMatchObject({
    status: 422,
    body: { detail: { user_id: noInteger } },
  });
});

test("a wrong body is found before a user who is not there", async () => {
  const { change } = await startPasarGuard();
  expect((await change(99, { expire: "soon" })).status).toBe(422);
  expect((await change(99, {})).status).toBe(404);
});

test("DELETE answers 204 with nothing, then 404; a deleted last number is given again", async () => {
  const { add, remove } = await startPasarGuard();
  const { body } = await add("tg_alice");
  const removed = await remove(body.id);
  expect([removed.status, removed.text]).toEqual([204, ""]);
  expect((await remove(body.id)).status).toBe(404);
  expect((await add("tg_bob")).body.id).toBe(body.id);
});

test("several are deleted together or not at all", async () => {
  const { add, ask, rows } = await startPasarGuard();
  for (const name of ["tg_alice", "tg_bob"]) await add(name);
  const bulk = (ids: number[]) => ask("POST", "/api/users/bulk/delete", { ids });
  expect((await bulk([1, 99])).status).toBe(404);
  expect((await bulk([])).status).toBe(422);
  expect(await rows()).toHaveLength(2);
  expect(await bulk([1, 2])).toMatchObject({
    status: 200,
    body: { users: ["tg_alice", "tg_bob"], count: 2 },
  });
  expect(await rows()).toEqual([]);
});
