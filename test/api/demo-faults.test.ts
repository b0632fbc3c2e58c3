import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { apiEnvironment } from "../../api/config.ts";
import { demo } from "../../api/demo.ts";
import { startCryptoBotEmulator } from "../../emulators/cryptobot/emulator.ts";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";

const required = { DATABASE_URL: "postgres://h/d", TEMPORAL_ADDRESS: "h:7233" };

/** Starts the demo with an emulated Telegram and CryptoBot behind it, and no other gateway. */
async function startDemo() {
  const [telegram, cryptobot] = await Promise.all([
    startTelegramEmulator({ port: 0, token: "123456:TEST" }),
    startCryptoBotEmulator({ port: 0, token: "12345:AAmadeForATest" }),
  ]);
  const shown = { title: "T", noticesTitle: "Webhooks", notices: {}, answers: {} };
  const gateways = [
    { ...shown, name: "stars", url: telegram.url },
    { ...shown, name: "cryptobot", url: cryptobot.url },
  ];
  const env = { DEMO_TELEGRAM_URL: telegram.url, DEMO_GATEWAYS: JSON.stringify(gateways) };
  const configuration = apiEnvironment.parse({ ...required, ...env });
  const server = express().use("/demo", demo(configuration)).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await Promise.all([telegram.close(), cryptobot.close().catch(() => undefined)]);
  });
  const { port } = server.address() as AddressInfo;
  return { port, telegram, cryptobot, faults: `http://127.0.0.1:${port}/demo/faults` };
}

interface ReceivedRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Requests a path exactly as it is written, which `fetch` would normalise. */
async function fetchRaw(port: number, path: string, { body, ...how }: ReceivedRequest = {}) {
  const asked = request({ port, path, host: "127.0.0.1", ...how }).end(body);
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  const chunks = await response.setEncoding("utf8").toArray();
  return { status: response.statusCode ?? 0, text: chunks.join("") };
}

const dropped = JSON.stringify({ webhook: "drop" });

test("a gateway's faults are listed, added and cleared through the demo", async () => {
  const { faults, cryptobot } = await startDemo();
  const tell = (method: string, body?: string) =>
    fetch(`${faults}/cryptobot`, { method, ...(body === undefined ? {} : { body }) });
  expect(await (await tell("GET")).json()).toEqual([]);
  expect(await (await tell("POST", dropped)).json()).toEqual({ id: 1 });
  const behind = async () => (await fetch(`${cryptobot.url}/control/faults`)).json();
  expect(await behind()).toMatchObject([{ webhook: "drop" }]);
  expect(await (await tell("GET")).json()).toEqual(await behind());
  const wrong = await tell("POST", JSON.stringify({ webhook: "eaten" }));
  expect(wrong.status).toBe(400);
  expect(await (await tell("DELETE")).json()).toEqual([]);
  expect(await behind()).toEqual([]);
});

test("the page is told which gateways are emulated", async () => {
  const { port } = await startDemo();
  const { text } = await fetchRaw(port, "/demo/info");
  expect(JSON.parse(text)).toMatchObject({ gateways: [{ name: "stars" }, { name: "cryptobot" }] });
});

const inside = [
  "/cryptobot/control/reset",
  "/cryptobot/../../control/reset",
  "/cryptobot/..%2f..%2fcontrol/reset",
  "/cryptobot/%2e%2e/reset",
  "/cryptobot/api/getMe",
  "/cryptobot//control/calls",
  "/cryptobot\\..\\control\\calls",
  "/cryptobot%2f..%2fcontrol%2fcalls",
  "/..%2fcontrol",
  "/tbank",
  "/ton",
  "/constructor",
  "/__proto__",
  "",
  "/",
];

test("no other control, and nothing else of an emulator, is reached through the demo", async () => {
  const { port, cryptobot } = await startDemo();
  const calls = async () => (await fetch(`${cryptobot.url}/control/calls`)).json();
  for (const path of inside) {
    for (const method of ["GET", "POST", "DELETE"]) {
      const { status } = await fetchRaw(port, `/demo/faults${path}`, { method });
      expect([method, path, status]).toEqual([method, path, 404]);
    }
  }
  for (const method of ["PUT", "PATCH", "OPTIONS"]) {
    const { text } = await fetchRaw(port, "/demo/faults/cryptobot", { method });
    expect([method, JSON.parse(text)]).toEqual([method, { error: "There is no such switch." }]);
  }
  expect(await calls()).toEqual([]);
});

test("whatever follows a gateway's name, only its faults answer", async () => {
  const { port } = await startDemo();
  const tail = fc.oneof(fc.webPath(), fc.stringMatching(/^[!-~]{0,40}$/u));
  await fc.assert(
    fc.asyncProperty(tail, async (rest) => {
      const { status, text } = await fetchRaw(port, `/demo/faults/cryptobot${rest}`);
      expect(status === 200 ? text : "[]").toBe("[]");
      expect(status).toBeLessThan(500);
    }),
    { numRuns: 150 },
  );
});

test("another site's page, or a foreign name of this machine, changes nothing", async () => {
  const { port, faults } = await startDemo();
  const path = "/demo/faults/cryptobot";
  const strange: Record<string, string>[] = [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { host: `evil.example:${port}` },
  ];
  for (const headers of strange) {
    const { status } = await fetchRaw(port, path, { method: "POST", headers, body: dropped });
    expect(status).toBe(403);
  }
  expect(await (await fetch(`${faults}/cryptobot`)).json()).toEqual([]);
});

test("an unreachable gateway is reported as 502", async () => {
  const { faults, cryptobot } = await startDemo();
  await cryptobot.close();
  const response = await fetch(`${faults}/cryptobot`);
  expect(response.status).toBe(502);
  expect(await response.json()).toEqual({ error: expect.stringContaining("does not answer") });
});
