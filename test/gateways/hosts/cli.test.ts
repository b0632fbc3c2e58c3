import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serverAddressOf } from "../../../domain/access/address-pool.ts";
import { readConf } from "../../../emulators/vpn-client/conf.ts";
import { generateKeyPair } from "../../../gateways/hosts/amneziawg/keys.ts";
import { ownedInterface } from "../../../gateways/hosts/amneziawg/owned-interface.ts";
import type { AmneziaWgSettings } from "../../../gateways/hosts/amneziawg/settings.ts";
import { toHex } from "../../../gateways/hosts/amneziawg/uapi-device.ts";
import { callUapi, type Entry } from "../../../gateways/hosts/amneziawg/uapi.ts";
import type { TunnelCredentials, VpnHost } from "../../../gateways/hosts/port.ts";
import { connectHost } from "../../../gateways/hosts/registry.ts";
import type { ProbeAnswer, Reach } from "../../../gateways/hosts/probes/attempt.ts";
import { Refused } from "../../../gateways/refused.ts";
import { aDualAccess, anAccess, keyOf, network6 } from "./accesses.ts";
import { applyAll, peersOf } from "./answers.ts";
import { type HostUnderTest, vpnHostContract } from "./contract.ts";
import { amneziaWgHostSettings } from "./host-settings.ts";
import { eventually, type Machine, type Machines, startMachines } from "./namespaces.ts";
import { missing, needsNamespaces } from "./requirements.ts";
import { hasOpenSsh, startSshServer, startSshStandIn } from "./ssh-server.ts";

const skip = missing(...needsNamespaces);

const listenPort = 51_820;

/** A host that an operator set up according to its settings. */
async function setUp(machine: Machine, settings: AmneziaWgSettings, privateKey: string) {
  const lines = ownedInterface({ ...settings, owned: { privateKey, listenPort } });
  await machine.configure(lines, "10.8.0.1/24 in 10.8.0.0/24");
  await machine.configure([], `${serverAddressOf(network6)}/64 in ${network6}`);
}

async function open(
  machines: Machines,
  via: AmneziaWgSettings["via"],
): Promise<HostUnderTest & { readonly settings: AmneziaWgSettings }> {
  const { server, serverAddress } = machines;
  const endpoint = `${serverAddress}:${listenPort}`;
  const settings = amneziaWgHostSettings({ via, endpoint });
  const { privateKey } = generateKeyPair();
  await setUp(server, settings, privateKey);
  return {
    settings,
    host: connectHost(settings),
    restart: async () => {
      await server.kill();
      await server.start();
      await setUp(server, settings, privateKey);
    },
    addStranger: async (address) => {
      const { publicKey } = generateKeyPair();
      server.run("wg", "set", server.interface, "peer", publicKey, "allowed-ips", address);
      return publicKey;
    },
    close: machines.close,
  };
}

const local = ({ server }: Machines) => ({
  type: "cli" as const,
  tool: "wg",
  interface: server.interface,
  enter: ["ip", "netns", "exec", server.namespace],
});

vpnHostContract(
  "AmneziaWG over the command line",
  async () => {
    const machines = await startMachines();
    return open(machines, local(machines));
  },
  skip,
);

vpnHostContract(
  `AmneziaWG over ${hasOpenSsh() ? "SSH" : "a stand-in for ssh, as OpenSSH is not here"}`,
  async () => {
    const machines = await startMachines();
    const sshd = await (hasOpenSsh() ? startSshServer() : startSshStandIn());
    const { port, identityFile, knownHostsFile } = sshd;
    const remote = { host: "127.0.0.1", port, user: "root", identityFile, knownHostsFile };
    const opened = await open(machines, { ...local(machines), type: "ssh", ...remote });
    return { ...opened, close: () => sshd.close().then(opened.close) };
  },
  skip,
);

/** Does what a client app does with a `.conf`. */
async function importInto(client: Machine, { conf }: TunnelCredentials): Promise<void> {
  const { address, endpoint, interfaceLines, peerLines } = readConf(conf);
  const lines = [...interfaceLines, "replace_peers=true", ...peerLines];
  const entries = [...lines, `endpoint=${endpoint.host}:${endpoint.port}`].map((line): Entry => {
    const [key = "", ...value] = line.split("=");
    return [key, value.join("=")];
  });
  await client.configure(entries, `${address}/32 in 10.8.0.0/24`);
  const [, own6] = /^Address = .*, (.*)$/mu.exec(conf) ?? [];
  if (own6 !== undefined) await client.configure([], `${own6} in ${network6}`);
}

describe.skipIf(skip !== "")(`a customer's client on another machine ${skip}`, () => {
  let machines: Machines;
  let opened: Awaited<ReturnType<typeof open>>;
  let host: VpnHost;
  beforeAll(async () => {
    machines = await startMachines();
    opened = await open(machines, local(machines));
    ({ host } = opened);
    const page =
      "http.createServer((q, r) => r.end(q.socket.remoteAddress)).listen(80, () => console.log())";
    const web = machines.server.keep(process.execPath, "-e", page);
    await new Promise((resolve) => web.stdout?.once("data", resolve));
  });
  afterAll(() => opened?.close());

  const ping = (address = "10.8.0.1"): boolean => {
    try {
      machines.client.run("ping", "-q", "-c", "1", "-W", "1", address);
      return true;
    } catch {
      return false;
    }
  };

  test("the very .conf carries ping and HTTP, counted from the customer's side", async () => {
    const phone = anAccess(0);
    await applyAll(host, phone);
    await importInto(machines.client, await keyOf(host, phone));
    await eventually(() => ping());
    const script =
      'fetch("http://10.8.0.1/").then(r => r.text()).then(t => process.stdout.write(t))';
    expect(machines.client.run(process.execPath, "-e", script)).toContain(phone.address);
    const [counter] = (await host.usage()).counters;
    const seen = new Map(await callUapi(machines.client.socket, "get", []));
    expect(counter?.lastHandshakeAt).toMatch(/^20\d\d-/u);
    expect(counter?.uploadedBytes).toBeGreaterThan(0);
    // The client received what the host sent, except for padding: the two sides were not mixed up.
    const received = Number(seen.get("rx_bytes"));
    expect(Math.abs((counter?.downloadedBytes ?? 0) - received)).toBeLessThan(received * 0.5);
  });

  test("the .conf of a device with both families carries both, from its two addresses", async () => {
    const phone = aDualAccess(5);
    await applyAll(host, phone);
    await importInto(machines.client, await keyOf(host, phone));
    const server6 = serverAddressOf(network6);
    await eventually(() => ping(server6));
    await eventually(() => ping());
    const get = (url: string) =>
      machines.client.run(
        process.execPath,
        "-e",
        `fetch("${url}").then(r => r.text()).then(t => process.stdout.write(t))`,
      );
    expect(get(`http://[${server6}]/`)).toBe(phone.address6);
    expect(get("http://10.8.0.1/")).toContain(phone.address);
    // What the host does not allow the device is dropped there.
    await applyAll(host, { ...phone, address6: undefined });
    expect([ping(), ping(server6)]).toEqual([true, false]);
  });

  test("a probe from another machine is answered, by a peer that has no address and is in no list", async () => {
    const probed = connectHost(opened.settings, { probeSecrets: [randomBytes(32)] });
    const before = await peersOf(host);
    const module = new URL("../../../gateways/hosts/probes/reach.ts", import.meta.url).href;
    const reach: Reach = async (attempt) => {
      const script = `import { reachFromHere } from ${JSON.stringify(module)};
        process.stdout.write(JSON.stringify(await reachFromHere(${JSON.stringify(attempt)})));`;
      const words = ["--input-type=module", "-e", script];
      return JSON.parse(machines.client.run(process.execPath, ...words)) as ProbeAnswer;
    };
    const [probe] = (await probed.prepareProbes?.()) ?? [];
    expect(await probe?.run(reach)).toMatchObject({ isWell: true });
    expect(await peersOf(probed)).toEqual(before);
    const seen = await peersOf(host);
    const added = Object.keys(seen).filter((identity) => !(identity in before));
    expect(added.map((identity) => seen[identity])).toEqual([[]]);
    await probed.prepareProbes?.();
    expect(Object.keys(await peersOf(host))).toHaveLength(Object.keys(seen).length);
    await host.remove(added);
  });

  test("removing ends the traffic, applying again brings it back", async () => {
    const phone = anAccess(1);
    await applyAll(host, phone);
    const given = await keyOf(host, phone);
    await importInto(machines.client, given);
    await eventually(() => ping());
    await host.remove([phone.identity]);
    expect(ping()).toBe(false);
    await applyAll(host, phone);
    await importInto(machines.client, given);
    await eventually(() => ping());
  });

  test("after a crash the restored client reconnects, with the file it has", async () => {
    const phone = anAccess(2);
    await applyAll(host, phone);
    await importInto(machines.client, await keyOf(host, phone));
    await eventually(() => ping());
    const before = await host.list();
    await opened.restart();
    const after = await host.list();
    expect(after.peers).toEqual([]);
    expect(after.epoch).not.toBe(before.epoch);
    await applyAll(host, phone);
    await eventually(() => ping());
  });

  test("a dead daemon is an outage, not a refusal", async () => {
    await machines.server.kill();
    const error: unknown = await host.apply([anAccess(3)]).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Refused);
    await machines.server.start();
    await opened.restart();
  });

  test("a missing tool is an outage that says what to install", async () => {
    const via = { ...local(machines), tool: "no-such-awg" };
    const asked = connectHost({ ...opened.settings, via }).list();
    await expect(asked).rejects.toThrow('install "no-such-awg"');
  });

  test("an interface that an operator filled by hand is read whole", async () => {
    const stranger = generateKeyPair().publicKey;
    const { server } = machines;
    const lines: Entry[] = [
      ["public_key", toHex(stranger)],
      ["allowed_ip", "10.9.0.0/16"],
      ["allowed_ip", "fd00::7/128"],
    ];
    await callUapi(server.socket, "set", lines);
    expect((await peersOf(host))[stranger]?.toSorted()).toEqual(["10.9.0.0/16", "fd00::7"]);
    await host.remove([stranger]);
  });
});
