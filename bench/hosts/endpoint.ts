import { randomInt } from "node:crypto";
import { instant } from "../../domain/time.ts";
import { generateKeyPair, publicKeyOf } from "../../gateways/hosts/amneziawg/keys.ts";
import { generateParameters } from "../../gateways/hosts/amneziawg/parameters.ts";
import { amneziaWgSettings, memorySettings } from "../../gateways/hosts/amneziawg/settings.ts";
import { MemoryVpnHost } from "../../gateways/hosts/memory.ts";
import type { HostState, Peer, VpnHost } from "../../gateways/hosts/port.ts";
import { connectHost, type TunnelSettings } from "../../gateways/hosts/registry.ts";
import { startAwgNode } from "../../test/gateways/hosts/awg-node.ts";
import { freeUdpPort } from "../../tools/servers/ports.ts";

/** A host with peers to measure. */
export interface Endpoint {
  readonly name: string;
  readonly settings: TunnelSettings;
  readonly host: VpnHost;
  /** Makes each peer report more traffic than before. */
  moveTraffic(): void;
  /** Makes peers report the endpoint's real counters again. */
  resetTraffic(): void;
  /** Restarts it; it loses all its peers. */
  restart(): Promise<void>;
  /** @throws Error unless it has exactly this many peers. */
  check(peers: number): Promise<void>;
  /** Stops it. */
  close(): Promise<void>;
}

/**
 * Opens a real daemon, which needs no root, where Go can build one;
 * else, or if `inMemory`, the memory host.
 */
export async function openEndpoint(inMemory: boolean): Promise<Endpoint> {
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
    const restart = async () => memory.restart();
    return endpointOf(settings, memory, {
      name: "memory host",
      restart,
      close: async () => undefined,
    });
  }
  const owned = { privateKey: keys.privateKey, listenPort };
  const via = { type: "uapi", socket: node.socket };
  const settings = amneziaWgSettings.parse({ kind: "amneziawg", via, owned, ...common });
  return endpointOf(settings, connectHost(settings), {
    name: "AmneziaWG daemon",
    restart: () => node.restart(),
    close: () => node.close(),
  });
}

function endpointOf(
  settings: TunnelSettings,
  real: VpnHost,
  rest: Pick<Endpoint, "name" | "restart" | "close">,
): Endpoint {
  let movedBytes = 0;
  const moved = (peer: Peer): Peer => ({
    ...peer,
    uploadedBytes: movedBytes,
    downloadedBytes: 3 * movedBytes,
    lastHandshakeAt: instant(new Date(1e12 + movedBytes)),
  });
  const list = async (): Promise<HostState> => {
    const state = await real.list();
    return movedBytes === 0 ? state : { ...state, peers: state.peers.map(moved) };
  };
  const host: VpnHost = {
    list,
    apply: (accesses) => real.apply(accesses),
    remove: (identities, removal) => real.remove(identities, removal),
    usage: () => real.usage(),
    describe: () => real.describe(),
    credentials: (access) => real.credentials(access),
  };
  return {
    ...rest,
    settings,
    host,
    moveTraffic: () => void (movedBytes += 1_000_000),
    resetTraffic: () => void (movedBytes = 0),
    check: async (peers) => {
      const { length } = (await real.list()).peers;
      if (length !== peers) throw new Error(`the host has ${length} peers instead of ${peers}`);
    },
  };
}
