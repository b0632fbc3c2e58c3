import { describe, expect, test } from "vitest";
import { startMarzban } from "./marzban-client.ts";

const milliseconds = 1_893_456_000_000;

describe.each([
  ["without a protocol", { proxies: undefined }, { proxies: { vless: {} } }],
  ["with milliseconds as seconds", { expire: milliseconds }, { expire: milliseconds / 1_000 }],
])("a user %s", (_what, broken, sane) => {
  async function poisoned() {
    const panel = await startMarzban();
    await panel.add("aaa_before");
    const answer = await panel.add("poisoned", broken);
    expect([answer.status, answer.body]).toEqual([500, "Internal Server Error"]);
    return panel;
  }

  test("is kept although POST fails, so that it exists for the next one", async () => {
    const { add, rows } = await poisoned();
    expect(await rows()).toHaveLength(2);
    expect((await add("poisoned")).status).toBe(409);
  });

  test("cannot be shown, nor can a list that they are in; others can", async () => {
    const { ask } = await poisoned();
    const status = async (path: string) => (await ask("GET", path)).status;
    expect(await status("/api/user/poisoned")).toBe(500);
    expect(await status("/api/users")).toBe(500);
    expect(await status("/api/users?sort=username&limit=1&offset=1")).toBe(500);
    expect(await status("/api/users?sort=username&limit=1")).toBe(200);
    expect(await status("/api/system")).toBe(200);
  });

  test("keeps what else a change says, and is healed by the right field", async () => {
    const { change, show, ask } = await poisoned();
    expect((await change("poisoned", { note: "kept" })).status).toBe(500);
    expect((await change("poisoned", sane)).status).toBe(200);
    expect(await show("poisoned")).toMatchObject({ note: "kept", status: "active" });
    expect((await ask("GET", "/api/users")).status).toBe(200);
  });

  test("can be deleted", async () => {
    const { remove, ask } = await poisoned();
    expect((await remove("poisoned")).status).toBe(200);
    expect((await ask("GET", "/api/users")).body).toMatchObject({ total: 1 });
  });

  test("is not told to the core, until it starts anew", async () => {
    const { letsIn, pass, control } = await poisoned();
    await pass(1);
    expect(await letsIn()).not.toHaveProperty("2.poisoned");
    await control("POST", "node/restart", {});
    expect("2.poisoned" in (await letsIn())).toBe(!("proxies" in broken));
  });
});

test("milliseconds in a change of an active user break it and change nothing", async () => {
  const { add, change, show } = await startMarzban();
  await add("tg_alice", { expire: 1_893_456_000 });
  expect((await change("tg_alice", { expire: milliseconds })).status).toBe(500);
  expect((await show("tg_alice")).expire).toBe(1_893_456_000);
});

test("rows are poisoned on request, too", async () => {
  const { add, control, ask } = await startMarzban();
  await add("tg_alice");
  await add("tg_bob");
  await control("POST", "poison", { username: "tg_alice", kind: "milliseconds" });
  await control("POST", "poison", { username: "tg_bob", kind: "proxies" });
  for (const name of ["tg_alice", "tg_bob"]) {
    expect((await ask("GET", `/api/user/${name}`)).status).toBe(500);
  }
});

test("where webhooks are sent, one user without a date stops the review of all after them", async () => {
  const { add, pass, rows } = await startMarzban({ webhookUrls: ["http://127.0.0.1:9/hook"] });
  await add("poisoned", { expire: milliseconds });
  await add("tg_bob", { expire: 1_600_000_000 });
  await pass(60);
  expect((await rows())[1]).toMatchObject({ username: "tg_bob", status: "active" });
});
