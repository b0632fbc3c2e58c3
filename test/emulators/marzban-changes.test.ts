import { describe, expect, test } from "vitest";
import { startMarzban, vless } from "./marzban-client.ts";
import { startS } from "./panel-client.ts";

const future = startS + 86_400 * 30;

/** What brings a user who has used 500 bytes into each state. */
const ways: Readonly<Record<string, object>> = {
  active: {},
  disabled: { status: "disabled" },
  limited: { data_limit: 500 },
  expired: { expire: startS - 5 },
  on_hold: { status: "on_hold", on_hold_expire_duration: 3_600 },
};

describe.each(Object.entries(ways))(
  "from %s, status, time and limit together end",
  (state, way) => {
    test.each([
      [501, "active"],
      [500, "limited"],
      [0, "active"],
    ])("with a limit of %i as %s", async (data_limit, status) => {
      const { add, traffic, change } = await startMarzban();
      await add("tg_alice");
      await traffic("tg_alice", 500, true);
      expect((await change("tg_alice", way)).body.status).toBe(state);
      const wanted = { status: "active", expire: future, data_limit, note: "ours" };
      const { body } = await change("tg_alice", wanted);
      expect(body).toMatchObject({ status, expire: future, data_limit: data_limit || null });
    });
  },
);

test("without a status a disabled user stays disabled, whatever their time", async () => {
  const { add, change } = await startMarzban();
  await add("tg_alice", { status: "active" });
  await change("tg_alice", { status: "disabled" });
  for (const expire of [future, startS - 5]) {
    expect((await change("tg_alice", { expire, data_limit: 1 })).body.status).toBe("disabled");
  }
});

test("a status alone makes a limited user active until the next review", async () => {
  const { add, change, show, pass, traffic } = await startMarzban();
  await add("tg_alice", { data_limit: 100 });
  await traffic("tg_alice", 100, true);
  await change("tg_alice", { data_limit: 100 });
  expect((await change("tg_alice", { status: "active" })).body.status).toBe("active");
  await pass(9);
  expect((await show("tg_alice")).status).toBe("active");
  await pass(1);
  expect((await show("tg_alice")).status).toBe("limited");
});

test("PUT refuses the states that the panel gives itself", async () => {
  const { add, change } = await startMarzban();
  await add("tg_alice");
  for (const status of ["limited", "expired", null]) {
    expect(await change("tg_alice", { status })).toMatchObject({
      status: 422,
      body: { detail: { status: "Input should be 'active', 'disabled' or 'on_hold'" } },
    });
  }
});

test("nothing, null and {} leave things as they are; 0 ends limit and time; an empty note clears", async () => {
  const { add, change } = await startMarzban();
  await add("tg_alice", { expire: future, data_limit: 900, note: "n" });
  for (const json of [
    {},
    { expire: null, data_limit: null, note: null },
    { inbounds: {}, proxies: {} },
  ]) {
    const { body } = await change("tg_alice", json);
    expect(body).toMatchObject({ expire: future, data_limit: 900, note: "n", inbounds: { vless } });
  }
  const { body } = await change("tg_alice", { expire: 0, data_limit: 0, note: "" });
  expect(body).toMatchObject({ expire: null, data_limit: null, note: null });
});

test("an empty list of inbounds closes them, and a full one opens them", async () => {
  const { add, change } = await startMarzban();
  await add("tg_alice");
  const closed = await change("tg_alice", { inbounds: { vless: [] } });
  expect(closed.body).toMatchObject({ inbounds: { vless: [] }, links: [] });
  const opened = await change("tg_alice", { inbounds: { vless } });
  expect(opened.body.inbounds).toEqual({ vless });
  expect(await change("tg_alice", { inbounds: null })).toMatchObject({
    status: 422,
    body: { detail: { inbounds: "Input should be a valid dictionary" } },
  });
});

test("a protocol without a credential gets a new one, and the other protocols go", async () => {
  const { add, change } = await startMarzban();
  const id = "11111111-1111-4111-8111-111111111111";
  await add("tg_alice", { proxies: { vless: { id }, trojan: { password: "p" } } });
  const kept = { vless: { id }, trojan: { password: "p" } };
  expect((await change("tg_alice", { proxies: kept })).body.proxies).toMatchObject(kept);
  const { body } = await change("tg_alice", { proxies: { vless: {} } });
  expect(Object.keys(body.proxies)).toEqual(["vless"]);
  expect(body.proxies["vless"]?.["id"]).not.toBe(id);
  expect((await change("tg_alice", { proxies: null })).status).toBe(500);
  const shared = await add("tg_bob", { proxies: { vless: { id: body.proxies["vless"]?.["id"] } } });
  expect(shared.status).toBe(200);
});

test("a change without a next plan loses it", async () => {
  const { add, change } = await startMarzban();
  const next_plan = { data_limit: 5_000, expire: future };
  const { body } = await add("tg_alice", { next_plan });
  expect(body["next_plan"]).toMatchObject({ ...next_plan, fire_on_either: true });
  expect((await change("tg_alice", { note: "n" })).body["next_plan"]).toBeNull();
});

test("a change to on hold keeps a time that is already there", async () => {
  const { add, change } = await startMarzban();
  await add("tg_alice", { expire: future });
  const held = await change("tg_alice", { status: "on_hold", on_hold_expire_duration: 60 });
  expect(held.body).toMatchObject({ status: "on_hold", expire: future });
});

test("the first traffic starts the time of a user on hold", async () => {
  const { add, show, pass, traffic } = await startMarzban();
  await add("tg_alice", { status: "on_hold", on_hold_expire_duration: 3_600 });
  await pass(30);
  expect(await show("tg_alice")).toMatchObject({ status: "on_hold", expire: null });
  await traffic("tg_alice", 10);
  await pass(10);
  const expire = startS + 40 + 3_600;
  const started = { status: "active", expire, on_hold_expire_duration: null };
  expect(await show("tg_alice")).toMatchObject(started);
});

test("a reset spares the expired alone: disabled become active, on hold becomes endless", async () => {
  const { add, change, act, traffic } = await startMarzban();
  await add("disabled_one");
  await traffic("disabled_one", 70, true);
  await change("disabled_one", { status: "disabled" });
  expect((await act("disabled_one", "reset")).body).toMatchObject({
    status: "active",
    used_traffic: 0,
    lifetime_used_traffic: 70,
  });
  await add("held", { status: "on_hold", on_hold_expire_duration: 60 });
  expect((await act("held", "reset")).body).toMatchObject({ status: "active", expire: null });
  await add("over");
  await change("over", { expire: startS - 5 });
  expect((await act("over", "reset")).body.status).toBe("expired");
});

test("the next plan starts, is not found, and adds what is left where it is not to", async () => {
  const { add, act, show } = await startMarzban();
  const next_plan = { data_limit: 5_000, expire: future, add_remaining_traffic: false };
  await add("tg_alice", { data_limit: 1_000, next_plan });
  expect(await act("tg_alice", "active-next")).toMatchObject({
    status: 404,
    body: { detail: "User doesn't have next plan" },
  });
  const started = { data_limit: 6_000, expire: future, next_plan: null };
  expect(await show("tg_alice")).toMatchObject(started);
  await add("tg_bob", { next_plan });
  expect((await act("tg_bob", "active-next")).status).toBe(500);
  expect(await show("tg_bob")).toMatchObject({ next_plan: { data_limit: 5_000 } });
});

test("strategies count days from the last reset, hourly, and skip who is not in use", async () => {
  const { add, change, show, pass, traffic } = await startMarzban({ tokenMinutes: 14_400 });
  for (const name of ["daily", "disabled_one"]) {
    await add(name, { data_limit_reset_strategy: "day", data_limit: 100 });
    await traffic(name, 100, true);
  }
  await change("disabled_one", { status: "disabled" });
  await pass(86_400 - 1);
  expect(await show("daily")).toMatchObject({ status: "limited", used_traffic: 100 });
  await pass(1);
  expect(await show("daily")).toMatchObject({ status: "active", used_traffic: 0 });
  expect(await show("disabled_one")).toMatchObject({ status: "disabled", used_traffic: 100 });
});
