import type { IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Message, Update } from "../../emulators/telegram/bot-api.ts";
import { eventually, startReceiver } from "./servers.ts";
import { startTelegram } from "./telegram-client.ts";

interface Received {
  readonly chat: number;
  readonly text: string | undefined;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A bot's webhook that records its updates and answers each by `answer`. */
async function startHook(answer: (update: Update, message: Message) => Reply) {
  const received: Received[] = [];
  const url = await startReceiver(async (request, response) => {
    const update = JSON.parse(await text(request)) as Update;
    const message = update["message"] as Message;
    const { status, headers = {}, body = "" } = answer(update, message);
    received.push({ chat: message.chat.id, text: message.text, status, headers: request.headers });
    response.writeHead(status, headers).end(body);
  });
  return { received, url };
}

const taken = (received: readonly Received[]) => received.filter(({ status }) => status === 200);

test("a webhook gets every update with its secret until it says 2xx, each chat in its order", async () => {
  const statuses = fc.constantFrom(200, 200, 204, 302, 400, 401, 404, 500, 503);
  const chats = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.array(statuses, { maxLength: 10 }), chats, async (answers, speakers) => {
      const left = [...answers];
      const { call, person, close } = await startTelegram({ webhookRetryMs: 5 });
      const { received, url } = await startHook(() => ({ status: left.shift() ?? 200 }));
      await call("setWebhook", { url, secret_token: "abc_-1" });
      for (const id of [1, 2, 3]) await person(id).say("/start");
      for (const [index, id] of speakers.entries()) await person(id).say(`${index}`);
      const all = speakers.length + 3;
      const done = () => received.filter(({ status }) => status >= 200 && status < 300);
      await eventually(() => expect(done()).toHaveLength(all));
      for (const id of [1, 2, 3]) {
        const said = speakers.flatMap((chat, index) => (chat === id ? [`${index}`] : []));
        const came = done().filter(({ chat }) => chat === id);
        expect(came.map(({ text: words }) => words)).toEqual(["/start", ...said]);
      }
      const secrets = received.map(({ headers }) => headers["x-telegram-bot-api-secret-token"]);
      expect(new Set(secrets)).toEqual(new Set(["abc_-1"]));
      await eventually(async () =>
        expect(await call("getWebhookInfo")).toMatchObject({ result: { pending_update_count: 0 } }),
      );
      await close();
    }),
    { numRuns: 15 },
  );
});

test("a chat whose update keeps failing holds up its own queue and no other", async () => {
  const { call, person } = await startTelegram({ webhookRetryMs: 5 });
  let broken = true;
  const { received, url } = await startHook((_update, { chat }) => ({
    status: chat.id === 1 && broken ? 500 : 200,
  }));
  await call("setWebhook", { url });
  await person(1).say("/start");
  await eventually(() => expect(received.length).toBeGreaterThan(2));
  await person(1).say("after");
  await person(2).say("/start");
  await eventually(() => expect(taken(received)).toMatchObject([{ chat: 2 }]));
  expect(await call("getWebhookInfo")).toMatchObject({
    result: {
      url,
      pending_update_count: 2,
      last_error_message: "Wrong response from the webhook: 500 Internal Server Error",
    },
  });
  broken = false;
  const order = [{ chat: 2 }, { chat: 1, text: "/start" }, { chat: 1, text: "after" }];
  await eventually(() => expect(taken(received)).toMatchObject(order));
});

test("Retry-After puts the next try off, where without it one follows at once", async () => {
  const { call, person } = await startTelegram({ webhookRetryMs: 5 });
  const { received, url } = await startHook((_update, { chat }) =>
    chat.id === 2 ? { status: 200 } : { status: 503, headers: { "retry-after": "3600" } },
  );
  await call("setWebhook", { url });
  await person(1).say("/start");
  await eventually(() => expect(received).toMatchObject([{ chat: 1, status: 503 }]));
  for (const text of ["/start", "a", "b", "c", "d"]) await person(2).say(text);
  await eventually(() => expect(taken(received)).toHaveLength(5));
  expect(received.filter(({ chat }) => chat === 1)).toHaveLength(1);
});

test("a method in the webhook's answer is carried out", async () => {
  const { call, person } = await startTelegram();
  const { url } = await startHook((_update, { chat }) => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ method: "sendMessage", chat_id: chat.id, text: "by reply" }),
  }));
  await call("setWebhook", { url });
  await person(1).say("/start");
  const second = { text: "by reply", from: { is_bot: true } };
  await eventually(async () => expect((await person(1).chat())[1]).toMatchObject(second));
});

test("only loopback addresses and well-formed secrets are taken", async () => {
  const { call } = await startTelegram();
  const setWebhook = (params: object) => call("setWebhook", params);
  expect(await setWebhook({ url: "http://example.org/hook" })).toMatchObject({ error_code: 400 });
  expect(await setWebhook({ url: "not a url" })).toMatchObject({
    description: "Bad Request: invalid webhook URL specified",
  });
  expect(await setWebhook({ url: "http://127.0.0.1:9/", secret_token: "a b" })).toMatchObject({
    description: "Bad Request: secret token contains unallowed characters",
  });
  expect(await call("getWebhookInfo")).toMatchObject({ result: { url: "" } });
});
