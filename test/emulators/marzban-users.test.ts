import { describe, expect, test } from "vitest";
import { newUser, startMarzban, vless } from "./marzban-client.ts";

const future = 1_893_456_000;
const fields = `proxies expire data_limit data_limit_reset_strategy inbounds note sub_updated_at
  sub_last_user_agent online_at on_hold_expire_duration on_hold_timeout auto_delete_in_days
  next_plan username status used_traffic lifetime_used_traffic created_at links subscription_url
  excluded_inbounds admin`.split(/\s+/u);

test("a user has these fields; what is sent besides them is ignored", async () => {
  const { add } = await startMarzban();
  const { status, body } = await add("tg_alice", { unknown: 1, used_traffic: 7, id: 9 });
  expect(status).toBe(200);
  expect(Object.keys(body)).toEqual(fields);
  expect(body).toMatchObject({
    status: "active",
    expire: null,
    data_limit: null,
    used_traffic: 0,
    // UTC, without saying so.
    created_at: "2026-11-21T09:00:00.500000",
    admin: { username: "tollgate", is_sudo: false, users_usage: 0 },
  });
  expect(body["admin"]).not.toHaveProperty("password");
});

test("expire and data_limit of 0 come back as null", async () => {
  const { add } = await startMarzban();
  const { body } = await add("zero", { expire: 0, data_limit: 0 });
  expect([body.expire, body.data_limit]).toEqual([null, null]);
});

test("inbounds left out stay closed, {} and [] open all of the protocol, null breaks", async () => {
  const { add, ask } = await startMarzban();
  const left = { username: "left_out", proxies: { vless: {}, trojan: {} } };
  const { body } = await ask("POST", "/api/user", left);
  expect(body).toMatchObject({ inbounds: { vless: [], trojan: [] }, links: [] });
  expect((await add("empty")).body.inbounds).toEqual({ vless });
  expect((await add("empty_list", { inbounds: { vless: [] } })).body.inbounds).toEqual({ vless });
  expect((await add("null_tags", { inbounds: null })).status).toBe(500);
  const one = await add("one_tag", { inbounds: { vless: ["VLESS WS"], trojan: ["Trojan TCP"] } });
  expect(one.body).toMatchObject({
    inbounds: { vless: ["VLESS WS"] },
    excluded_inbounds: { vless: ["VLESS TCP REALITY"] },
  });
});

test("names differ by case, unless the database takes them for one", async () => {
  const { add, ask, turn } = await startMarzban();
  await add("tg_alice");
  expect((await ask("GET", "/api/user/TG_ALICE")).status).toBe(404);
  expect((await add("TG_ALICE")).status).toBe(200);
  await turn({ names_ignore_case: true });
  expect((await ask("GET", "/api/user/tg_Alice")).status).toBe(200);
  expect((await add("tg_aliCE")).status).toBe(409);
});

test.each(["abc", "b".repeat(32), `abc-${"d".repeat(31)}`, "abc@x.y", "a_b.c-d"])(
  "the name %s is taken: only the first run of letters is counted",
  async (username) => {
    const { add } = await startMarzban();
    expect((await add(username)).status).toBe(200);
  },
);

const badName =
  "Value error, Username only can be 3 to 32 characters and contain a-z, 0-9, and underscores in between.";
const tooLong = "Value error, User's note can be a maximum of 500 character";
const noText = "Value error, data_limit must be an integer or a float, not a string";
const noInteger = "Input should be a valid integer, unable to parse string as an integer";
const fraction = "Input should be a valid integer, got a number with a fractional part";
const noDuration = "Value error, User cannot be on hold without a valid on_hold_expire_duration.";

describe("POST refuses", () => {
  test.each([
    [{ username: "ab" }, { username: badName }],
    [{ username: "a".repeat(33) }, { username: badName }],
    [{ username: "bad name" }, { username: badName }],
    [{ username: 5 }, { username: "Input should be a valid string" }],
    [{ note: "x".repeat(501) }, { note: tooLong }],
    [{ data_limit: "1000" }, { data_limit: noText }],
    [{ data_limit: -1 }, { data_limit: "Input should be greater than or equal to 0" }],
    [{ expire: "2030-01-01T00:00:00Z" }, { expire: noInteger }],
    [{ expire: future + 0.5 }, { expire: fraction }],
    [{ expire: {} }, { expire: "Input should be a valid integer" }],
    [{ status: "disabled" }, { status: "Input should be 'active' or 'on_hold'" }],
    [{ status: null }, { status: "Input should be 'active' or 'on_hold'" }],
    [{ status: "on_hold" }, { status: noDuration }],
    [
      { status: "on_hold", on_hold_expire_duration: 60, expire: future },
      { status: "Value error, User cannot be on hold with specified expire." },
    ],
    [{ inbounds: { vless: ["NOPE"] } }, { inbounds: "Value error, Inbound NOPE doesn't exist" }],
    [{ proxies: {} }, { proxies: "Value error, Each user needs at least one proxy" }],
    [
      { proxies: { wireguard: {} } },
      { proxies: "Value error, 'wireguard' is not a valid ProxyTypes" },
    ],
    [{ proxies: { vless: { flow: "x" } } }, { flow: "Input should be '' or 'xtls-rprx-vision'" }],
    [
      { username: "ab", expire: "soon", data_limit: "x" },
      { expire: noInteger, data_limit: noText, username: badName },
    ],
  ])("%j with 422 %j", async (more, detail) => {
    const { add, rows } = await startMarzban();
    expect(await add("tg_alice", more)).toMatchObject({ status: 422, body: { detail } });
    expect(await rows()).toEqual([]);
  });

  test("a protocol without inbounds in the words of its source", async () => {
    const { add } = await startMarzban();
    expect(await add("tg_alice", { proxies: { vmess: {} } })).toMatchObject({
      status: 400,
      body: { detail: "Protocol ProxyTypes.VMess is disabled on your server" },
    });
  });

  test("broken JSON by the place where it breaks, before it asks who is calling", async () => {
    const { raw } = await startMarzban();
    const broken = '{"username": "u_broken", "proxies" {}}';
    expect(await raw("POST", "/api/user", { raw: broken })).toMatchObject({
      status: 422,
      body: { detail: { "35": "JSON decode error" } },
    });
  });

  test("a limit that the database does not hold with 500, and keeps nothing", async () => {
    const { raw, ask, rows } = await startMarzban();
    const user = JSON.stringify(newUser("tg_alice", { data_limit: 1 }));
    const big = user.replace('"data_limit":1', '"data_limit":9223372036854775808');
    const { body } = await raw("POST", "/api/admin/token", {
      form: { username: "tollgate", password: "shop-pass" },
    });
    const headers = { authorization: `Bearer ${String(body["access_token"])}` };
    const answer = await raw("POST", "/api/user", { raw: big, headers });
    expect([answer.status, answer.body]).toEqual([500, "Internal Server Error"]);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain/u);
    expect(await rows()).toEqual([]);
    expect((await ask("GET", "/api/user/tg_alice")).status).toBe(404);
  });
});

test.each([
  [{ expire: -5 }, -5],
  [{ expire: 1_600_000_000 }, 1_600_000_000],
  [{ expire: String(future) }, future],
])("POST takes %j as it is", async (more, expire) => {
  const { add } = await startMarzban();
  expect((await add("tg_alice", more)).body).toMatchObject({ expire, status: "active" });
});

test("an absent user is a 404, a stranger's a 403, and a stranger's name a 409", async () => {
  const { add, ask } = await startMarzban();
  await ask("POST", "/api/user", newUser("theirs"), "other");
  for (const method of ["GET", "PUT", "DELETE"]) {
    const json = method === "PUT" ? { note: "mine now" } : undefined;
    expect(await ask(method, "/api/user/nobody", json)).toMatchObject({
      status: 404,
      body: { detail: "User not found" },
    });
    expect(await ask(method, "/api/user/theirs", json)).toMatchObject({
      status: 403,
      body: { detail: "You're not allowed" },
    });
  }
  expect(await add("theirs")).toMatchObject({
    status: 409,
    body: { detail: "User already exists" },
  });
  expect((await ask("GET", "/api/user/theirs", undefined, "root")).status).toBe(200);
});

test("of parallel POSTs of one name one makes the user", async () => {
  const { add, rows } = await startMarzban();
  const answers = await Promise.all(Array.from({ length: 6 }, () => add("tg_alice")));
  const sorted = answers.map(({ status }) => status).toSorted((one, other) => one - other);
  expect(sorted).toEqual([200, 409, 409, 409, 409, 409]);
  expect(await rows()).toHaveLength(1);
});

test("a deleted user is gone, and deleting them again a 404", async () => {
  const { add, remove, rows } = await startMarzban();
  await add("tg_alice");
  const removed = await remove("tg_alice");
  expect(removed).toMatchObject({ status: 200, body: { detail: "User successfully deleted" } });
  expect((await remove("tg_alice")).status).toBe(404);
  expect(await rows()).toEqual([]);
});
