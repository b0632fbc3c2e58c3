import { randomUUID } from "node:crypto";
import { instant } from "../../domain/time.ts";
import { decideAdmission } from "./amneziawg/admission.ts";
import { clientCredentials } from "./amneziawg/client-config.ts";
import { amneziaWgWarnings, type MemorySettings, memorySettings } from "./amneziawg/settings.ts";
import { addressesOf, hashOf, keptSecrets, tunnelOrRefuse } from "./amneziawg/tunnel.ts";
import type { HostKind } from "./kind.ts";
import type {
  Access,
  Applied,
  TunnelCredentials,
  HostDescription,
  HostProbe,
  HostState,
  HostUsage,
  Peer,
  VpnHost,
} from "./port.ts";
import { probesOf } from "./probes/settings.ts";

/**
 * A host that carries no traffic, for places where no real one can run. It gives customers files
 * that look real. Its peers live in this object alone, so make one per host and keep it. `restart`,
 * `carry` and `put` simulate what happens to a real host.
 */
export class MemoryVpnHost implements VpnHost {
  readonly #settings: MemorySettings;
  readonly #now: () => number;
  readonly #peers = new Map<string, Peer>();
  #epoch: string = randomUUID();
  #lastApply: Promise<unknown> = Promise.resolve();

  constructor(settings: MemorySettings, now: () => number = Date.now) {
    this.#settings = settings;
    this.#now = now;
  }

  apply(accesses: readonly Access[]): Promise<readonly Applied[]> {
    const applied = this.#lastApply.then(() => this.#apply(accesses));
    this.#lastApply = applied;
    return applied;
  }

  async #apply(accesses: readonly Access[]): Promise<readonly Applied[]> {
    const { network, network6, publicKey } = this.#settings;
    const peers = [...this.#peers.values()].map(({ identity, addresses }) => {
      return { publicKey: identity, addresses };
    });
    const { admitted, refused } = await decideAdmission(accesses, {
      network,
      network6,
      publicKey,
      peers,
    });
    for (const { tunnel } of admitted) {
      const presharedHash = hashOf(Buffer.from(tunnel.presharedKey, "base64"));
      this.put(tunnel.publicKey, { addresses: addressesOf(tunnel), presharedHash });
    }
    return [
      ...admitted.map(({ accessId }): Applied => ({ kind: "applied", accessId })),
      ...refused,
    ];
  }

  async remove(identities: readonly string[]): Promise<HostUsage> {
    const counters = identities.flatMap((identity) => this.#peers.get(identity) ?? []);
    for (const identity of identities) this.#peers.delete(identity);
    return { epoch: this.#epoch, counters: counters.map(counterOf) };
  }

  async list(detail?: "withOrigin"): Promise<HostState> {
    const peers = [...this.#peers.values()];
    if (detail === undefined) return { epoch: this.#epoch, peers };
    // It knows hashes alone: whoever is taken over here has no preshared key.
    const origin = { secrets: keptSecrets(undefined) };
    return { epoch: this.#epoch, peers: peers.map((peer) => ({ ...peer, origin })) };
  }

  async usage(): Promise<HostUsage> {
    return { epoch: this.#epoch, counters: Array.from(this.#peers.values(), counterOf) };
  }

  async describe(): Promise<HostDescription> {
    const { endpoint, publicKey } = this.#settings;
    return { kind: "memory", endpoint, publicKey };
  }

  async credentials(access: Access): Promise<TunnelCredentials> {
    return clientCredentials(this.#settings, {
      label: access.label,
      tunnel: tunnelOrRefuse(access),
    });
  }

  async prepareProbes(): Promise<readonly HostProbe[]> {
    return probesOf(this.#settings.probes ?? []);
  }

  /** Simulates somebody who works on the host itself: sets a peer, whose counters stay. */
  put(identity: string, given: Pick<Peer, "addresses" | "presharedHash">): void {
    const unused = { uploadedBytes: 0, downloadedBytes: 0, lastHandshakeAt: undefined };
    this.#peers.set(identity, { ...unused, ...this.#peers.get(identity), identity, ...given });
  }

  /** Simulates a customer who goes online and moves bytes. */
  carry(identity: string, uploadedBytes: number, downloadedBytes: number): void {
    const peer = this.#peers.get(identity);
    if (peer === undefined) return;
    this.#peers.set(identity, {
      ...peer,
      uploadedBytes: peer.uploadedBytes + uploadedBytes,
      downloadedBytes: peer.downloadedBytes + downloadedBytes,
      lastHandshakeAt: instant(this.#now()),
    });
  }

  /** Loses its peers, like a daemon that dies. */
  restart(): void {
    this.#peers.clear();
    this.#epoch = randomUUID();
  }
}

const counterOf = ({ identity, uploadedBytes, downloadedBytes, lastHandshakeAt }: Peer) => ({
  identity,
  uploadedBytes,
  downloadedBytes,
  lastHandshakeAt,
});

/** The memory host as a kind that can be configured. */
export const memoryKind: HostKind<typeof memorySettings> = {
  kind: "memory",
  settings: memorySettings,
  warnings: amneziaWgWarnings,
  connect: (settings, more) => new MemoryVpnHost(settings, more?.now),
};
