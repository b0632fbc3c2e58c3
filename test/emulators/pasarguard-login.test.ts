import { expect, test } from "vitest";
import { apiKey, password, startPasarGuard } from "./pasarguard-client.ts";

const denied = { status: 401, body: { detail: "Could not validate credentials" } };

test("a form signs in for a day, and the same words refuse a wrong token and none", async () => {
  const { raw, pass } = await startPasarGuard();
  const form = { username: "tollgate", password };
  const { body } = await raw("POST", "/api/admin/token", { form });
  const headers = { authorization: `Bearer ${String(body["access_token"])}` };
  expect((await raw("GET", "/api/admin", { headers })).body).toMatchObject({
    username: "tollgate",
    role: { name: "shop", is_owner: false },
  });
  expect(await raw("GET", "/api/users")).toMatchObject(denied);
  const wrong = { authorization: "Bearer x.y.z" };
  expect(await raw("GET", "/api/users", { headers: wrong })).toMatchObject(denied);
  expect(
    await raw("POST", "/api/admin/token", { form: { ...form, password: "no" } }),
  ).toMatchObject({ status: 401, body: { detail: "Incorrect username or password" } });
  await pass(86_400);
  expect(await raw("GET", "/api/admin", { headers })).toMatchObject(denied);
});

test("a key is sent in a header of its own, or as ApiKey; as a bearer's token it is nobody's", async () => {
  const { raw } = await startPasarGuard();
  const statusOf = async (headers: Record<string, string>) =>
    (await raw("GET", "/api/users", { headers })).status;
  expect(await statusOf({ "x-api-key": apiKey })).toBe(200);
  expect(await statusOf({ authorization: `ApiKey ${apiKey}` })).toBe(200);
  expect(await statusOf({ authorization: `Bearer ${apiKey}` })).toBe(401);
  expect(await statusOf({ "x-api-key": `${apiKey.slice(0, -1)}2` })).toBe(401);
});

test("a key is shown once, ends at its time, and can be deleted", async () => {
  const { ask, raw, pass } = await startPasarGuard();
  const made = await ask("POST", "/api/api_key", {
    name: "k",
    expire_date: "2026-11-21T10:00:00Z",
  });
  expect(made).toMatchObject({ status: 201, body: { name: "k", inherit_permissions: true } });
  const { api_key, id } = made.body as { api_key: string; id: number };
  expect(api_key).toMatch(/^pg_key_[0-9a-f-]{36}$/u);
  const listed = await ask("GET", "/api/api_keys");
  expect(listed.body).toMatchObject({ total: 2 });
  expect(listed.text).not.toContain(api_key);
  expect((await ask("POST", "/api/api_key", { name: "k" })).status).toBe(409);
  const past = await ask("POST", "/api/api_key", {
    name: "p",
    expire_date: "2020-01-01T00:00:00Z",
  });
  expect(past).toMatchObject({
    status: 422,
    body: { detail: { expire_date: "Value error, expire_date must be in the future" } },
  });
  const headers = { "x-api-key": api_key };
  expect((await raw("GET", "/api/admin", { headers })).status).toBe(200);
  await pass(3_600);
  expect((await raw("GET", "/api/admin", { headers })).status).toBe(401);
  expect((await ask("DELETE", `/api/api_key/${id}`)).status).toBe(204);
  expect((await ask("GET", `/api/api_key/${id}`)).status).toBe(404);
});

test("the panel's own operators make no keys", async () => {
  const { as } = await startPasarGuard();
  const ask = await as("operator_one", "operator");
  expect(await ask("POST", "/api/api_key", { name: "k" })).toMatchObject({
    status: 403,
    body: { detail: "Permission denied: api_keys.create" },
  });
  expect((await ask("GET", "/api/groups")).status).toBe(403);
  expect((await ask("GET", "/api/groups/simple")).status).toBe(200);
});

test("a disabled administrator is a 403, and a new password ends the tokens from before", async () => {
  const { as, control, pass } = await startPasarGuard();
  const ask = await as("second");
  await control("PUT", "admins", { username: "second", disabled: true });
  expect(await ask("GET", "/api/users")).toMatchObject({
    status: 403,
    body: { detail: "your account has been disabled" },
  });
  await pass(1);
  await control("PUT", "admins", { username: "second", disabled: false, password: "New-PASS-123" });
  expect(await ask("GET", "/api/users")).toMatchObject(denied);
});

test("what the panel tells of itself", async () => {
  const { ask } = await startPasarGuard();
  const tags = ["VLESS TCP REALITY", "VLESS WS", "Trojan TCP", "Shadowsocks TCP"];
  expect((await ask("GET", "/api/inbounds")).body).toEqual(tags);
  const group = { id: 1, name: "all", inbound_tags: tags, is_disabled: false, total_users: 0 };
  expect((await ask("GET", "/api/groups")).body).toEqual({ groups: [group], total: 1 });
  const simple = { groups: [{ id: 1, name: "all" }], total: 1 };
  expect((await ask("GET", "/api/groups/simple")).body).toEqual(simple);
  expect((await ask("GET", "/api/system")).body).toMatchObject({ version: "5.2.1", total_user: 0 });
  expect((await ask("GET", "/api/nodes")).status).toBe(403);
});

test("groups have inbounds, and a change that names none takes them all", async () => {
  const { asOwner } = await startPasarGuard();
  const none = { inbound_tags: "Value error, you must select at least one inbound" };
  const add = (inbound_tags: readonly string[]) =>
    asOwner("POST", "/api/group", { name: "second", inbound_tags });
  expect(await add([])).toMatchObject({ status: 422, body: { detail: none } });
  expect(await add(["none"])).toMatchObject({ status: 400, body: { detail: "none not found" } });
  expect(await add(["VLESS WS"])).toMatchObject({ status: 201, body: { id: 2 } });
  const change = async (json: object) =>
    (await asOwner("PUT", "/api/group/2", { name: "second", ...json })).body["inbound_tags"];
  expect(await change({ inbound_tags: null })).toEqual(["VLESS WS"]);
  expect(await change({})).toEqual([]);
});
