import { randomUUID } from "node:crypto";
import { instant } from "../../domain/time.ts";
import { Refused } from "../refused.ts";
import type {
  Access,
  Counter,
  Credentials,
  HostDescription,
  HostState,
  HostUsage,
  Peer,
  VpnHost,
} from "../vpn-host.ts";
import { admission, refuseIfAny } from "./admission.ts";
import { clientCredentials } from "./client-config.ts";
import { isKey } from "./keys.ts";
import type { MemorySettings } from "./settings.ts";

interface Held {
  readonly address: string;
  readonly counter: Counter;
}

/**
 * A host that carries no traffic: it stands in where no real one can run. What it gives a customer looks like
 * the real thing. Peers live in this object alone, so one is made per host and kept. `restart` and `carry`
 * play what happens to a real host.
 */
export class MemoryVpnHost implements VpnHost {
  readonly #settings: MemorySettings;
  readonly #peers = new Map<string, Held>();
  #epoch: string = randomUUID();

  constructor(settings: MemorySettings) {
    this.#settings = settings;
  }

  async grant(access: Access): Promise<Credentials> {
    await this.restore([access]);
    return clientCredentials(this.#settings, access);
  }

  async restore(accesses: readonly Access[]): Promise<void> {
    const { network, publicKey } = this.#settings;
    const { admitted, refusals } = admission(accesses, { network, publicKey, peers: this.#seen() });
    for (const { tunnel } of admitted) {
      const counter = this.#peers.get(tunnel.publicKey)?.counter ?? unused(tunnel.publicKey);
      this.#peers.set(tunnel.publicKey, { address: tunnel.address, counter });
    }
    refuseIfAny(refusals);
  }

  async revoke(publicKey: string): Promise<void> {
    if (!isKey(publicKey)) throw new Refused("a public key is the base64 of 32 bytes");
    this.#peers.delete(publicKey);
  }

  async list(): Promise<HostState> {
    return { epoch: this.#epoch, peers: this.#seen() };
  }

  async usage(): Promise<HostUsage> {
    const counters = Array.from(this.#peers.values(), ({ counter }) => counter);
    return { epoch: this.#epoch, counters };
  }

  async describe(): Promise<HostDescription> {
    const { endpoint, publicKey } = this.#settings;
    return { kind: "memory", endpoint, publicKey };
  }

  #seen(): Peer[] {
    return [...this.#peers].map(([publicKey, { address }]) => ({
      publicKey,
      addresses: [address],
    }));
  }

  /** Plays a customer who goes online and moves bytes. */
  carry(publicKey: string, uploadedBytes: number, downloadedBytes: number): void {
    const held = this.#peers.get(publicKey);
    if (held === undefined) return;
    const counter = {
      publicKey,
      uploadedBytes: held.counter.uploadedBytes + uploadedBytes,
      downloadedBytes: held.counter.downloadedBytes + downloadedBytes,
      lastHandshakeAt: instant(new Date()),
    };
    this.#peers.set(publicKey, { ...held, counter });
  }

  /** Loses its peers, as a daemon does that dies. */
  restart(): void {
    this.#peers.clear();
    this.#epoch = randomUUID();
  }
}

const unused = (publicKey: string): Counter => ({
  publicKey,
  uploadedBytes: 0,
  downloadedBytes: 0,
  lastHandshakeAt: undefined,
});
