import { instant } from "../../domain/time.ts";
import { Refused } from "../refused.ts";
import type {
  Access,
  Counter,
  Credentials,
  HostDescription,
  HostState,
  HostUsage,
  VpnHost,
} from "../vpn-host.ts";
import { admission, refuseIfAny } from "./admission.ts";
import type { Device, DevicePeer, DeviceState } from "./amneziawg/device.ts";
import { clientCredentials, type ClientSide } from "./client-config.ts";
import { isKey } from "./keys.ts";

/** The host's settings that do not depend on how it is reached. */
export interface AmneziaWgHostSettings extends Omit<ClientSide, "publicKey"> {
  /** Left out, it is read from the interface. */
  readonly publicKey?: string | undefined;
  readonly network: string;
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
  readonly #underway = new Set<Access>();

  constructor(device: Device, settings: AmneziaWgHostSettings) {
    this.#device = device;
    this.#settings = settings;
  }

  async grant(access: Access): Promise<Credentials> {
    const host = this.#clientSide(await this.#put([access]));
    return clientCredentials(host, access);
  }

  async restore(accesses: readonly Access[]): Promise<void> {
    await this.#put(accesses);
  }

  async revoke(publicKey: string): Promise<void> {
    if (!isKey(publicKey)) throw new Refused("a public key is the base64 of 32 bytes");
    await this.#device.remove(publicKey);
  }

  async list(): Promise<HostState> {
    const { epoch, peers } = await this.#device.read();
    return {
      epoch,
      peers: peers.map(({ publicKey, addresses }) => ({ publicKey, addresses })),
    };
  }

  async usage(): Promise<HostUsage> {
    const { epoch, peers } = await this.#device.read();
    return { epoch, counters: peers.map(counterOf) };
  }

  async describe(): Promise<HostDescription> {
    const { endpoint, publicKey } = this.#settings;
    const known = publicKey ?? this.#clientSide(await this.#device.read()).publicKey;
    return { kind: "amneziawg", endpoint, publicKey: known };
  }

  /** Puts everyone who may be put, then refuses if someone may not. */
  async #put(accesses: readonly Access[]): Promise<DeviceState> {
    const before = [...this.#underway];
    for (const access of accesses) this.#underway.add(access);
    try {
      const state = await this.#device.read();
      const { publicKey } = this.#clientSide(state);
      const asked = before.map(({ tunnel }) => ({ ...tunnel, addresses: [tunnel.address] }));
      const peers = [...state.peers, ...asked];
      const host = { network: this.#settings.network, publicKey, peers };
      const { admitted, refusals } = admission(accesses, host);
      await this.#device.put(admitted.map(({ tunnel }) => tunnel));
      refuseIfAny(refusals);
      return state;
    } finally {
      for (const access of accesses) this.#underway.delete(access);
    }
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
    publicKey,
    uploadedBytes: receivedBytes,
    downloadedBytes: sentBytes,
    lastHandshakeAt: handshakeS === 0 ? undefined : instant(handshakeS * 1_000),
  };
}
