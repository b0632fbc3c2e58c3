import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startMarzbanEmulator } from "../../../emulators/marzban/emulator.ts";
import { startPasarGuardEmulator } from "../../../emulators/pasarguard/emulator.ts";
import { startRemnawaveEmulator } from "../../../emulators/remnawave/emulator.ts";
import { startXuiEmulator } from "../../../emulators/x-ui/emulator.ts";
import { connectHost, hostSettings } from "../../../gateways/hosts/registry.ts";
import { freePort } from "../../../tools/servers/ports.ts";

const account = { username: "shop", password: "secret" };
const apiKey = "pg_key_00000000-0000-4000-8000-000000000002";
const squads = ["3c9b1f0e-0000-4000-8000-000000000000"];
const subscriptionUrl = "http://127.0.0.1:1/sub";

const describeHost = (settings: object) => connectHost(hostSettings.parse(settings)).describe();
const marzban = (change: object) => describeHost({ kind: "marzban", ...account, ...change });

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((listening) => server.once("listening", listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server whose certificate it has signed itself. */
async function serveSelfSigned(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-tls-"));
  const key = join(folder, "key.pem");
  const cert = join(folder, "cert.pem");
  const subject = ["-subj", "/CN=localhost", "-days", "1", "-nodes", "-newkey", "rsa:2048"];
  execFileSync("openssl", ["req", "-x509", ...subject, "-keyout", key, "-out", cert], {
    stdio: "ignore",
  });
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) });
  rmSync(folder, { recursive: true });
  server.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((listening) => server.once("listening", listening));
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

const problemsOf = (settings: object) =>
  hostSettings.safeParse(settings).error?.issues.map(({ message }) => message) ?? [];

test("settings that cannot be meant are refused before anything is sent, and say what to do", () => {
  const good = { kind: "marzban", url: "https://panel.example", ...account };
  expect(problemsOf(good)).toEqual([]);
  expect(problemsOf({ ...good, url: "panel.example" })).toEqual([expect.stringMatching(/URL/u)]);
  expect(problemsOf({ ...good, url: "http://panel.example" })).toEqual([
    expect.stringMatching(/https:\/\//u),
  ]);
  expect(problemsOf({ ...good, password: "two words" })).toEqual([
    expect.stringMatching(/without spaces/u),
  ]);
  expect(problemsOf({ ...good, inbounds: {} })).toEqual([expect.stringMatching(/one protocol/u)]);
  expect(problemsOf({ ...good, shop: "My Shop" })).toEqual([expect.stringMatching(/lower-case/u)]);
  const other = { kind: "pasarguard", url: good.url, apiKey: "token", groups: ["a"] };
  expect(problemsOf(other)).toEqual([expect.stringMatching(/pg_key_/u)]);
  expect(problemsOf({ ...other, apiKey, groups: [] })).toEqual([
    expect.stringMatching(/at least one group/u),
  ]);
});

test("a wrong address says what is wrong: the name, the port, the protocol, the certificate", async () => {
  await expect(marzban({ url: "https://no-such-host.invalid" })).rejects.toThrow(
    /name is not known/u,
  );
  const closed = await freePort();
  await expect(marzban({ url: `http://127.0.0.1:${closed}` })).rejects.toThrow(/nothing listens/u);
  await expect(marzban({ url: await serveSelfSigned() })).rejects.toThrow(/signed by itself/u);
  const plain = await serve((_, response) => response.end("hello"));
  await expect(marzban({ url: plain.replace("http:", "https:") })).rejects.toThrow(/TLS/u);
});

test("another server at the URL is told apart from the panel", async () => {
  const page = await serve((_, response) => response.end("<html>nginx</html>"));
  await expect(marzban({ url: page })).rejects.toThrow(/something else than the panel/u);
  const moved = await serve((_, response) => {
    response.writeHead(301, { location: "https://panel.example" }).end();
  });
  await expect(marzban({ url: moved })).rejects.toThrow(/leads elsewhere/u);
  const other = await serve((_, response) => response.end("{}"));
  const xui = { kind: "3x-ui", url: other, token: "x", inbounds: [1], subscriptionUrl };
  await expect(describeHost(xui)).rejects.toThrow(/something else/u);
});

test("wrong passwords, tokens and keys are named, and never shown", async () => {
  const marzbanPanel = await startMarzbanEmulator({ port: 0, ...account });
  const pasarGuard = await startPasarGuardEmulator({ port: 0 });
  const remnawave = await startRemnawaveEmulator({ port: 0 });
  const xui = await startXuiEmulator({ port: 0, subscriptionPort: 0 });
  const panels = [marzbanPanel, pasarGuard, remnawave, xui];
  onTestFinished(async () => void (await Promise.all(panels.map((panel) => panel.close()))));
  const wrong = "wrongSecret123456";
  const tries = [
    marzban({ url: marzbanPanel.url, password: wrong }),
    describeHost({
      kind: "pasarguard",
      url: pasarGuard.url,
      apiKey: `pg_key_${wrong}`,
      groups: ["a"],
    }),
    describeHost({ kind: "remnawave", url: remnawave.url, token: wrong, squads }),
    describeHost({ kind: "3x-ui", url: xui.url, token: wrong, inbounds: [1], subscriptionUrl }),
  ];
  const reasons = (await Promise.allSettled(tries)).map((one) =>
    one.status === "rejected" ? String(one.reason) : "it was let in",
  );
  expect(reasons).toEqual([
    expect.stringMatching(/password/u),
    expect.stringMatching(/API key/u),
    expect.stringMatching(/API token/u),
    expect.stringMatching(/API token, or its base path/u),
  ]);
  expect(reasons.join()).not.toContain(wrong);
});

test("inbounds and groups that the panel does not have are named", async () => {
  const marzbanPanel = await startMarzbanEmulator({ port: 0, ...account });
  const pasarGuard = await startPasarGuardEmulator({ port: 0, apiKey });
  const xui = await startXuiEmulator({ port: 0, subscriptionPort: 0, token: "t" });
  const panels = [marzbanPanel, pasarGuard, xui];
  onTestFinished(async () => void (await Promise.all(panels.map((panel) => panel.close()))));
  const inbounds = { vless: ["NO SUCH"] };
  await expect(marzban({ url: marzbanPanel.url, inbounds })).rejects.toThrow(/inbound NO SUCH/u);
  const groups = ["nobody"];
  const settings = { kind: "pasarguard", url: pasarGuard.url, apiKey, groups };
  await expect(describeHost(settings)).rejects.toThrow(/no group nobody/u);
  const missing = { kind: "3x-ui", url: xui.url, token: "t", inbounds: [99], subscriptionUrl };
  await expect(describeHost(missing)).rejects.toThrow(/no inbound 99/u);
});

test("an unsupported version is refused by its name", async () => {
  const old = await startRemnawaveEmulator({ port: 0, token: "t", version: "2" });
  onTestFinished(() => old.close());
  await expect(
    describeHost({ kind: "remnawave", url: old.url, token: "t", squads }),
  ).rejects.toThrow(/older than 3\.0/u);
  const versioned = await serve((request, response) => {
    const answers: Record<string, object> = {
      "/api/admin/token": { access_token: "t", token_type: "bearer" },
      "/api/system": { version: "0.7.0" },
    };
    response.end(JSON.stringify(answers[request.url ?? ""] ?? {}));
  });
  await expect(marzban({ url: versioned })).rejects.toThrow(/Marzban 0\.7\.0/u);
});

test("a clock that is not ours is a warning", async () => {
  const late = await serve((request, response) => {
    const date = new Date(Date.now() - 5 * 60_000).toUTCString();
    const answers: Record<string, object> = {
      "/api/admin/token": { access_token: "t", token_type: "bearer" },
      "/api/system": { version: "0.8.4" },
      "/api/inbounds": { vless: [{ tag: "a" }] },
    };
    response.setHeader("date", date);
    response.end(JSON.stringify(answers[request.url ?? ""] ?? {}));
  });
  const { findings } = await marzban({ url: late });
  const details = expect.stringMatching(/clock is 30\d s behind ours/u);
  expect(findings).toEqual([{ trouble: "clock", details }]);
});
