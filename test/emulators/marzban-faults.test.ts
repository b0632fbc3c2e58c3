import { expect, test } from "vitest";
import { startMarzban } from "./marzban-client.ts";
import { call } from "./panel-client.ts";
import { endBy, newDataFile, runEmulator } from "./programs.ts";

test("a call may take effect although its answer is lost", async () => {
  const { fault, add, rows, calls } = await startMarzban();
  const method = "POST /api/user";
  await fault({ kind: "drop-after-success", method, times: 1 });
  await expect(add("tg_alice")).rejects.toThrow("fetch failed");
  expect(await rows()).toMatchObject([{ username: "tg_alice" }]);
  await fault({ kind: "500-after-success", method, times: 1 });
  expect(await add("tg_bob")).toMatchObject({ status: 500, body: "Internal Server Error" });
  expect(await rows()).toHaveLength(2);
  expect(await calls(method)).toMatchObject([
    { status: 200, username: "tg_alice" },
    { status: 200, username: "tg_bob" },
  ]);
});

test("a call that fails before it takes effect changes nothing", async () => {
  const { fault, add, rows } = await startMarzban();
  for (const kind of ["500", "502", "401", "403", "429", "drop-connection"]) {
    await fault({ kind, times: 1, retry_after: 7 });
  }
  expect((await add("tg_alice")).status).toBe(500);
  const proxy = await add("tg_alice");
  expect([proxy.status, proxy.text]).toEqual([502, expect.stringContaining("<html>")]);
  expect(await add("tg_alice")).toMatchObject({
    status: 401,
    body: { detail: "Could not validate credentials" },
  });
  expect((await add("tg_alice")).headers.get("content-type")).toMatch(/^text\/html/u);
  expect((await add("tg_alice")).headers.get("retry-after")).toBe("7");
  await expect(add("tg_alice")).rejects.toThrow("fetch failed");
  expect(await rows()).toEqual([]);
  expect((await add("tg_alice")).status).toBe(200);
});

test("a fault may be about one user, and a slow call takes effect when it ends", async () => {
  const { fault, add, change, show } = await startMarzban();
  await add("tg_alice");
  await add("tg_bob");
  await fault({ kind: "502", username: "tg_bob" });
  await fault({ kind: "slow", method: "PUT /api/user/{username}", hold_ms: 50 });
  expect((await change("tg_bob", { note: "n" })).status).toBe(502);
  const changing = change("tg_alice", { note: "n" });
  expect((await show("tg_alice"))["note"]).toBeNull();
  expect((await changing).body["note"]).toBe("n");
});

test("a wrong rule is refused, and what may be done by hand says what it wants", async () => {
  const { fault, control } = await startMarzban();
  expect(await fault({ kind: "sulk" })).toHaveProperty("error");
  expect(await control("POST", "traffic", { username: "nobody", bytes: 1 })).toEqual({
    error: "there is no user nobody",
  });
  expect(await control("PUT", "switches", { nonsense: true })).toHaveProperty("error");
  expect(await control("POST", "restore", { name: "x" })).toEqual({
    error: "there is no snapshot x",
  });
});

test("operators make, change and delete users by hand", async () => {
  const { control, ask, add, pass, letsIn } = await startMarzban();
  await control("POST", "users", { username: "by_hand", note: "mine" });
  expect((await ask("GET", "/api/user/by_hand")).status).toBe(403);
  await control("POST", "users", { username: "for_shop", admin: "tollgate" });
  expect((await ask("GET", "/api/user/for_shop")).status).toBe(200);
  await add("tg_alice");
  await control("PUT", "users", { username: "tg_alice", note: "", status: "disabled" });
  expect((await ask("GET", "/api/user/tg_alice")).body).toMatchObject({ status: "disabled" });
  await control("POST", "delete", { usernames: ["for_shop"] });
  await pass(1);
  expect(Object.keys(await letsIn())).toEqual(["1.by_hand"]);
  expect(await control("POST", "users", { username: "by_hand" })).toEqual({
    error: "User already exists",
  });
});

test("a snapshot brings users, passwords and links back as they were; a new panel has none", async () => {
  const { add, remove, control, rows, raw, show, signIn, letsIn } = await startMarzban();
  const { body } = await add("tg_alice", { note: "n" });
  await add("tg_carol");
  await control("POST", "snapshots", { name: "monday" });
  for (const name of ["tg_alice", "tg_carol"]) await remove(name);
  await add("tg_bob");
  await control("POST", "restore", { name: "monday" });
  expect(await rows()).toMatchObject([{ username: "tg_alice", note: "n" }, { id: 2 }]);
  expect(Object.keys(await letsIn())).toEqual(["1.tg_alice", "2.tg_carol"]);
  expect((await add("tg_dave")).status).toBe(200);
  expect(await rows()).toHaveLength(3);
  expect((await raw("GET", body.subscription_url)).status).toBe(200);
  await control("POST", "reset", {});
  expect(await rows()).toEqual([]);
  expect(await show("tg_alice")).toEqual({ detail: "Could not validate credentials" });
  await signIn("tollgate");
  expect((await add("tg_alice")).status).toBe(200);
  expect((await raw("GET", body.subscription_url)).status).toBe(404);
});

test("controls serve no page of another machine", async () => {
  const { url } = await startMarzban();
  const status = async (origin: string) =>
    (await call(`${url}/control/users`, "GET", { headers: { origin } })).status;
  expect(await status("https://example.org")).toBe(403);
  expect(await status("http://localhost:3000")).toBe(200);
});

test("a kill loses nothing that was answered, and the core starts from what there is", async () => {
  const dataFile = newDataFile();
  const env = { MARZBAN_EMULATOR_PORT: "0", MARZBAN_PASSWORD: "p" };
  const before = await runEmulator("marzban", env, dataFile);
  const form = { username: "tollgate", password: "p" };
  const signed = await call(`${before.url}/api/admin/token`, "POST", { form });
  const headers = { authorization: `Bearer ${String(signed.body["access_token"])}` };
  const json = { username: "tg_alice", proxies: { vless: {} }, inbounds: {} };
  const made = await call(`${before.url}/api/user`, "POST", { json, headers });
  await endBy("SIGKILL", before);

  const after = await runEmulator("marzban", env, dataFile);
  const shown = await call(`${after.url}/api/user/tg_alice`, "GET", { headers });
  expect(shown.body["proxies"]).toEqual(made.body["proxies"]);
  const link = await call(`${after.url}${String(made.body["subscription_url"])}`, "GET");
  expect(link.status).toBe(200);
  const node = await call(`${after.url}/control/node`, "GET");
  expect(node.body).toMatchObject({
    lets_in: { "1.tg_alice": { "VLESS WS": expect.any(String) } },
  });
});
