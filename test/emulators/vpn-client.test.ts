import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Emulator } from "../../emulators/kit/server.ts";
import { BrokenConf, readConf } from "../../emulators/vpn-client/conf.ts";
import { startVpnClientEmulator } from "../../emulators/vpn-client/emulator.ts";
import { generateKeyPair } from "../../gateways/hosts/amneziawg/keys.ts";
import type { VpnHost } from "../../gateways/hosts/port.ts";
import { connectHost } from "../../gateways/hosts/registry.ts";
import { awgNode } from "../../tools/amneziawg/build.ts";
import { anAccess, keyOf, type TestAccess } from "../gateways/hosts/accesses.ts";
import { type AwgNode, startAwgNode } from "../gateways/hosts/awg-node.ts";
import { freeUdpPort } from "../../tools/servers/ports.ts";
import { applyAll } from "../gateways/hosts/answers.ts";
import { amneziaWgHostSettings } from "../gateways/hosts/host-settings.ts";
import { missing, needsAwgNode } from "../gateways/hosts/requirements.ts";

interface Answer {
  readonly status: number;
  readonly body: { connected: boolean; address?: string; page?: string; reason?: string };
}

async function post(emulator: Emulator, body: string): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${emulator.url}/try`, { method: "POST", headers, body });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

const tryConf = (emulator: Emulator, conf: string) => post(emulator, JSON.stringify({ conf }));

const skip = missing(...needsAwgNode);

describe.skipIf(skip !== "")(`a key that is tried ${skip}`, () => {
  let node: AwgNode;
  let host: VpnHost;
  let emulator: Emulator;
  beforeAll(async () => {
    node = await startAwgNode();
    const listenPort = await freeUdpPort();
    const settings = amneziaWgHostSettings({
      via: { type: "uapi", socket: node.socket },
      owned: { privateKey: generateKeyPair().privateKey, listenPort },
      endpoint: `localhost:${listenPort}`,
    });
    host = connectHost(settings);
    emulator = await startVpnClientEmulator({ port: 0, awgNode });
  });
  afterAll(async () => {
    await emulator?.close();
    await node?.close();
  });

  const grant = async (access: TestAccess) => {
    await applyAll(host, access);
    return keyOf(host, access);
  };

  test("connects with the very file, and shows the page inside the tunnel", async () => {
    const phone = anAccess(0);
    const { conf } = await grant(phone);
    const { status, body } = await tryConf(emulator, conf);
    expect(status).toBe(200);
    expect(body).toMatchObject({ connected: true, address: phone.address });
    expect(body.page).toContain(phone.address);
    expect(body.page).toContain("You are connected");
  });

  test("no longer connects once it is revoked, and the reason says so", async () => {
    const phone = anAccess(1);
    const { conf } = await grant(phone);
    await host.remove([phone.identity]);
    const { status, body } = await tryConf(emulator, conf);
    expect(status).toBe(200);
    expect(body).toEqual({
      connected: false,
      reason: expect.stringContaining("revoked") as string,
    });
  });

  test("a fourth trial at once is told to wait, and no client is left behind", async () => {
    const phones = [2, 3, 4, 5].map((index) => anAccess(index));
    const files = await Promise.all(phones.map(async (phone) => (await grant(phone)).conf));
    for (const phone of phones) await host.remove([phone.identity]);
    const answers = await Promise.all(files.map((conf) => tryConf(emulator, conf)));
    expect(answers.map(({ status }) => `${status}`).toSorted()).toEqual([
      "200",
      "200",
      "200",
      "429",
    ]);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("tollgate-try-"))).toEqual([]);
    expect(runningClients()).toEqual([]);
  });

  test("values that the client refuses are the file's fault", async () => {
    const { conf } = await grant(anAccess(6));
    const { status, body } = await tryConf(emulator, conf.replace(/^Jc = .*$/mu, "Jc = many"));
    expect(status).toBe(400);
    expect(body.reason).toContain("refused a line");
  });

  test("a host whose name nobody knows is named", async () => {
    const { conf } = await grant(anAccess(7));
    const { body } = await tryConf(emulator, conf.replace("localhost:", "no-such-host.invalid:"));
    expect(body).toEqual({
      connected: false,
      reason: "The host's name no-such-host.invalid is not known.",
    });
  });
});

/** Command lines of this process's clients, on Linux. */
function runningClients(): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .map((pid) => {
      try {
        const [, parent = ""] =
          /^PPid:\t(\d+)$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
        return parent === `${process.pid}` ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : "";
      } catch {
        return "";
      }
    })
    .filter((line) => line.includes("-forward"));
}

const noClient = () => Promise.reject(new Error("there is no client here"));

describe("what is not a configuration", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startVpnClientEmulator({ port: 0, awgNode: noClient });
  });
  afterAll(() => emulator.close());

  test.each([
    ["no JSON", "{", 400],
    ["no conf", "{}", 400],
    ["a conf that is not text", '{"conf": 1}', 400],
    ["too much", JSON.stringify({ conf: "x".repeat(100_000) }), 413],
    ["too long a conf", JSON.stringify({ conf: "x".repeat(20_000) }), 400],
  ])("is answered with what to send: %s", async (_what, body, status) => {
    const answer = await post(emulator, body);
    expect(answer).toMatchObject({
      status,
      body: { connected: false, reason: expect.any(String) as string },
    });
  });

  test("a machine without a client says so", async () => {
    const answer = await post(emulator, '{"conf": "[Interface]"}');
    expect(answer).toMatchObject({ status: 503, body: { reason: "there is no client here" } });
  });

  test("its health check answers", async () => {
    expect((await fetch(`${emulator.url}/healthz`)).status).toBe(200);
  });
});

const key = Buffer.alloc(32, 7).toString("base64");
const file = (more = "", address = "10.8.0.2/32", ranges = "0.0.0.0/0, ::/0") =>
  `[Interface]\nPrivateKey = ${key}\nAddress = ${address}\n${more}
[Peer]\nPublicKey = ${key}\nAllowedIPs = ${ranges}\nEndpoint = 192.0.2.1:51820\n`;

test("the page is looked for at the first address of the device's network", () => {
  expect(readConf(file()).hostAddress).toBe("10.8.0.1");
  expect(readConf(file("", "10.8.9.7/32", "10.8.0.0/20")).hostAddress).toBe("10.8.0.1");
  expect(readConf(file("", "10.8.9.7/32", "192.168.0.0/16")).hostAddress).toBe("10.8.9.1");
});

test("keys are read in any case, with or without spaces and remarks", () => {
  const strange = file("jC=4 # few\n mtu = 1280").replace("Address", "ADDRESS");
  expect(readConf(strange)).toMatchObject({ mtu: 1_280, address: "10.8.0.2" });
  expect(readConf(strange).interfaceLines).toContain("jc=4");
});

test.each([
  ["a key that apps do not know", file("Surprise = 1"), "surprise"],
  ["an empty I packet", file("I1 ="), "Key = Value"],
  ["two peers", `${file()}[Peer]\nPublicKey = ${key}\n`, "more than one"],
  ["no beginning", file().replace("[Interface]", ""), "[Interface]"],
  ["a broken key", file().replace(key, "x"), "PrivateKey"],
  ["no endpoint", file().replace(/Endpoint.*/u, ""), "Endpoint is missing"],
  ["an endpoint without a port", file().replace(":51820", ""), "host:port"],
  ["no IPv4 address", file("", "fd00::2/128"), "IPv4"],
])("a client refuses it in words: %s", (_what, text, words) => {
  expect(() => readConf(text)).toThrow(words);
});

test("whatever the text is, it is read or refused in words", () =>
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom(...file().split("\n")))),
      (lines) => {
        expect(outcomeOf(lines.join("\n"))).toBe("read or refused");
      },
    ),
  ));

function outcomeOf(text: string): unknown {
  try {
    readConf(text);
  } catch (error) {
    if (!(error instanceof BrokenConf)) return error;
  }
  return "read or refused";
}
