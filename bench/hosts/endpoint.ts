import { instant } from "../../domain/time.ts";
import type { HostState, Peer, VpnHost } from "../../gateways/hosts/port.ts";
import type { HostSettings } from "../../gateways/hosts/registry.ts";

/** A host to measure: an interface or a panel, in a process of its own. */
export interface Endpoint {
  readonly name: string;
  readonly settings: HostSettings;
  readonly host: VpnHost;
  /** The host's own process, which may be another after `empty`; undefined: this one. */
  findPid(): number | undefined;
  /** Makes each access report more traffic than before. */
  moveTraffic(): void;
  /** Makes accesses report the endpoint's real counters again. */
  resetTraffic(): void;
  /** Makes it lose all that it holds. */
  empty(): Promise<void>;
  /** @throws Error unless it has exactly this many accesses. */
  check(accesses: number): Promise<void>;
  /** Stops it. */
  close(): Promise<void>;
}

/** What differs between endpoints. */
export type EndpointParts = Pick<Endpoint, "name" | "settings" | "findPid" | "empty" | "close">;

/** An endpoint whose traffic is simulated between `real` and the pass. */
export function endpointOf(real: VpnHost, parts: EndpointParts): Endpoint {
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
  const { batchSize, keepsUsers } = real;
  const host: VpnHost = {
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(keepsUsers === undefined ? {} : { keepsUsers }),
    list,
    apply: (accesses) => real.apply(accesses),
    remove: (identities, removal) => real.remove(identities, removal),
    usage: () => real.usage(),
    describe: () => real.describe(),
    credentials: (access) => real.credentials(access),
  };
  return {
    ...parts,
    host,
    moveTraffic: () => void (movedBytes += 1_000_000),
    resetTraffic: () => void (movedBytes = 0),
    check: async (accesses) => {
      const { length } = (await real.list()).peers;
      if (length !== accesses) throw new Error(`the host has ${length} instead of ${accesses}`);
    },
  };
}
