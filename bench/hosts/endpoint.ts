import { randomInt } from "node:crypto";
import { instant } from "../../domain/time.ts";
import { generateKeyPair, publicKeyOf } from "../../gateways/hosts/amneziawg/keys.ts";
import { generateParameters } from "../../gateways/hosts/amneziawg/parameters.ts";
import { MemoryVpnHost } from "../../gateways/hosts/memory.ts";
import type { HostState, Peer, VpnHost } from "../../gateways/hosts/port.ts";
import { connectHost, type HostSettings, hostSettings } from "../../gateways/hosts/registry.ts";
import { freeUdpPort, startAwgNode } from "../../test/gateways/hosts/awg-node.ts";

/** What carries the peers. */
export interface Endpoint {
  readonly name: string;
  readonly settings: HostSettings;
  readonly host: VpnHost;
  /** From now on each peer has moved some more bytes than it had the last time. */
  carry(): void;
  /** The counters are those of the endpoint itself again. */
  stop(): void;
  /** It loses all its peers. */
  restart(): Promise<void>;
  /** @throws Error when it has not so many peers. */
  check(peers: number): Promise<void>;
  close(): Promise<void>;
}

/** A real daemon, without root, where Go can build one; else, or when it is wanted, the memory host. */
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
    const settings = hostSettings.parse({ kind: "memory", ...common });
    if (settings.kind !== "memory") throw new Error("these are no settings of a memory host");
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
  const settings = hostSettings.parse({ kind: "amneziawg", via, owned, ...common });
  return endpointOf(settings, connectHost(settings), {
    name: "AmneziaWG daemon",
    restart: () => node.restart(),
    close: () => node.close(),
  });
}

function endpointOf(
  settings: HostSettings,
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
    remove: (identities) => real.remove(identities),
    usage: () => real.usage(),
    describe: () => real.describe(),
    credentials: (access) => real.credentials(access),
  };
  return {
    ...rest,
    settings,
    host,
    carry: () => void (movedBytes += 1_000_000),
    stop: () => void (movedBytes = 0),
    check: async (peers) => {
      const { length } = (await real.list()).peers;
      if (length !== peers) throw new Error(`it has ${length} peers and not ${peers}`);
    },
  };
}
