import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { type Options, startMarzban } from "./marzban-client.ts";
import { startMs, startS } from "./panel-client.ts";
import { startReceiver } from "./servers.ts";

type Event = Readonly<Record<string, unknown>> & { readonly user?: Record<string, unknown> };

/** A panel with webhooks, and what receives them: it answers with these statuses, then 200. */
async function withHook(statuses: readonly number[] = [], options: Options = {}) {
  const left = [...statuses];
  const batches: { events: Event[]; secret: unknown }[] = [];
  const url = await startReceiver(async (request, response) => {
    const events = JSON.parse(await text(request)) as Event[];
    batches.push({ events, secret: request.headers["x-webhook-secret"] });
    response.writeHead(left.shift() ?? 200).end();
  });
  const panel = await startMarzban({ webhookUrls: [url], webhookSecret: "s3cret", ...options });
  return { ...panel, batches };
}

test("every 30 seconds all events go out in one list, with the secret as it is", async () => {
  const { add, change, remove, pass, batches } = await withHook();
  await add("tg_alice", { note: "n" });
  await change("tg_alice", { status: "disabled" });
  await remove("tg_alice");
  await pass(29);
  expect(batches).toEqual([]);
  await pass(1);
  expect(batches).toHaveLength(1);
  const events = batches[0]?.events ?? [];
  expect(batches[0]?.secret).toBe("s3cret");
  expect(events.map(({ action }) => action)).toEqual([
    "user_created",
    "user_updated",
    "user_disabled",
    "user_deleted",
  ]);
  expect(events[0]).toMatchObject({
    tries: 0,
    username: "tg_alice",
    by: { username: "tollgate", is_sudo: false },
    user: { note: "n", proxies: { vless: { id: expect.any(String) } } },
  });
  expect(events[3]).not.toHaveProperty("user");
});

test("all events carry the time at which the panel started", async () => {
  const { add, pass, batches } = await withHook();
  await pass(500);
  await add("tg_alice");
  await pass(30);
  expect(batches).toHaveLength(1);
  const startedS = startMs / 1_000;
  expect(batches[0]?.events[0]).toMatchObject({ enqueued_at: startedS, send_at: startedS });
});

test("a batch that nobody takes comes again after three minutes, four times in all", async () => {
  const { add, pass, batches, control } = await withHook([500, 500, 400, 503]);
  await add("tg_alice");
  await pass(30);
  expect(batches).toHaveLength(1);
  await pass(150);
  expect(batches).toHaveLength(1);
  for (const times of [2, 3, 4]) {
    await pass(180);
    expect(batches).toHaveLength(times);
    expect(batches[times - 1]?.events[0]).toMatchObject({ tries: times - 1 });
  }
  await pass(600);
  expect(batches).toHaveLength(4);
  expect(await control("GET", "webhooks")).toEqual([]);
});

test("one address that takes it is enough, and a redirect counts as taken", async () => {
  const { add, pass, batches, control } = await withHook([302]);
  await add("tg_alice");
  await pass(30);
  expect(batches).toHaveLength(1);
  expect(await control("GET", "webhooks")).toEqual([]);
});

test("it tells of 80 % of a limit and of the last three days, once", async () => {
  const { add, traffic, pass, batches } = await withHook();
  await add("tg_alice", { data_limit: 100, expire: startS + 86_400 * 3 });
  await traffic("tg_alice", 85, true);
  await pass(60);
  const sent = () => batches.flatMap(({ events }) => events);
  expect(sent()).toHaveLength(3);
  expect(sent().slice(1)).toMatchObject([
    { action: "reached_usage_percent", used_percent: 85 },
    { action: "reached_days_left", days_left: 2 },
  ]);
  await pass(60);
  expect(sent()).toHaveLength(3);
});

test("what the panel does by itself has nobody behind it", async () => {
  const { add, pass, batches, traffic } = await withHook();
  await add("tg_alice", { expire: startS + 5 });
  await add("tg_bob", { data_limit: 10 });
  await traffic("tg_bob", 10, true);
  await add("tg_held", { status: "on_hold", on_hold_expire_duration: 864_000 });
  await traffic("tg_held", 1, true);
  await pass(30);
  expect(batches).toHaveLength(1);
  const events = batches[0]?.events.slice(3) ?? [];
  expect(events.map(({ action, by }) => [action, by])).toEqual([
    ["user_expired", undefined],
    ["user_limited", undefined],
    ["user_enabled", null],
  ]);
});

test("webhooks stay on this machine, can be sent at once, and are sent at the end", async () => {
  const { add, control, batches, close } = await withHook();
  const away = { webhooks: [{ url: "http://example.org/hook" }] };
  expect(await control("PUT", "webhooks", away)).toHaveProperty("error");
  await expect(startMarzban({ webhookUrls: ["http://example.org/"] })).rejects.toThrow("127.0.0.1");
  await add("tg_alice");
  await control("POST", "deliver", {});
  expect(batches).toHaveLength(1);
  await add("tg_bob");
  await close();
  expect(batches).toHaveLength(2);
});
