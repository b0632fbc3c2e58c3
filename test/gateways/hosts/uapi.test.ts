import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { generateKeyPair, publicKeyOf } from "../../../gateways/hosts/amneziawg/keys.ts";
import type { AmneziaWgSettings } from "../../../gateways/hosts/amneziawg/settings.ts";
import { toHex } from "../../../gateways/hosts/amneziawg/uapi-device.ts";
import { callUapi, type Entry } from "../../../gateways/hosts/amneziawg/uapi.ts";
import { connectHost } from "../../../gateways/hosts/registry.ts";
import { Refused } from "../../../gateways/refused.ts";
import { anAccess, keyOf, tunnel } from "./accesses.ts";
import { type AwgNode, startAwgNode } from "./awg-node.ts";
import { freeUdpPort } from "../../../tools/servers/ports.ts";
import { applyAll, peersOf, refusals } from "./answers.ts";
import { vpnHostContract } from "./contract.ts";
import { amneziaWgHostSettings } from "./host-settings.ts";
import { missing, needsAwgNode } from "./requirements.ts";
import {
  losingAnswersOf,
  relayTo,
  saying,
  silence,
  startFakeUapi,
  type Treatment,
} from "./uapi-proxy.ts";

const skip = missing(...needsAwgNode);

async function settingsFor(socket: string): Promise<AmneziaWgSettings> {
  const listenPort = await freeUdpPort();
  return amneziaWgHostSettings({
    via: { type: "uapi", socket },
    owned: { privateKey: generateKeyPair().privateKey, listenPort },
    endpoint: `127.0.0.1:${listenPort}`,
  });
}

async function putStranger(socket: string, address: string): Promise<string> {
  const { publicKey } = generateKeyPair();
  await callUapi(socket, "set", [
    ["public_key", toHex(publicKey)],
    ["allowed_ip", `${address}/32`],
  ]);
  return publicKey;
}

vpnHostContract(
  "AmneziaWG over its UAPI socket",
  async () => {
    const node = await startAwgNode();
    return {
      host: connectHost(await settingsFor(node.socket)),
      restart: node.restart,
      addStranger: (address) => putStranger(node.socket, address),
      close: node.close,
    };
  },
  skip,
);

describe.skipIf(skip !== "")("an interface that Tollgate owns", () => {
  let node: AwgNode;
  beforeAll(async () => {
    node = await startAwgNode();
  });
  afterAll(() => node?.close());
  afterEach(() => node.restart());

  const value = async (name: string) =>
    (await callUapi(node.socket, "get", [])).find(([key]) => key === name)?.[1];

  test("a blank interface is set up by the first read", async () => {
    const settings = await settingsFor(node.socket);
    expect(await connectHost(settings).list()).toMatchObject({ peers: [] });
    expect(await value("private_key")).toBe(toHex(settings.owned?.privateKey ?? ""));
    expect(await value("listen_port")).toBe(`${settings.owned?.listenPort}`);
    expect(await value("jc")).toBe(`${settings.parameters.jc}`);
    expect(await value("h4")).toBe(`${settings.parameters.h4.low}-${settings.parameters.h4.high}`);
    expect(await value("i1")).toBe(settings.parameters.i[0]);
  });

  test("a correct interface is only read", async () => {
    const proxy = await startFakeUapi(relayTo(node.socket));
    onTestFinished(proxy.close);
    const settings = await settingsFor(proxy.socket);
    const host = connectHost(settings);
    await host.list();
    proxy.requests.length = 0;
    await host.list();
    await host.usage();
    expect(proxy.requests).toEqual(["get=1\n\n", "get=1\n\n"]);
  });

  test.each<[what: string, lines: Entry[]]>([
    ["a header", [["h1", "7"]]],
    ["a padding", [["s1", "3"]]],
    ["junk", [["jc", "9"]]],
    ["an imitation that is not wanted", [["i3", "<t>"]]],
    ["its private key", [["private_key", toHex(generateKeyPair().privateKey)]]],
    ["its port", [["listen_port", "0"]]],
  ])("a changed value is set right, with peers and epoch kept: %s", async (_what, lines) => {
    const host = connectHost(await settingsFor(node.socket));
    const phone = anAccess(0);
    await applyAll(host, phone);
    const before = await host.list();
    const right = await callUapi(node.socket, "get", []);
    await callUapi(node.socket, "set", lines);
    expect(await host.list()).toEqual(before);
    expect(deviceLines(await callUapi(node.socket, "get", []))).toEqual(deviceLines(right));
  });

  test("workers that meet at a fresh host agree on its epoch", async () => {
    const settings = await settingsFor(node.socket);
    const workers = [connectHost(settings), connectHost(settings), connectHost(settings)];
    await Promise.all(workers.map((host, index) => applyAll(host, anAccess(index))));
    const seen = await Promise.all(workers.map((host) => host.list()));
    expect(new Set(seen.map(({ epoch }) => epoch)).size).toBe(1);
    expect(seen.map(({ peers }) => peers.length)).toEqual([3, 3, 3]);
  });

  test("an interface of others is not changed, and its key is read from it", async () => {
    const { privateKey, publicKey } = generateKeyPair();
    await callUapi(node.socket, "set", [["private_key", toHex(privateKey)]]);
    const before = deviceLines(await callUapi(node.socket, "get", []));
    const via = { type: "uapi" as const, socket: node.socket };
    const host = connectHost(amneziaWgHostSettings({ via, endpoint: "vpn.example:51820" }));
    expect(await host.describe()).toMatchObject({ publicKey });
    const phone = anAccess(0);
    await applyAll(host, phone);
    const given = await keyOf(host, phone);
    expect(given.conf).toContain(`PublicKey = ${publicKey}\n`);
    expect(deviceLines(await callUapi(node.socket, "get", []))).toEqual(before);
  });

  test("a host whose key is not the one its customers have is refused", async () => {
    await callUapi(node.socket, "set", [["private_key", toHex(generateKeyPair().privateKey)]]);
    const via = { type: "uapi" as const, socket: node.socket };
    const settings = amneziaWgHostSettings({ via, endpoint: "vpn.example:51820" });
    const host = connectHost({ ...settings, publicKey: generateKeyPair().publicKey });
    await expect(host.apply([anAccess(0)])).rejects.toThrow(Refused);
  });

  test("an interface without a key is an outage, until somebody sets it up", async () => {
    const via = { type: "uapi" as const, socket: node.socket };
    const host = connectHost(amneziaWgHostSettings({ via, endpoint: "vpn.example:51820" }));
    await expect(host.apply([anAccess(0)])).rejects.not.toBeInstanceOf(Refused);
  });

  test("an answer lost after the change does no harm: repeating succeeds", async () => {
    const proxy = await startFakeUapi(relayTo(node.socket));
    onTestFinished(proxy.close);
    const host = connectHost(await settingsFor(proxy.socket));
    await host.list();
    proxy.treatment = (request, connection) => {
      const treat = request.startsWith("set") ? losingAnswersOf : relayTo;
      treat(node.socket)(request, connection);
    };
    const phone = anAccess(0);
    await expect(host.apply([phone])).rejects.toThrow("closed without an answer");
    proxy.treatment = relayTo(node.socket);
    expect(Object.keys(await peersOf(host))).toEqual([phone.identity]);
    await applyAll(host, phone);
    expect(Object.keys(await peersOf(host))).toEqual([phone.identity]);
  });

  test("an access that only the daemon finds invalid is refused alone", async () => {
    const proxy = await startFakeUapi(relayTo(node.socket));
    onTestFinished(proxy.close);
    const host = connectHost(await settingsFor(proxy.socket));
    await host.list();
    const all = Array.from({ length: 7 }, (_, index) => anAccess(index));
    const poison = all[4]!;
    proxy.treatment = (request, connection) => {
      const isPoison = request.includes(toHex(poison.identity));
      const treat = isPoison ? saying("errno=-22\n\n") : relayTo(node.socket);
      treat(request, connection);
    };
    expect(Object.keys(refusals(await host.apply(all)))).toEqual([poison.accessId]);
    expect(Object.keys(await peersOf(host))).toHaveLength(6);
  });

  test("when a removal's answer is lost, the next try returns the counters", async () => {
    const proxy = await startFakeUapi(relayTo(node.socket));
    onTestFinished(proxy.close);
    const host = connectHost(await settingsFor(proxy.socket));
    const phone = anAccess(0);
    await applyAll(host, phone);
    proxy.treatment = (request, connection) => {
      const treat = request.startsWith("set") ? losingAnswersOf : relayTo;
      treat(node.socket)(request, connection);
    };
    await expect(host.remove([phone.identity])).rejects.toThrow("closed without an answer");
    proxy.treatment = relayTo(node.socket);
    expect(await peersOf(host)).toEqual({});
    const { counters } = await host.remove([phone.identity]);
    expect(counters.map(({ identity }) => identity)).toEqual([phone.identity]);
    expect((await host.remove([phone.identity])).counters).toEqual([]);
  });

  test("a customer's device is never taken for the host itself", async () => {
    const settings = await settingsFor(node.socket);
    const privateKey = settings.owned?.privateKey ?? "";
    const { presharedKey } = tunnel(anAccess(0));
    const secrets = JSON.stringify({ privateKey, presharedKey });
    const phone = { ...anAccess(0), identity: publicKeyOf(privateKey), secrets };
    const answers = refusals(await connectHost(settings).apply([phone]));
    expect(answers[phone.accessId]).toContain("host's own");
  });
});

const deviceLines = (entries: readonly Entry[]) => {
  const firstPeer = entries.findIndex(([key]) => key === "public_key");
  const lines = firstPeer < 0 ? entries : entries.slice(0, firstPeer);
  return lines.map((line) => line.join("=")).toSorted();
};

async function applyThrough(treatment: Treatment): Promise<unknown> {
  const fake = await startFakeUapi(treatment);
  onTestFinished(fake.close);
  const host = connectHost(await settingsFor(fake.socket));
  return host.apply([anAccess(0)]).then(
    () => expect.fail("a broken host took an access"),
    (error: unknown) => error,
  );
}

test.each([-22, -71])("errno %i is a refusal", async (errno) => {
  expect(await applyThrough(saying(`errno=${errno}\n\n`))).toBeInstanceOf(Refused);
});

test.each([-98, -5, -55])("errno %i is an outage", async (errno) => {
  const error = await applyThrough(saying(`errno=${errno}\n\n`));
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(Refused);
});

test("a missing host is an outage", async () => {
  const gone = await startFakeUapi(silence);
  await gone.close();
  const error: unknown = await connectHost(await settingsFor(gone.socket))
    .list()
    .catch((error: unknown) => error);
  expect(error).toMatchObject({ trouble: "interface", cause: { code: "ENOENT" } });
});

test("a host that hangs times out, and its connection is closed", async () => {
  let closed = false;
  const error = await applyThrough((_request, connection) =>
    connection.on("close", () => (closed = true)),
  );
  expect(String(error)).toContain("no answer within");
  await expect.poll(() => closed).toBe(true);
});

test("junk from a host is an outage, whatever it is", async () => {
  const fake = await startFakeUapi(silence);
  onTestFinished(fake.close);
  const { owned: _owned, ...settings } = await settingsFor(fake.socket);
  const junk = fc.oneof(
    fc.string(),
    fc.constantFrom("public_key=zz\n", "private_key=\n", "rx_bytes=x\n", "nothing\n"),
  );
  const endings = fc.constantFrom("errno=0\n\n", "\nerrno=0\n\n", "");
  await fc.assert(
    fc.asyncProperty(junk, endings, async (text, ending) => {
      fc.pre(!/errno=-\d+\n\n$/u.test(text + ending));
      fake.treatment = saying(text + ending);
      const error: unknown = await connectHost(settings)
        .list()
        .catch((error: unknown) => error);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(Refused);
    }),
  );
});
