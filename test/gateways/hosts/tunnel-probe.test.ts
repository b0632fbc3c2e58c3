import { createSocket } from "node:dgram";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { mergeOutcomes } from "../../../domain/access/host-health.ts";
import { generateKeyPair } from "../../../gateways/hosts/amneziawg/keys.ts";
import type { AmneziaWgSettings } from "../../../gateways/hosts/amneziawg/settings.ts";
import { toHex } from "../../../gateways/hosts/amneziawg/uapi-device.ts";
import { callUapi } from "../../../gateways/hosts/amneziawg/uapi.ts";
import type { VpnHost } from "../../../gateways/hosts/port.ts";
import { reachFromHere } from "../../../gateways/hosts/probes/reach.ts";
import { connectHost } from "../../../gateways/hosts/registry.ts";
import { freeUdpPort } from "../../../tools/servers/ports.ts";
import { anAccess } from "./accesses.ts";
import { type AwgNode, startAwgNode } from "./awg-node.ts";
import { applyAll } from "./answers.ts";
import { amneziaWgHostSettings } from "./host-settings.ts";
import { missing, needsAwgNode } from "./requirements.ts";

async function probe(host: VpnHost) {
  const probes = (await host.prepareProbes?.()) ?? [];
  return mergeOutcomes(await Promise.all(probes.map((one) => one.run(reachFromHere))));
}

const single = (value: number) => ({ low: value, high: value });

const skip = missing(...needsAwgNode);

describe.skipIf(skip !== "")(`a handshake with a real AmneziaWG daemon ${skip}`, () => {
  let node: AwgNode;
  const probeSecrets = [randomBytes(32)];

  beforeAll(async () => {
    node = await startAwgNode();
  });
  afterAll(() => node?.close());
  afterEach(() => node.restart());

  async function settingsOf(): Promise<AmneziaWgSettings> {
    const listenPort = await freeUdpPort();
    return amneziaWgHostSettings({
      via: { type: "uapi", socket: node.socket },
      owned: { privateKey: generateKeyPair().privateKey, listenPort },
      endpoint: `127.0.0.1:${listenPort}`,
    });
  }

  /** The peers of the interface, as the daemon has them. */
  async function countPeers(): Promise<number> {
    const lines = await callUapi(node.socket, "get", []);
    return lines.filter(([key]) => key === "public_key").length;
  }

  test("it is answered, again and again, and its peer is in no list and has no address", async () => {
    const host = connectHost(await settingsOf(), { probeSecrets });
    const phone = anAccess(0);
    await applyAll(host, phone);
    const before = await countPeers();
    for (let index = 0; index < 2; index += 1)
      expect(await probe(host)).toEqual({ isWell: true, latencyMs: expect.any(Number) });
    expect(await countPeers()).toBe(before + 1);
    const { peers } = await host.list();
    expect(peers.map(({ identity }) => identity)).toEqual([phone.identity]);
    expect((await host.usage()).counters).toHaveLength(1);
    const lines = await callUapi(node.socket, "get", []);
    expect(lines.filter(([key]) => key === "allowed_ip")).toEqual([
      ["allowed_ip", `${phone.address}/32`],
    ]);
  });

  test("single headers of 1.x, no padding and every tag of an imitation work too", async () => {
    const settings = await settingsOf();
    const h = { h1: single(1), h2: single(2), h3: single(3), h4: single(4) };
    const i = ["<b 0xc0ff><r 8><rd 4><rc 5><t>"];
    const parameters = { ...settings.parameters, ...h, s1: 0, s2: 0, s3: 0, s4: 0, i };
    const host = connectHost({ ...settings, parameters }, { probeSecrets });
    expect(await probe(host)).toMatchObject({ isWell: true });
  });

  test.each<[what: string, change: (settings: AmneziaWgSettings) => object]>([
    ["padding", ({ parameters }) => ({ s1: parameters.s1 + 1 })],
    ["header", () => ({ h1: { low: 1, high: 1 } })],
    ["response's padding", ({ parameters }) => ({ s2: parameters.s2 + 1 })],
  ])("a client of another %s is not answered", async (_what, change) => {
    const settings = await settingsOf();
    await connectHost(settings, { probeSecrets }).list();
    const { owned: _owned, ...others } = settings;
    const parameters = { ...settings.parameters, ...change(settings) };
    const host = connectHost({ ...others, parameters }, { probeSecrets });
    const found = await probe(host);
    expect(found).toMatchObject({ isWell: false, finding: { trouble: "udp" } });
  });

  test("after its secret has changed the former peer is gone", async () => {
    const settings = await settingsOf();
    await probe(connectHost(settings, { probeSecrets }));
    const before = await countPeers();
    const changed = connectHost(settings, { probeSecrets: [randomBytes(32), ...probeSecrets] });
    expect(await probe(changed)).toMatchObject({ isWell: true });
    expect(await countPeers()).toBe(before);
  });

  test("it works while nobody can manage the interface", async () => {
    const settings = await settingsOf();
    await probe(connectHost(settings, { probeSecrets }));
    const via = { type: "uapi" as const, socket: `${node.socket}.gone` };
    const unmanaged = connectHost({ ...settings, via }, { probeSecrets });
    expect(await probe(unmanaged)).toMatchObject({ isWell: true });
  });

  test("a daemon that ignores us, as after our clock was set back, answers the try after", async () => {
    const settings = await settingsOf();
    const host = connectHost(settings, { probeSecrets });
    expect(await probe(host)).toMatchObject({ isWell: true });
    const key = settings.owned?.privateKey ?? "";
    // Another key: the handshakes of before it are not answered.
    await callUapi(node.socket, "set", [["private_key", toHex(generateKeyPair().privateKey)]]);
    const { owned: _owned, ...others } = settings;
    const blind = connectHost({ ...others, via: { type: "uapi", socket: "/nowhere" } });
    expect(await probe(blind)).toBeUndefined();
    await callUapi(node.socket, "set", [["private_key", toHex(key)]]);
    expect(await probe(host)).toMatchObject({ isWell: true });
  });
});

test("somebody who answers without the host's key is not the host", async () => {
  const impostor = createSocket("udp4").bind(0, "127.0.0.1");
  onTestFinished(() => void impostor.close());
  await once(impostor, "listening");
  impostor.on("message", (_packet, from) => impostor.send(randomBytes(92), from.port));
  const endpoint = `127.0.0.1:${impostor.address().port}`;
  const settings = amneziaWgHostSettings({ via: { type: "uapi", socket: "/nowhere" }, endpoint });
  const { publicKey } = generateKeyPair();
  const host = connectHost({ ...settings, publicKey }, { probeSecrets: [randomBytes(32)] });
  const found = await probe(host);
  expect(found).toMatchObject({ isWell: false, finding: { trouble: "udp" } });
});

test("a port on which nobody listens says so at once", async () => {
  const endpoint = `127.0.0.1:${await freeUdpPort()}`;
  const settings = amneziaWgHostSettings({ via: { type: "uapi", socket: "/nowhere" }, endpoint });
  const { publicKey } = generateKeyPair();
  const host = connectHost({ ...settings, publicKey }, { probeSecrets: [randomBytes(32)] });
  const found = await probe(host);
  expect(found).toMatchObject({ isWell: false, finding: { trouble: "port" } });
});
