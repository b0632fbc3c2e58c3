import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import * as fc from "fast-check";
import { Registry } from "prom-client";
import { expect, onTestFinished, test } from "vitest";
import { createApi } from "../../api/app.ts";
import { apiEnvironment } from "../../api/config.ts";
import { DurableClient } from "../../client/durable.ts";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { createLogger } from "../../runtime/log.ts";
import { eventually } from "../drivers/eventually.ts";

const required = { DATABASE_URL: "postgres://h/d", TEMPORAL_ADDRESS: "h:7233" };

interface ServeOptions {
  readonly env?: Record<string, string>;
  readonly checks?: Record<string, () => Promise<unknown>>;
}

async function serve({ env = {}, checks = {} }: ServeOptions = {}) {
  const lines: string[] = [];
  const log = createLogger("api", "debug", { write: (line) => void lines.push(line) });
  const registry = new Registry();
  const configuration = apiEnvironment.parse({ ...required, ...env });
  // Nothing here reaches Temporal; the client would connect at its first call.
  const client = new DurableClient(new Client({ connection: Connection.lazy() }));
  const api = createApi(configuration, { log, registry, checks, client });
  const server = api.listen(0, "127.0.0.1");
  await listen(server);
  return { ...ports(server), lines, registry };
}

async function listen(server: Server): Promise<void> {
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
}

function ports(server: Server) {
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}` };
}

async function startDemo() {
  const telegram = await startTelegramEmulator({ port: 0, token: "123456:TEST" });
  onTestFinished(() => telegram.close().catch(() => undefined));
  return { telegram, ...(await serve({ env: { DEMO_TELEGRAM_URL: telegram.url } })) };
}

/** Requests a path exactly as it is written, which `fetch` would normalise. */
async function fetchRaw(port: number, path: string, headers: Record<string, string> = {}) {
  const asked = request({ port, path, headers, host: "127.0.0.1" }).end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  const chunks = await response.setEncoding("utf8").toArray();
  return { status: response.statusCode ?? 0, text: chunks.join("") };
}

test("every answer carries the headers that keep a browser safe, and none that names the server", async () => {
  const { url } = await serve();
  for (const path of ["/healthz", "/readyz", "/nothing", "/demo/info", "/%E0%A4%A"]) {
    const { headers } = await fetch(`${url}${path}`, { redirect: "manual" });
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("content-security-policy")).toMatch(
      /default-src 'self'.*frame-ancestors 'none'/u,
    );
    expect(headers.get("x-powered-by")).toBeNull();
  }
});

test("what is not there is 404 as JSON", async () => {
  const { url } = await serve();
  for (const [method, path] of [
    ["GET", "/nothing"],
    ["POST", "/healthz"],
    ["DELETE", "/webhooks/telegram"],
    ["POST", "/webhooks/telegram"],
    ["PUT", "/"],
  ]) {
    const response = await fetch(`${url}${path}`, { method: method! });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: "Not found" });
  }
});

test("/readyz names the unavailable part, also one whose check throws or never answers", async () => {
  const { url } = await serve({
    checks: {
      good: async () => undefined,
      away: () => Promise.reject(new Error("hunter2")),
      broken: () => {
        throw new Error("hunter2");
      },
      deaf: () => new Promise(() => undefined),
    },
  });
  const response = await fetch(`${url}/readyz`);
  expect(response.status).toBe(503);
  const text = await response.text();
  expect(JSON.parse(text)).toEqual({
    status: "not ready",
    parts: { good: "ok", away: "unavailable", broken: "unavailable", deaf: "unavailable" },
  });
  expect(text).not.toContain("hunter2");
});

test("however often readiness is read, each check runs once a second", async () => {
  let asked = 0;
  let isAway = false;
  const part = async () => {
    asked += 1;
    if (isAway) throw new Error("away");
  };
  const { url } = await serve({ checks: { part } });
  const statuses = async (times: number) => {
    const answers = await Promise.all(Array.from({ length: times }, () => fetch(`${url}/readyz`)));
    return new Set(answers.map(({ status }) => status));
  };
  expect(await statuses(50)).toEqual(new Set([200]));
  expect(asked).toBeLessThanOrEqual(2);
  isAway = true;
  await eventually(async () => expect(await statuses(1)).toEqual(new Set([503])));
});

test("requests are counted by method and status, without paths", async () => {
  const { url, registry } = await serve();
  await fetch(`${url}/healthz`);
  await fetch(`${url}/secret-path`);
  const text = await registry.metrics();
  expect(text).toMatch(/api_request_seconds_count\{method="GET",status="200"\} 1/u);
  expect(text).toMatch(/api_request_seconds_count\{method="GET",status="404"\} 1/u);
  expect(text).not.toContain("secret-path");
});

test("the page is served from its folder, and nothing beside it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-page-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "index.html"), "<h1>page</h1>");
  const { url, port } = await serve({ env: { WEB_DIST: folder } });
  expect(await (await fetch(url)).text()).toBe("<h1>page</h1>");
  const moved = await fetch(`${url}/demo`, { redirect: "manual" });
  expect([moved.status, moved.headers.get("location")]).toEqual([302, "/"]);
  for (const path of ["/../package.json", "/%2e%2e/package.json", "/..%2f..%2fetc/passwd"]) {
    const { status } = await fetchRaw(port, path);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  }
});

test("without an emulator everything below /demo is 404", async () => {
  const { url } = await serve();
  for (const path of ["/demo/info", "/demo/telegram/person/5/chat", "/demo/vpn-client/try"]) {
    expect((await fetch(`${url}${path}`)).status).toBe(404);
  }
});

test("the demo serves the person's side of the emulator, and nothing else of it", async () => {
  const { url, port, telegram } = await startDemo();
  const said = await fetch(`${url}/demo/telegram/person/5001/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text: "/start" }),
  });
  expect(said.status).toBe(200);
  const chat = await (await fetch(`${telegram.url}/person/5001/chat`)).json();
  expect(chat).toMatchObject([{ text: "/start" }]);
  const inside = [
    "/control/faults",
    "/bot123456:TEST/getMe",
    "/healthz",
    "/person/../control/faults",
    "/person/%2e%2e/control/faults",
    "/person/.%2E/bot123456:TEST/getMe",
    "/person/5/../../control/calls",
    "/person/..\\control\\faults",
    "/personal",
    "/",
    "//person/../control/faults",
    "/%70erson/../control/faults",
  ];
  for (const path of inside) {
    const { status, text } = await fetchRaw(port, `/demo/telegram${path}`);
    expect([path, status]).toEqual([path, 404]);
    expect(text).not.toMatch(/"is_bot":true|"ok":true|^\[\]$/u);
  }
});

test("another site's page cannot act for a person", async () => {
  const { port } = await startDemo();
  const path = "/demo/telegram/person/5001/chat";
  for (const site of ["cross-site", "same-site"]) {
    expect((await fetchRaw(port, path, { "sec-fetch-site": site })).status).toBe(403);
  }
  for (const site of ["same-origin", "none"]) {
    expect((await fetchRaw(port, path, { "sec-fetch-site": site })).status).toBe(200);
  }
});

test("a foreign name that leads to this machine opens nothing", async () => {
  const { port } = await startDemo();
  const path = "/demo/telegram/person/5001/chat";
  expect((await fetchRaw(port, path, { host: `evil.example:${port}` })).status).toBe(403);
  expect((await fetchRaw(port, path, { host: `localhost:${port}` })).status).toBe(200);
});

test("what happens in a chat comes through at once, one event after the other", async () => {
  const { url } = await startDemo();
  const side = `${url}/demo/telegram/person/5001`;
  const say = (text: string) =>
    fetch(`${side}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text }),
    });
  await say("/start");
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const events = await fetch(`${side}/chat/events`, { signal: ending.signal });
  expect(events.headers.get("content-type")).toMatch(/^text\/event-stream/u);
  let seen = "";
  void (async () => {
    for await (const chunk of events.body!.pipeThrough(new TextDecoderStream())) seen += chunk;
  })().catch(() => undefined);
  for (const text of ["first", "second"]) {
    await say(text);
    await eventually(() => expect(seen).toContain(text), 10_000);
  }
});

test("an unreachable emulator is reported as 502", async () => {
  const { url, telegram } = await startDemo();
  await telegram.close();
  const response = await fetch(`${url}/demo/telegram/person/5001/chat`);
  expect(response.status).toBe(502);
  expect(await response.json()).toEqual({ error: expect.stringContaining("does not answer") });
});

test("a key is tried only where there is a host to try it on", async () => {
  const telegram = await startTelegramEmulator({ port: 0, token: "123456:TEST" });
  onTestFinished(() => telegram.close());
  const client = createServer((_request, response) => response.end('{"connected":true}'));
  client.listen(0, "127.0.0.1");
  await listen(client);
  const env = { DEMO_TELEGRAM_URL: telegram.url, DEMO_VPN_CLIENT_URL: ports(client).url };
  const real = await serve({ env: { ...env, DEMO_VPN_HOST: "amneziawg" } });
  expect(await (await fetch(`${real.url}/demo/info`)).json()).toMatchObject({ tryKey: true });
  expect(await (await fetch(`${real.url}/demo/vpn-client/try`)).json()).toEqual({
    connected: true,
  });
  const memory = await serve({ env });
  expect(await (await fetch(`${memory.url}/demo/info`)).json()).toMatchObject({
    tryKey: false,
    vpnHost: "memory",
  });
});

const paths = fc.oneof(
  fc.webPath(),
  fc.stringMatching(/^\/[!-~]{0,60}$/u),
  fc.constantFrom("/%", "/%E0%A4%A", "/demo/telegram//", "//", "/\\", "/demo/telegram/person/%ff"),
);

test("invalid requests get 4xx and never break the server", async () => {
  const { port, lines } = await startDemo();
  await fc.assert(
    fc.asyncProperty(paths, async (path) => {
      const { status } = await fetchRaw(port, path);
      expect(status).toBeLessThan(500);
    }),
    { numRuns: 150 },
  );
  expect(lines.join("")).not.toContain("a request failed");
  for (const bytes of [
    "\r\n\r\n",
    "GET\r\n\r\n",
    "\u0000\u0001",
    "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
  ]) {
    const socket = connect(port, "127.0.0.1").setEncoding("utf8");
    socket.on("error", () => undefined);
    socket.end(bytes);
    const answer = (await socket.toArray()).join("");
    expect(answer).toMatch(/^(?:HTTP\/1\.1 4|$)/u);
  }
  expect((await fetchRaw(port, "/healthz")).status).toBe(200);
});
