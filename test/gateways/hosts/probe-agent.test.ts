import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createAgent } from "../../../gateways/hosts/probes/agent.ts";
import {
  agentPath,
  proofHeader,
  proofOfRequest,
} from "../../../gateways/hosts/probes/agent-protocol.ts";
import { agentSource, probeAgents } from "../../../gateways/hosts/probes/agent-source.ts";
import type { ProbeAttempt } from "../../../gateways/hosts/probes/attempt.ts";
import { reachFromHere } from "../../../gateways/hosts/probes/reach.ts";
import { Listener } from "../../drivers/listener.ts";

const secret = "a secret of the tests alone";
const name = "msk";
const opened: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const openAgent = (now?: () => number) =>
  listen(createAgent({ secret, reach: reachFromHere, ...(now && { now }) }));

async function openHost(): Promise<Listener> {
  const host = await Listener.open();
  opened.push(() => host.close());
  return host;
}

const tcp = (host: Listener): ProbeAttempt => ({ kind: "tcp", address: host.place });

/** Sends a body with a proof of its own. */
async function post(url: string, body: string, proof?: string) {
  const usual = proofOfRequest(secret, { atMs: Date.now(), nonce: "0".repeat(32) }, body);
  const headers = { [proofHeader]: proof ?? usual };
  const response = await fetch(url + agentPath, { method: "POST", body, headers });
  return { status: response.status, text: await response.text() };
}

test("an agent tries from where it runs, and says what came of it", async () => {
  const url = await openAgent();
  const host = await openHost();
  const { reach } = agentSource({ name, url, secret });
  expect(await reach(tcp(host))).toMatchObject({ kind: "answered" });
  await host.close();
  expect(await reach(tcp(host))).toMatchObject({ kind: "failed", trouble: "port" });
});

test("who does not know the secret is refused, and nothing of it is sent", async () => {
  const url = await openAgent();
  const host = await openHost();
  const { reach } = agentSource({ name, url, secret: `${secret}!` });
  await expect(reach(tcp(host))).rejects.toThrow(/msk answers 401/u);
  expect(await post(url, JSON.stringify(tcp(host)), "nonsense")).toMatchObject({ status: 401 });
});

test("a request counts once, and only within a minute", async () => {
  const url = await openAgent();
  const body = JSON.stringify(tcp(await openHost()));
  expect(await post(url, body)).toMatchObject({ status: 200 });
  expect(await post(url, body)).toMatchObject({
    status: 401,
    text: expect.stringMatching(/before/u),
  });
  const late = await openAgent(() => Date.now() + 61_000);
  expect(await post(late, body)).toMatchObject({
    status: 401,
    text: expect.stringMatching(/clocks/u),
  });
});

test("only attempts are taken, and none that is longer than one can be", async () => {
  const url = await openAgent();
  for (const body of ["{", "{}", JSON.stringify({ kind: "file", path: "/etc/passwd" })]) {
    const proof = proofOfRequest(secret, { atMs: Date.now(), nonce: nonceOf(body) }, body);
    expect(await post(url, body, proof)).toMatchObject({ status: 422 });
  }
  expect((await post(url, "x".repeat(300_001))).status).toBe(413);
  expect((await fetch(`${url}/other`)).status).toBe(404);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

const nonceOf = (text: string) => Buffer.from(text).toString("hex").padEnd(32, "0").slice(0, 32);

test("an answer of somebody else is not believed", async () => {
  const answer = JSON.stringify({ kind: "answered", latencyMs: 1 });
  const url = await listen(createServer((_request, response) => void response.end(answer)));
  const { reach } = agentSource({ name, url, secret });
  await expect(reach({ kind: "tcp", address: "192.0.2.1:1" })).rejects.toThrow(/secret/u);
});

test("agents are named with addresses and secrets, each name once", () => {
  expect(
    probeAgents.parse(
      `msk=http://:${"s".repeat(24)}@203.0.113.9:8088, ber=https://:${"t".repeat(30)}@b.example`,
    ),
  ).toEqual([
    { name: "msk", url: "http://203.0.113.9:8088", secret: "s".repeat(24) },
    { name: "ber", url: "https://b.example", secret: "t".repeat(30) },
  ]);
  const long = "s".repeat(24);
  const wrong = [
    "msk",
    "msk=http://203.0.113.9:8088",
    "msk=http://:short@203.0.113.9",
    `worker=http://:${long}@203.0.113.9`,
    `msk=ftp://:${long}@203.0.113.9`,
    `a=http://:${long}@h.example,a=http://:${long}@i.example`,
  ];
  expect(wrong.filter((text) => probeAgents.safeParse(text).success)).toEqual([]);
  expect(probeAgents.parse("")).toEqual([]);
});

test("the program says what it needs, and answers", async () => {
  const program = new URL("../../../deploy/probe-agent.ts", import.meta.url).pathname;
  const start = (env: object) =>
    spawn(process.execPath, [program], {
      env: { ...process.env, HOST: "127.0.0.1", PORT: "0", ...env },
    });
  const without = start({ PROBE_AGENT_SECRET: "" });
  const said: string[] = [];
  without.stderr.on("data", (part) => said.push(String(part)));
  expect((await once(without, "exit"))[0]).toBe(2);
  expect(said.join("")).toContain("openssl rand -hex 16");
  const running = start({ PROBE_AGENT_SECRET: secret });
  opened.push(() => running.kill());
  const [line] = (await once(running.stdout, "data")) as [Buffer];
  const port = /port (\d+)/u.exec(String(line))?.[1];
  const { reach } = agentSource({ name, url: `http://127.0.0.1:${port}`, secret });
  expect(await reach(tcp(await openHost()))).toMatchObject({ kind: "answered" });
  running.kill();
  expect((await once(running, "exit"))[0]).toBe(0);
});
