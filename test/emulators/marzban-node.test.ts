import { expect, test } from "vitest";
import { startMarzban, vless } from "./marzban-client.ts";
import { startS } from "./panel-client.ts";

test("states change late, at the next review, and reach the core later still", async () => {
  const { add, show, pass, letsIn } = await startMarzban({ nodeLagMs: 2_000 });
  await add("tg_alice", { expire: startS + 3 });
  await pass(2);
  expect(await letsIn()).toEqual({ "1.tg_alice": vless });
  await pass(7);
  expect((await show("tg_alice")).status).toBe("active");
  await pass(1);
  expect((await show("tg_alice")).status).toBe("expired");
  expect(await letsIn()).toHaveProperty("1.tg_alice");
  await pass(2);
  expect(await letsIn()).toEqual({});
});

test("traffic is read from the core every ten seconds, and counts for user and administrator", async () => {
  const { add, show, pass, traffic, ask } = await startMarzban();
  await add("tg_alice", { data_limit: 1_000 });
  await pass(1);
  await traffic("tg_alice", 600);
  expect((await show("tg_alice")).used_traffic).toBe(0);
  await pass(9);
  expect(await show("tg_alice")).toMatchObject({ used_traffic: 600, status: "active" });
  expect((await show("tg_alice"))["online_at"]).not.toBeNull();
  expect((await ask("GET", "/api/admin")).body).toMatchObject({ users_usage: 600 });
  await traffic("tg_alice", 600);
  await pass(10);
  const over = { used_traffic: 1_200, lifetime_used_traffic: 1_200, status: "limited" };
  expect(await show("tg_alice")).toMatchObject(over);
  await pass(1);
  expect(await traffic("tg_alice", 1)).toEqual({ let_in: false });
});

test("the core lets in by inbounds and state, whoever changes them", async () => {
  const { add, change, pass, letsIn, remove, act } = await startMarzban();
  await add("tg_alice", { proxies: { vless: {}, trojan: {} }, inbounds: { vless: ["VLESS WS"] } });
  await pass(1);
  expect(await letsIn()).toEqual({ "1.tg_alice": ["VLESS WS", "Trojan TCP"] });
  await change("tg_alice", { inbounds: { vless: [], trojan: ["Trojan TCP"] } });
  await pass(1);
  expect(await letsIn()).toEqual({ "1.tg_alice": ["Trojan TCP"] });
  await change("tg_alice", { status: "disabled" });
  await pass(1);
  expect(await letsIn()).toEqual({});
  await act("tg_alice", "reset");
  await pass(1);
  expect(await letsIn()).toEqual({ "1.tg_alice": ["Trojan TCP"] });
  await remove("tg_alice");
  await pass(1);
  expect(await letsIn()).toEqual({});
});

test("bug #1199: while usage is frozen nobody's traffic moves, and it is lost", async () => {
  const { add, show, pass, traffic, turn } = await startMarzban();
  await add("tg_alice", { data_limit: 100 });
  await pass(1);
  await turn({ usage_frozen: true });
  await traffic("tg_alice", 500);
  await pass(3_600);
  expect(await show("tg_alice")).toMatchObject({ used_traffic: 0, status: "active" });
  await turn({ usage_frozen: false });
  await traffic("tg_alice", 20);
  await pass(10);
  expect((await show("tg_alice")).used_traffic).toBe(20);
});

test("bug #1131: who was limited is refused by the core until a second PUT, or its restart", async () => {
  const { add, change, pass, traffic, turn, letsIn, control } = await startMarzban();
  const wanted = { status: "active", data_limit: 1_000 };
  for (const name of ["tg_alice", "tg_bob"]) {
    await add(name);
    await traffic(name, 500, true);
    await change(name, { data_limit: 500 });
  }
  await turn({ core_not_updated: true });
  for (const name of ["tg_alice", "tg_bob"]) {
    expect((await change(name, wanted)).body.status).toBe("active");
  }
  await pass(5);
  expect(await letsIn()).toEqual({});
  await change("tg_alice", wanted);
  await pass(1);
  expect(Object.keys(await letsIn())).toEqual(["1.tg_alice"]);
  await control("POST", "node/restart", {});
  expect(Object.keys(await letsIn())).toEqual(["1.tg_alice", "2.tg_bob"]);
});

test("a strategy's reset makes a limited user active without telling the core", async () => {
  const { add, show, pass, traffic, letsIn } = await startMarzban({ tokenMinutes: 14_400 });
  await add("tg_alice", { data_limit: 100, data_limit_reset_strategy: "day" });
  await traffic("tg_alice", 100, true);
  await pass(10);
  await pass(1);
  expect(await letsIn()).toEqual({});
  await pass(86_400);
  expect((await show("tg_alice")).status).toBe("active");
  expect(await letsIn()).toEqual({});
});

test("a node that is away misses all changes, and has them when it is back", async () => {
  const { add, remove, control, letsIn, pass } = await startMarzban();
  await add("tg_alice");
  await pass(1);
  await control("PUT", "node", { connected: false });
  await remove("tg_alice");
  await add("tg_bob");
  await pass(60);
  expect(await letsIn()).toEqual({ "1.tg_alice": vless });
  await control("PUT", "node", { connected: true, lag_ms: 5_000 });
  // The number of the last row is free again once it is deleted.
  expect(await letsIn()).toEqual({ "1.tg_bob": vless });
});

test("an expired user vanishes after the days of their own, at the next look of six hours", async () => {
  const { add, pass, rows } = await startMarzban();
  await add("tg_alice", { expire: startS + 60, auto_delete_in_days: 1 });
  await pass(61);
  await pass(86_400 - 3_600);
  expect(await rows()).toHaveLength(1);
  await pass(12 * 3_600);
  expect(await rows()).toEqual([]);
});

test("the next plan begins by itself when a limit is used up", async () => {
  const { add, show, pass, traffic } = await startMarzban();
  const next_plan = { data_limit: 5_000, add_remaining_traffic: true };
  await add("tg_alice", { data_limit: 100, next_plan });
  await traffic("tg_alice", 100, true);
  await pass(10);
  const begun = { status: "active", data_limit: 5_000, used_traffic: 0, next_plan: null };
  expect(await show("tg_alice")).toMatchObject(begun);
});

test("of a long leap every review and every reset happens at its own moment", async () => {
  const { add, pass, rows } = await startMarzban();
  const hour = startS + 3_600;
  const on_hold_timeout = new Date(hour * 1_000).toISOString();
  await add("tg_held", { status: "on_hold", on_hold_expire_duration: 60, on_hold_timeout });
  await add("tg_daily", { data_limit: 5, data_limit_reset_strategy: "day" });
  await pass(3 * 86_400);
  const [held, daily] = await rows();
  expect(held).toMatchObject({ status: "expired", expire: hour + 60 });
  expect(daily?.["resets"]).toHaveLength(3);
});
