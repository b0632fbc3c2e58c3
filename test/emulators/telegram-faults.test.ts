import { expect, test } from "vitest";
import { ask, startTelegram, token } from "./telegram-client.ts";

const texts = (updates: readonly object[]) =>
  updates.map((update) => (update as { message: { text: string } }).message.text);

async function startAll() {
  const telegram = await startTelegram();
  for (const id of [1, 2]) await telegram.person(id).say("/start");
  await telegram.updates({ offset: -1 });
  await telegram.updates({ offset: 100_000_003 });
  const send = (chat_id = 1) => telegram.call("sendMessage", { chat_id, text: "x" });
  return { ...telegram, send };
}

test("a 429 says when to come back, for the named chat and as often as told", async () => {
  const { fault, send, url } = await startAll();
  await fault({ kind: "429", method: "sendMessage", chat_id: 1, times: 2, retry_after: 3 });
  expect(await send(2)).toMatchObject({ ok: true });
  const answer = await fetch(`${url}/bot${token}/sendMessage?chat_id=1&text=x`);
  expect(answer.headers.get("retry-after")).toBe("3");
  expect(await answer.json()).toEqual({
    ok: false,
    error_code: 429,
    description: "Too Many Requests: retry after 3",
    parameters: { retry_after: 3 },
  });
  expect(await ask(`${url}/control/faults`)).toMatchObject([{ kind: "429", times: 1 }]);
  expect(await send()).toMatchObject({ error_code: 429 });
  expect(await send()).toMatchObject({ ok: true });
});

test("a call that is refused by a fault changes nothing", async () => {
  const { fault, send, person, url } = await startAll();
  for (const kind of ["500", "403", "502"]) await fault({ kind, times: 1 });
  expect(await send()).toMatchObject({ error_code: 500, description: "Internal Server Error" });
  expect(await send()).toMatchObject({ description: "Forbidden: bot was blocked by the user" });
  const broken = await fetch(`${url}/bot${token}/sendMessage?chat_id=1&text=x`);
  expect([broken.status, await broken.text()]).toEqual([502, expect.stringContaining("<html>")]);
  expect(broken.headers.get("content-type")).toMatch(/^text\/html/u);
  await fault({ kind: "drop-connection", times: 1 });
  await expect(send()).rejects.toThrow("fetch failed");
  expect(await person(1).chat()).toHaveLength(1);
});

test("after timeout-after-success the message stands, though the bot got no answer", async () => {
  const { fault, send, person, calls } = await startAll();
  await fault({ kind: "timeout-after-success", times: 1, hold_ms: 10 });
  await expect(send()).rejects.toThrow("fetch failed");
  expect(await person(1).chat()).toHaveLength(2);
  expect(await calls("sendMessage")).toMatchObject([{ chat_id: 1, ok: true }]);
});

test("a slow call of one chat is done and answered late, and others are not held up", async () => {
  const { fault, send, person } = await startAll();
  await fault({ kind: "slow", times: 1, hold_ms: 300 });
  const answered: string[] = [];
  const slow = send().then(({ ok }) => answered.push(`slow ${ok}`));
  await send().then(({ ok }) => answered.push(`quick ${ok}`));
  await slow;
  expect(answered).toEqual(["quick true", "slow true"]);
  expect(await person(1).chat()).toHaveLength(3);
});

test("every call is recorded with its outcome and without the token", async () => {
  const { call, calls, send, url } = await startAll();
  await send();
  await send(404);
  expect(await calls("SENDMESSAGE")).toMatchObject([
    { method: "sendMessage", chat_id: 1, ok: true },
    { method: "sendMessage", chat_id: 404, ok: false, error_code: 400 },
  ]);
  await call("getMe");
  expect(await (await fetch(`${url}/control/calls`)).text()).not.toContain(token);
});

test("the calls since some time are those that came then or later", async () => {
  const { calls, send } = await startAll();
  await send();
  const [first] = await calls("sendMessage");
  expect(await calls(`sendMessage&since=${first!.time}`)).toHaveLength(1);
  expect(await calls(`sendMessage&since=${first!.time + 1}`)).toEqual([]);
});

test("a duplicated update comes twice under one id", async () => {
  const { fault, person, updates } = await startAll();
  await fault({ updates: "duplicate", times: 1, chat_id: 1 });
  await person(2).say("once");
  await person(1).say("twice");
  const came = await updates();
  expect(texts(came)).toEqual(["once", "twice", "twice"]);
  expect(came[1]?.update_id).toBe(came[2]?.update_id);
});

test("a reordered update follows the one after it", async () => {
  const { fault, person, updates } = await startAll();
  await fault({ updates: "reorder", times: 1, delay_ms: 60_000 });
  await person(1).say("first");
  await person(1).say("second");
  expect(texts(await updates())).toEqual(["second", "first"]);
});

test("a delayed update comes in the end", async () => {
  const { fault, person, updates } = await startAll();
  await fault({ updates: "delay", times: 1, delay_ms: 50 });
  await person(1).say("late");
  expect(texts(await updates({ timeout: 10 }))).toEqual(["late"]);
});

test("an invalid rule is refused; rules can be deleted", async () => {
  const { fault, send, url } = await startAll();
  expect(await fault({ kind: "sulk" })).toHaveProperty("error");
  await fault({ kind: "500" });
  await ask(`${url}/control/faults`, "DELETE");
  expect(await ask(`${url}/control/faults`)).toEqual([]);
  expect(await send()).toMatchObject({ ok: true });
});
