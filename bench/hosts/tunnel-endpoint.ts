import { randomInt } from "node:crypto";
import { generateKeyPair, publicKeyOf } from "../../gateways/hosts/amneziawg/keys.ts";
import { generateParameters } from "../../gateways/hosts/amneziawg/parameters.ts";
import { amneziaWgSettings, memorySettings } from "../../gateways/hosts/amneziawg/settings.ts";
import { MemoryVpnHost } from "../../gateways/hosts/memory.ts";
import { connectHost } from "../../gateways/hosts/registry.ts";
import { startAwgNode } from "../../test/gateways/hosts/awg-node.ts";
import { freeUdpPort } from "../../tools/servers/ports.ts";
import { type Endpoint, endpointOf } from "./endpoint.ts";

/**
 * Opens a real daemon, which needs no root, where Go can build one;
 * else, or if `inMemory`, the memory host.
 */
export async function openTunnel(inMemory: boolean): Promise<Endpoint> {
  const keys = generateKeyPair();
  const listenPort = await freeUdpPort();
  const common = {
    endpoint: `127.0.0.1:${listenPort}`,
    publicKey: publicKeyOf(keys.privateKey),
    network: "10.16.0.0/14",
    serverAddress: "10.16.0.1",
    dns: ["1.1.1.1"],
    mtu: 1_376,
    allowedIps: ["0.0.0.0/0"],
    parameters: generateParameters((min, max) => randomInt(min, max + 1)),
  };
  const node = inMemory ? undefined : await startAwgNode().catch(() => undefined);
  if (node === undefined) {
    const settings = memorySettings.parse({ kind: "memory", ...common });
    const memory = new MemoryVpnHost(settings);
    return endpointOf(memory, {
      name: "memory host",
      settings,
      findPid: () => undefined,
      empty: async () => memory.restart(),
      close: async () => undefined,
    });
  }
  const owned = { privateKey: keys.privateKey, listenPort };
  const via = { type: "uapi", socket: node.socket };
  const settings = amneziaWgSettings.parse({ kind: "amneziawg", via, owned, ...common });
  return endpointOf(connectHost(settings), {
    name: "AmneziaWG",
    settings,
    findPid: () => node.pid(),
    empty: () => node.restart(),
    close: () => node.close(),
  });
}
