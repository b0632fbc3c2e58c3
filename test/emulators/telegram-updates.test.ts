import * as fc from "fast-check";
import { expect, test } from "vitest";
import { startPoll, startTelegram, token } from "./telegram-client.ts";

const ids = (updates: readonly { update_id: number }[]) =>
  updates.map(({ update_id }) => update_id);

test("an update comes again until an offset beyond it confirms it, and then never", async () => {
  const { person, updates, url } = await startTelegram();
  await person(1).say("/start");
  const steps = fc.array(
    fc.record({ said: fc.nat(3), limit: fc.integer({ min: 1, max: 4 }), confirm: fc.nat(4) }),
  );
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      await fetch(`${url}/control/reset`, { method: "POST" });
      await person(1).say("/start");
      let pending = ids(await updates());
      for (const { said, limit, confirm } of history) {
        for (let n = 0; n < said; n++) await person(1).say(`text ${n}`);
        pending = [...pending, ...ids(await updates()).slice(pending.length)];
        const offset = (pending[0] ?? 0) + confirm;
        pending = pending.filter((id) => id >= offset);
        expect(ids(await updates({ offset, limit }))).toEqual(pending.slice(0, limit));
      }
    }),
    { numRuns: 20 },
  );
});

test("a negative offset keeps only the newest updates", async () => {
  const { person, updates } = await startTelegram();
  await person(1).say("/start");
  for (const text of ["a", "b", "c"]) await person(1).say(text);
  const left = await updates({ offset: -2 });
  expect(left.map(({ message }) => message)).toMatchObject([{ text: "b" }, { text: "c" }]);
  expect(await updates()).toEqual(left);
});

test("a long poll answers as soon as somebody writes", async () => {
  const { person, url } = await startTelegram();
  const { answer } = await startPoll(url);
  await person(7).say("/start friend");
  expect(await answer).toMatchObject({
    result: [{ message: { text: "/start friend", from: { id: 7 } } }],
  });
});

test("the first of two pollers gets a 409 and the second goes on", async () => {
  const { person, url } = await startTelegram();
  const first = await startPoll(url);
  const second = await startPoll(url);
  expect(await first.answer).toEqual({
    ok: false,
    error_code: 409,
    description:
      "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
  });
  await person(1).say("/start");
  expect(await second.answer).toMatchObject({
    ok: true,
    result: [{ message: { text: "/start" } }],
  });
});

test("a poller that hung up blocks nobody and loses no update", async () => {
  const { person, updates, url } = await startTelegram();
  const leaving = new AbortController();
  const poll = fetch(`${url}/bot${token}/getUpdates?timeout=50`, { signal: leaving.signal });
  leaving.abort();
  await expect(poll).rejects.toThrow("aborted");
  await person(1).say("/start");
  expect(await updates()).toHaveLength(1);
});

test("polling is refused while a webhook is set, and setting one ends a poll", async () => {
  const { call, url } = await startTelegram();
  const poll = await startPoll(url);
  await call("setWebhook", { url: "http://127.0.0.1:9/hook" });
  const description = "Conflict: terminated by setWebhook request";
  expect(await poll.answer).toMatchObject({ error_code: 409, description });
  expect(await call("getUpdates")).toMatchObject({
    error_code: 409,
    description:
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  });
  await call("deleteWebhook");
  expect(await call("getUpdates")).toMatchObject({ ok: true });
});

test("kinds of update that the bot did not ask for are not kept for it", async () => {
  const { person, updates } = await startTelegram();
  await updates({ allowed_updates: ["callback_query"] });
  await person(1).say("/start");
  expect(await updates()).toEqual([]);
  await updates({ allowed_updates: [] });
  await person(1).say("hello");
  expect(await updates()).toMatchObject([{ message: { text: "hello" } }]);
});

test("an injected update comes as it is, and one without an id is given the next", async () => {
  const { updates, url } = await startTelegram();
  const inject = (body: string) => fetch(`${url}/control/updates`, { method: "POST", body });
  await inject('{"update_id":7,"callback_query":{"id":"forged"}}');
  await inject('{"rubbish":[1]}');
  expect(await updates()).toMatchObject([
    { update_id: 7, callback_query: { id: "forged" } },
    { update_id: 100_000_001, rubbish: [1] },
  ]);
  expect((await inject("{")).status).toBe(400);
});
