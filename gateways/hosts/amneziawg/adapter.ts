import { instant } from "../../../domain/time.ts";
import { Refused } from "../../refused.ts";
import type {
  Access,
  Applied,
  Counter,
  Credentials,
  HostDescription,
  HostState,
  HostUsage,
  Peer,
  VpnHost,
} from "../port.ts";
import { admission, type Admitted } from "./admission.ts";
import { clientCredentials, type ClientSide } from "./client-config.ts";
import type { Device, DevicePeer, DeviceState } from "./device.ts";
import { isKey } from "./keys.ts";
import { tunnelOrRefuse } from "./tunnel.ts";

/** The host's settings that do not depend on how it is reached. */
export interface AmneziaWgHostSettings extends Omit<ClientSide, "publicKey"> {
  /** Left out, it is read from the interface. */
  readonly publicKey?: string | undefined;
  readonly network: string;
}

interface Underway {
  readonly publicKey: string;
  readonly addresses: readonly string[];
}

/**
 * An AmneziaWG interface as a VPN host. It never touches a peer that it was not asked about, and never takes
 * an address from one: the daemon would hand it over in silence. Two processes that give one address to two
 * devices in the same instant are not told apart here; the books keep addresses unique.
 */
export class AmneziaWgHost implements VpnHost {
  readonly #device: Device;
  readonly #settings: AmneziaWgHostSettings;
  /** What this process is just putting on the host, which no reading shows yet. */
  readonly #underway = new Set<readonly Underway[]>();
  /** What was read of peers whose removal then failed: it may have been done all the same. */
  readonly #lastRead = new Map<string, { readonly epoch: string; readonly counter: Counter }>();

  constructor(device: Device, settings: AmneziaWgHostSettings) {
    this.#device = device;
    this.#settings = settings;
  }

  async apply(accesses: readonly Access[]): Promise<readonly Applied[]> {
    const before = [...this.#underway].flat();
    const mine = accesses.map(({ identity, address }) => {
      return { publicKey: identity, addresses: address === undefined ? [] : [address] };
    });
    this.#underway.add(mine);
    try {
      const state = await this.#device.read();
      const { publicKey } = this.#clientSide(state);
      const host = { network: this.#settings.network, publicKey };
      const there = { ...host, peers: [...state.peers, ...before] };
      const { admitted, refused } = await admission(accesses, there);
      return [...(await this.#put(admitted)), ...refused];
    } finally {
      this.#underway.delete(mine);
    }
  }

  /** All at once; where the interface says no, half by half, until it is known to whom. */
  async #put(admitted: readonly Admitted[]): Promise<Applied[]> {
    try {
      await this.#device.put(admitted.map(({ tunnel }) => tunnel));
      return admitted.map(({ accessId }) => ({ kind: "applied", accessId }));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const [only, ...more] = admitted;
      if (only !== undefined && more.length === 0) {
        return [{ kind: "refused", accessId: only.accessId, reason: error.message }];
      }
      const middle = Math.ceil(admitted.length / 2);
      const first = await this.#put(admitted.slice(0, middle));
      return [...first, ...(await this.#put(admitted.slice(middle)))];
    }
  }

  async remove(identities: readonly string[]): Promise<HostUsage> {
    const keys = new Set(identities.filter(isKey));
    const { epoch, peers } = await this.#device.read();
    for (const peer of peers) {
      if (keys.has(peer.publicKey)) {
        this.#lastRead.set(peer.publicKey, { epoch, counter: counterOf(peer) });
      }
    }
    await this.#device.remove([...keys]);
    const last = [...keys].flatMap((key) => this.#lastRead.get(key) ?? []);
    for (const key of keys) this.#lastRead.delete(key);
    const counters = last.filter((read) => read.epoch === epoch).map(({ counter }) => counter);
    return { epoch, counters };
  }

  async list(): Promise<HostState> {
    const { epoch, peers } = await this.#device.read();
    return { epoch, peers: peers.map(seenAs) };
  }

  async usage(): Promise<HostUsage> {
    const { epoch, peers } = await this.#device.read();
    return { epoch, counters: peers.map(counterOf) };
  }

  async describe(): Promise<HostDescription> {
    const { publicKey, endpoint } = await this.#host();
    return { kind: "amneziawg", endpoint, publicKey };
  }

  async credentials(access: Access): Promise<Credentials> {
    const tunnel = tunnelOrRefuse(access);
    return clientCredentials(await this.#host(), { label: access.label, tunnel });
  }

  async #host(): Promise<ClientSide> {
    const { publicKey } = this.#settings;
    if (publicKey !== undefined) return { ...this.#settings, publicKey };
    return this.#clientSide(await this.#device.read());
  }

  #clientSide({ publicKey: found }: DeviceState): ClientSide {
    const { publicKey: expected, ...settings } = this.#settings;
    if (found === undefined) {
      throw new Error("the VPN host's interface has no private key yet: set it up on the host");
    }
    if (expected !== undefined && expected !== found) {
      throw new Refused(`the VPN host's public key is ${found}, its settings say ${expected}`);
    }
    return { ...settings, publicKey: found };
  }
}

/** What the host received is what the customer uploaded. */
function counterOf({ publicKey, receivedBytes, sentBytes, handshakeS }: DevicePeer): Counter {
  return {
    identity: publicKey,
    uploadedBytes: receivedBytes,
    downloadedBytes: sentBytes,
    lastHandshakeAt: handshakeS === 0 ? undefined : instant(handshakeS * 1_000),
  };
}

const seenAs = (peer: DevicePeer): Peer => ({
  ...counterOf(peer),
  addresses: peer.addresses,
  presharedHash: peer.presharedHash,
});
