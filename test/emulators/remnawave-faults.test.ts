import { expect, test } from "vitest";
import { inDays, startRemnawave } from "./remnawave-client.ts";

const draft = { username: "ann", expireAt: inDays(30) };
const create = "POST /users";

test.each(["drop-after-success", "timeout-after-success"])(
  "%s: the user is there, though the client got no answer",
  async (kind) => {
    const { fault, api, find, calls } = await startRemnawave();
    await fault({ kind, method: create, times: 1, hold_ms: 5 });
    await expect(api("POST", "/users", draft)).rejects.toThrow("fetch failed");
    expect(await find("ann")).toMatchObject({ status: "ACTIVE" });
    expect(await calls(create)).toMatchObject([{ ok: true, status: 201, username: "ann" }]);
    expect((await api("POST", "/users", draft)).body).toMatchObject({ errorCode: "A019" });
  },
);

test("500-after-success: the user is there, though the answer is an error", async () => {
  const { fault, api, find } = await startRemnawave();
  await fault({ kind: "500-after-success", method: create, times: 1 });
  expect(await api("POST", "/users", draft)).toMatchObject({
    status: 500,
    body: { statusCode: 500, message: "Internal server error" },
  });
  expect(await find("ann")).toMatchObject({ status: "ACTIVE" });
});

test.each(["500", "429", "401"])("%s: nothing was done", async (kind) => {
  const { fault, api, find } = await startRemnawave();
  await fault({ kind, method: create, times: 1 });
  expect((await api("POST", "/users", draft)).status).toBe(Number(kind));
  expect(await find("ann")).toBeUndefined();
  expect((await api("POST", "/users", draft)).status).toBe(201);
});

test("drop-connection: nothing was done", async () => {
  const { fault, api, find } = await startRemnawave();
  await fault({ kind: "drop-connection", method: create, times: 1 });
  await expect(api("POST", "/users", draft)).rejects.toThrow("fetch failed");
  expect(await find("ann")).toBeUndefined();
});

test("502 is a page of the proxy, and changes nothing", async () => {
  const { fault, url, find } = await startRemnawave({ proxyHeaders: false });
  await fault({ kind: "502", times: 1 });
  const answer = await fetch(`${url}/api/users`, {
    method: "POST",
    headers: { authorization: "Bearer testRemnawaveToken", "content-type": "application/json" },
    body: JSON.stringify(draft),
  });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([
    502,
    expect.stringMatching("html"),
  ]);
  expect(await answer.text()).toContain("502 Bad Gateway");
  expect(await find("ann")).toBeUndefined();
});

test("slow: the call is carried out when its wait is over", async () => {
  const { fault, api, find, control } = await startRemnawave();
  await fault({ kind: "slow", method: create, times: 1, hold_ms: 1_500 });
  const slow = api("POST", "/users", draft);
  await api("GET", "/system/metadata");
  expect((await slow).status).toBe(201);
  expect(await find("ann")).toMatchObject({ username: "ann" });
  const calls = await control<{ method: string }[]>("calls");
  const order = calls.map(({ method }) => method).filter((method) => !method.includes("{"));
  expect(order).toEqual(["GET /system/metadata", create]);
});

test("a fault may name a user, by whatever the call names them", async () => {
  const panel = await startRemnawave();
  const ann = await panel.create("ann");
  const bob = await panel.create("bob");
  await panel.fault({ kind: "500", username: "ann" });
  expect((await panel.patch({ id: bob.id, tag: "X" })).status).toBe(200);
  expect((await panel.patch({ id: ann.id, tag: "X" })).status).toBe(500);
  expect((await panel.act(ann.id, "disable")).status).toBe(500);
  expect((await panel.api("GET", "/users/by-username/ann")).status).toBe(500);
});

test("calls are counted with their outcome, and without the token", async () => {
  const { api, calls, url, control } = await startRemnawave();
  await api("POST", "/users", draft);
  await api("POST", "/users", draft);
  await api("GET", "/users/1");
  expect(await calls(create)).toMatchObject([
    { ok: true, status: 201, username: "ann" },
    { ok: false, status: 400, username: "ann" },
  ]);
  expect(await calls("GET /users/{user}")).toMatchObject([{ ok: true, username: "ann" }]);
  expect(await (await fetch(`${url}/control/calls`)).text()).not.toContain("testRemnawaveToken");
  await control("reset", {});
  expect(await calls(create)).toEqual([]);
  expect((await api("POST", "/users", draft)).result.id).toBe(1);
});

test("a wrong rule and a wrong control are refused", async () => {
  const { fault, control } = await startRemnawave();
  for (const wrong of [{ kind: "sulk" }, { webhook: "sing" }, { kind: "500", webhook: "drop" }]) {
    expect(await fault(wrong)).toHaveProperty("error");
  }
  expect(await control("clock", { advance_ms: -1 })).toHaveProperty("error");
  expect(await control("nothing", {})).toHaveProperty("error");
});

test("the clock stands, is put forward, and goes on from there", async () => {
  let nowMs = 1_000_000;
  const { control } = await startRemnawave({ now: () => nowMs });
  expect(await control("clock", { stopped: true })).toEqual({ now: nowMs, stopped: true });
  nowMs += 5_000;
  expect(await control("clock")).toEqual({ now: 1_000_000, stopped: true });
  await control("clock", { advance_ms: 60_000 });
  expect(await control("clock", { stopped: false })).toEqual({ now: 1_060_000, stopped: false });
  nowMs += 1_000;
  expect(await control("clock")).toEqual({ now: 1_061_000, stopped: false });
});
