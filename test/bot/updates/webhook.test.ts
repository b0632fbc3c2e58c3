import type { AddressInfo } from "node:net";
import { Registry } from "prom-client";
import { expect, inject, onTestFinished, test } from "vitest";
import { createApi } from "../../../api/app.ts";
import { serveWebhook } from "../../../bot/updates/webhook.ts";
import { DurableClient } from "../../../client/durable.ts";
import { freePort } from "../../../tools/servers/ports.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { gateTo, type IsolatedBot, makeBot, runsOf } from "../isolated-bot.ts";

const app = useTestApp();
const secret = "correct-horse_battery";
const path = "/webhooks/telegram";

let lastPerson = 80_000;
const newId = () => (lastPerson += 1);

/** A bot in webhook mode and the api in front of it; Telegram's webhook is the api's. */
async function serve(isolated: IsolatedBot) {
  const port = await freePort();
  const own = `http://127.0.0.1:${port}${path}`;
  const api = await startApi(`http://127.0.0.1:${port}`, isolated);
  const options = { url: `${api}${path}`, secret, host: "127.0.0.1", port };
  const source = await serveWebhook(isolated.bot, isolated.log, options);
  onTestFinished(() => source.stop());
  return { source, urls: { bot: own, api: `${api}${path}` } };
}

async function startApi(botUrl: string, { log }: IsolatedBot): Promise<string> {
  const configuration = { BOT_WEBHOOK_URL: botUrl, DEMO_ADMIN_ID: 1, DEMO_VPN_HOST: "memory" };
  const ports = {
    log,
    registry: new Registry(),
    checks: {},
    client: new DurableClient(app.client),
  };
  const api = createApi(configuration as never, ports);
  const server = api.listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const post = async (url: string, body: string, headers: Record<string, string> = {}) => {
  const json = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", body, headers: { ...json, ...headers } });
  return { status: response.status, text: await response.text() };
};

const proof = { "x-telegram-bot-api-secret-token": secret };

const start = (id: number, updateId = 1) => ({
  update_id: updateId,
  message: {
    message_id: 1,
    date: 1_700_000_000,
    from: { id, is_bot: false, first_name: "Eve" },
    chat: { id, type: "private", first_name: "Eve" },
    text: "/start",
    entities: [{ type: "bot_command", offset: 0, length: 6 }],
  },
});

const describeSignup = (id: number) => app.client.workflow.getHandle(`signup:${id}`).describe();

test("Telegram's updates come through the api to the bot and are answered", async () => {
  const isolated = await makeBot(app);
  const { source } = await serve(isolated);
  await eventually(() => expect(source.isConnected()).toBe(true));
  const eve = isolated.person(newId());
  await eve.send("/start");
  await eve.send("/terms");
  await eve.waitForMessage(/^Terms/u);
  await describeSignup(eve.id);
  await eventually(async () => expect(await isolated.pending()).toBe(0));
});

test("a request without the secret gets 403, whatever it contains", async () => {
  const isolated = await makeBot(app);
  const { urls } = await serve(isolated);
  const id = newId();
  const wrong = [undefined, "", "wrong", `${secret} `, secret.slice(0, -1), secret.toUpperCase()];
  for (const url of [urls.bot, urls.api]) {
    for (const given of wrong) {
      const headers = given === undefined ? {} : { "x-telegram-bot-api-secret-token": given };
      // A header's value loses the spaces around it on the way.
      if (given?.trim() === secret) continue;
      for (const body of [JSON.stringify(start(id)), "rubbish", "x".repeat(2_000_000)]) {
        const { status } = await post(url, body, headers).catch(() => ({ status: 403 }));
        expect([403, 413]).toContain(status);
      }
    }
  }
  await expect(describeSignup(id)).rejects.toThrow(/not found/u);
});

test("an invalid update is 400 and a long one 413, without a reason", async () => {
  const isolated = await makeBot(app);
  const { urls } = await serve(isolated);
  const rubbish = [
    "",
    "{",
    "null",
    "[]",
    "5",
    '"x"',
    "{}",
    '{"update_id":"1"}',
    '{"update_id":1.5}',
  ];
  for (const url of [urls.bot, urls.api]) {
    for (const body of rubbish) {
      const answer = await post(url, body, proof);
      expect(answer).toMatchObject({ status: 400 });
      expect(answer.text).not.toMatch(/SyntaxError|node_modules|at /u);
    }
    const large = JSON.stringify({ update_id: 1, text: "x".repeat(1_200_000) });
    expect((await post(url, large, proof)).status).toBe(413);
  }
});

test("an update of an unknown shape is acknowledged: it would be the same next time", async () => {
  const isolated = await makeBot(app);
  const { urls } = await serve(isolated);
  for (const odd of [
    { update_id: 1 },
    { update_id: 2, message: null },
    { update_id: 3, message: 5 },
    { update_id: 4, message: { from: { id: -1 }, chat: {} } },
    { update_id: 5, callback_query: { id: "1", from: { id: 5 }, data: 7 } },
    { update_id: 6, my_chat_member: { from: { id: 5 }, chat: { id: 5, type: "private" } } },
  ]) {
    expect(await post(urls.api, JSON.stringify(odd), proof)).toMatchObject({ status: 200 });
  }
});

test("while Temporal is unreachable Telegram gets 503 and keeps the update; it counts when Temporal is back", async () => {
  const gate = await gateTo(inject("temporal").address, app.namespace);
  const isolated = await makeBot(app, { client: gate.client });
  const { source, urls } = await serve(isolated);
  await eventually(() => expect(source.isConnected()).toBe(true));
  gate.shut();
  const id = newId();
  const asked = post(urls.api, JSON.stringify(start(id)), proof);
  const eve = isolated.person(newId());
  await eve.send("/start");
  await eve.waitForMessage(/slower than usual/u);
  await source.stop();
  expect((await asked).status).toBe(503);
  expect(await isolated.pending()).toBe(1);
  await expect(describeSignup(id)).rejects.toThrow(/not found/u);
  await expect(describeSignup(eve.id)).rejects.toThrow(/not found/u);

  gate.open();
  const again = await serve(isolated);
  expect((await post(again.urls.api, JSON.stringify(start(id)), proof)).status).toBe(200);
  await describeSignup(id);
  await eventually(async () => expect(await isolated.pending()).toBe(0));
  await describeSignup(eve.id);
});

test("an unreachable bot is 503 at the api", async () => {
  const isolated = await makeBot(app);
  const api = await startApi(`http://127.0.0.1:${await freePort()}`, isolated);
  expect((await post(`${api}${path}`, "{}", proof)).status).toBe(503);
});

test("a webhook that Telegram does not take at first is set when Telegram does", async () => {
  const isolated = await makeBot(app);
  await isolated.fault({ kind: "502", method: "setWebhook", times: 2 });
  const { source } = await serve(isolated);
  expect(source.isConnected()).toBe(false);
  await eventually(() => expect(source.isConnected()).toBe(true));
  expect(isolated.lines.join("")).toMatch(/the webhook could not be set/u);
});

test("one update delivered many times at once is one signup", async () => {
  const isolated = await makeBot(app);
  const { urls } = await serve(isolated);
  const id = newId();
  const body = JSON.stringify(start(id));
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(urls.api, body, proof)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  await eventually(async () => expect(await runsOf(app, id)).toBe(1));
});
