import { describe, expect, test } from "vitest";
import { startS } from "./panel-client.ts";
import { startPasarGuard } from "./pasarguard-client.ts";

const future = startS + 86_400 * 30;
const futureIso = new Date(future * 1_000).toISOString().replace(".000", "");

const ways: Readonly<Record<string, object>> = {
  active: {},
  disabled: { status: "disabled" },
  limited: { data_limit: 500 },
  expired: { expire: startS - 5 },
};

describe.each(Object.entries(ways))(
  "from %s, status, time and limit together end",
  (state, way) => {
    test.each([
      [501, "active"],
      [500, "limited"],
      [0, "active"],
    ])("with a limit of %i as %s", async (data_limit, status) => {
      const { add, traffic, change } = await startPasarGuard();
      const { id } = (await add("tg_alice")).body;
      await traffic("tg_alice", 500, true);
      expect((await change(id, way)).body.status).toBe(state);
      const { body } = await change(id, { status: "active", expire: future, data_limit });
      expect(body).toMatchObject({ status, expire: futureIso, data_limit: data_limit || null });
    });
  },
);

test("who was ever on hold and is disabled is on hold again, and loses the time that is sent", async () => {
  const { add, change, pass, traffic, show } = await startPasarGuard();
  const held = { status: "on_hold", on_hold_expire_duration: 3_600 };
  const { id } = (await add("tg_alice", held)).body;
  await change(id, { status: "active", expire: future });
  await change(id, { status: "disabled" });
  const revived = await change(id, { status: "active", expire: future });
  expect(revived.body).toMatchObject({ status: "on_hold", expire: futureIso });
  // Neither can the duration be taken back.
  const zero = await change(id, { on_hold_expire_duration: 0 });
  expect(zero.body["on_hold_expire_duration"]).toBe(3_600);
  await pass(29);
  await traffic("tg_alice", 10);
  await pass(31);
  const expire = new Date((startS + 30 + 3_600) * 1_000).toISOString().replace(".000Z", "");
  expect(await show(id)).toMatchObject({ status: "active", expire: `${expire}.500000Z` });
});

test("groups: null changes nothing, [] takes all, unknown ones a 404", async () => {
  const { add, change } = await startPasarGuard();
  const { id } = (await add("tg_alice")).body;
  expect((await change(id, { group_ids: null })).body.group_ids).toEqual([1]);
  expect((await change(id, { group_ids: [99] })).status).toBe(404);
  expect((await change(id, { group_ids: [] })).body.group_ids).toEqual([]);
});

test("a change without a next plan loses it", async () => {
  const { add, change } = await startPasarGuard();
  const { body } = await add("tg_alice", { next_plan: { data_limit: 5_000, expire: 86_400 } });
  expect(body["next_plan"]).toMatchObject({ data_limit: 5_000, user_template_id: null });
  expect((await change(body.id, { note: "n" })).body["next_plan"]).toBeNull();
});

test("credentials that are not named are drawn anew when others are", async () => {
  const { add, change } = await startPasarGuard();
  const { id, proxy_settings: before } = (await add("tg_alice")).body;
  expect((await change(id, { note: "n" })).body.proxy_settings).toEqual(before);
  const vless = { id: "22222222-2222-4222-8222-222222222222" };
  const { proxy_settings: after } = (await change(id, { proxy_settings: { vless } })).body;
  expect(after["vless"]).toEqual(vless);
  expect(after["trojan"]).not.toEqual(before["trojan"]);
});

test("disabling and enabling find the state that is due", async () => {
  const { add, change, disable, traffic } = await startPasarGuard();
  const { id } = (await add("tg_alice")).body;
  const back = async () => {
    expect((await disable(id, true)).body.status).toBe("disabled");
    return (await disable(id, false)).body.status;
  };
  expect(await back()).toBe("active");
  await traffic("tg_alice", 10, true);
  await change(id, { data_limit: 10 });
  expect(await back()).toBe("limited");
  await change(id, { expire: startS - 5 });
  expect(await back()).toBe("expired");
});

test("a reset makes the limited active, and leaves the disabled and those on hold", async () => {
  const { add, disable, act, change, traffic } = await startPasarGuard();
  const disabled = (await add("tg_alice")).body.id;
  await disable(disabled, true);
  expect((await act(disabled, "reset")).body.status).toBe("disabled");
  const limited = (await add("tg_bob")).body.id;
  await traffic("tg_bob", 10, true);
  await change(limited, { data_limit: 10 });
  expect((await act(limited, "reset")).body).toMatchObject({
    status: "active",
    used_traffic: 0,
    lifetime_used_traffic: 10,
  });
  const held = { status: "on_hold", on_hold_expire_duration: 60 };
  const { id } = (await add("tg_carol", held)).body;
  expect((await act(id, "reset")).body).toMatchObject({ status: "on_hold" });
});

test("the next plan starts on request, with seconds from now", async () => {
  const { add, act } = await startPasarGuard();
  const next_plan = { data_limit: 5_000, expire: 86_400, add_remaining_traffic: true };
  const { id } = (await add("tg_alice", { data_limit: 1_000, next_plan })).body;
  expect((await act(id, "active_next")).body).toMatchObject({
    data_limit: 6_000,
    expire: "2026-11-22T09:00:00.500000Z",
    next_plan: null,
  });
  expect(await act(id, "active_next")).toMatchObject({
    status: 404,
    body: { detail: "User doesn't have next plan" },
  });
});

test("PUT refuses the states that the panel gives itself, and takes null as no change", async () => {
  const { add, change } = await startPasarGuard();
  const { id } = (await add("tg_alice")).body;
  for (const status of ["limited", "expired", "nope"]) {
    expect((await change(id, { status })).status).toBe(422);
  }
  expect((await change(id, { status: null, expire: null, data_limit: null })).status).toBe(200);
});
