import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { call, startMs, startS } from "./panel-client.ts";
import { type Options, startPasarGuard } from "./pasarguard-client.ts";
import { endBy, newDataFile, runEmulator } from "./programs.ts";
import { startReceiver } from "./servers.ts";

test("states change at the next review of 30 seconds, and reach the node later still", async () => {
  const { add, show, pass, letsIn } = await startPasarGuard({ nodeLagMs: 2_000 });
  const { id } = (await add("tg_alice", { expire: startS + 3 })).body;
  await pass(29);
  expect((await show(id)).status).toBe("active");
  await pass(1);
  expect((await show(id)).status).toBe("expired");
  expect((await letsIn())["1"]).toHaveLength(4);
  await pass(2);
  expect(await letsIn()).toEqual({});
});

test("traffic is read every ten seconds, and a limit ends access at the review after it", async () => {
  const { add, show, pass, traffic, letsIn } = await startPasarGuard();
  const { id } = (await add("tg_alice", { data_limit: 1_000 })).body;
  await pass(1);
  await traffic("tg_alice", 1_200);
  await pass(9);
  expect(await show(id)).toMatchObject({ used_traffic: 1_200, status: "active" });
  await pass(20);
  expect((await show(id)).status).toBe("limited");
  await pass(1);
  expect(await letsIn()).toEqual({});
});

test("with the switch the node misses all changes until it starts anew", async () => {
  const { add, disable, turn, pass, letsIn, control } = await startPasarGuard();
  const { id } = (await add("tg_alice")).body;
  await pass(1);
  await turn({ node_not_updated: true });
  await disable(id, true);
  await pass(60);
  expect(Object.keys(await letsIn())).toEqual(["1"]);
  await control("POST", "node/restart", {});
  expect(await letsIn()).toEqual({});
});

test("frozen usage, faults and snapshots are those of all panels", async () => {
  const { add, pass, traffic, turn, rows, control, fault, remove } = await startPasarGuard();
  await add("tg_alice");
  await pass(1);
  await turn({ usage_frozen: true });
  await traffic("tg_alice", 500);
  await pass(60);
  expect(await rows()).toMatchObject([{ used_traffic: 0 }]);
  await control("POST", "snapshots", { name: "monday" });
  await remove(1);
  await control("POST", "restore", { name: "monday" });
  expect(await rows()).toMatchObject([{ username: "tg_alice" }]);
  const method = "DELETE /api/user/by-id/{user_id}";
  await fault({ kind: "500-after-success", method, username: "tg_alice", times: 1 });
  expect((await remove(1)).status).toBe(500);
  expect(await rows()).toEqual([]);
  expect(await control("GET", `calls?method=${encodeURIComponent(method)}`)).toMatchObject([
    { status: 204 },
    { status: 204 },
  ]);
});

type Event = Readonly<Record<string, unknown>>;

async function withHook(statuses: readonly number[] = [], options: Options = {}) {
  const left = [...statuses];
  const batches: Event[][] = [];
  const url = await startReceiver(async (request, response) => {
    batches.push(JSON.parse(await text(request)) as Event[]);
    response.writeHead(left.shift() ?? 200).end();
  });
  return { ...(await startPasarGuard({ webhookUrls: [url], ...options })), batches };
}

test("webhooks have the time of each event; updated comes before disabled, deleted has its user", async () => {
  const { add, change, remove, pass, batches } = await withHook();
  await pass(7);
  const { id } = (await add("tg_alice")).body;
  await change(id, { status: "disabled" });
  await remove(id);
  await pass(23);
  expect(batches).toHaveLength(1);
  const [events = []] = batches;
  expect(events.map(({ action }) => action)).toEqual([
    "user_created",
    "user_updated",
    "user_disabled",
    "user_deleted",
  ]);
  expect(events[0]).toMatchObject({
    enqueued_at: startMs / 1_000 + 7,
    by: { username: "tollgate", role: { name: "shop" } },
    user: { username: "tg_alice", id },
  });
  expect(events[2]).toMatchObject({ by: null, reason: null });
  expect(events[3]).toMatchObject({ user: { status: "disabled" } });
});

test("50 events go together, 302 is not taken, and each is sent three times at most", async () => {
  const { control, pass, batches } = await withHook([302, 500, 202, 500]);
  for (let number = 0; number < 60; number += 1) {
    await control("POST", "users", { username: `tg_${number}`, group_ids: [1] });
    await control("PUT", "users", { username: `tg_${number}`, note: "n" });
  }
  await control("POST", "delete", { usernames: ["tg_0"] });
  expect(await control<Event[]>("GET", "webhooks")).toHaveLength(61);
  await pass(30);
  expect(batches.map(({ length }) => length)).toEqual([50, 11]);
  await pass(180);
  expect(batches).toHaveLength(4);
  await pass(180);
  expect(batches).toHaveLength(5);
  await pass(600);
  expect(batches.map(({ length }) => length)).toEqual([50, 11, 50, 11, 11]);
});

test("a kill loses nothing that was answered", async () => {
  const dataFile = newDataFile();
  const env = { PASARGUARD_EMULATOR_PORT: "0" };
  const headers = { "x-api-key": "pg_key_00000000-0000-4000-8000-000000000001" };
  const before = await runEmulator("pasarguard", env, dataFile);
  const json = { username: "tg_alice", group_ids: [1] };
  const made = await call(`${before.url}/api/user`, "POST", { json, headers });
  await endBy("SIGKILL", before);
  const after = await runEmulator("pasarguard", env, dataFile);
  const shown = await call(`${after.url}/api/user/by-username/tg_alice`, "GET", { headers });
  expect(shown.body["proxy_settings"]).toEqual(made.body["proxy_settings"]);
  const link = await call(`${after.url}${String(made.body["subscription_url"])}`, "GET");
  expect(link.status).toBe(200);
  expect(await endBy("SIGTERM", after)).toBe(0);
});
