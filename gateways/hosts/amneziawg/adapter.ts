import type { ProbeOutcome } from "../../../domain/access/host-health.ts";
import { instant } from "../../../domain/time.ts";
import { Refused } from "../../refused.ts";
import type {
  Access,
  Applied,
  Counter,
  TunnelCredentials,
  HostDescription,
  HostProbe,
  HostState,
  HostUsage,
  Peer,
  VpnHost,
} from "../port.ts";
import { HostOutage, HostRefused } from "../trouble.ts";
import { type Admitted, decideAdmission } from "./admission.ts";
import { clientCredentials, type ClientSide } from "./client-config.ts";
import type { Device, DevicePeer, DeviceState, PeerToPut } from "./device.ts";
import { isKey } from "./keys.ts";
import { findMisfits } from "./inspection.ts";
import { type ProbePeer, probePeerOf } from "./probe-peer.ts";
import { addressesOf, hashOf, keptSecrets, tunnelOrRefuse } from "./tunnel.ts";
import { tunnelProbe } from "./tunnel-probe.ts";
import { findUdpTroubles } from "./udp-port.ts";

/** The host's settings that do not depend on its transport. */
export interface AmneziaWgHostSettings extends Omit<ClientSide, "publicKey"> {
  /** If left out, it is read from the interface. */
  readonly publicKey?: string | undefined;
  readonly network: string;
  readonly network6?: string | undefined;
}

interface PendingPeer {
  readonly publicKey: string;
  readonly addresses: readonly string[];
}

/**
 * An AmneziaWG interface as a VPN host. It touches only the peers that it is asked about, and never
 * takes an address from another peer: the daemon would move it silently. Two processes that give
 * one address to two devices at the same instant are not detected here;
 * the database keeps addresses unique.
 */
export class AmneziaWgHost implements VpnHost {
  readonly #device: Device;
  readonly #settings: AmneziaWgHostSettings;
  /** What this process is putting on the host right now, which no reading shows yet. */
  readonly #pending = new Set<readonly PendingPeer[]>();
  /** The interface's public key, when it was last read for a probe. */
  #keptKey: string | undefined;
  #isUnanswered = false;
  /** The last counters of peers whose removal failed: it may have been done all the same. */
  readonly #lastRead = new Map<string, { readonly epoch: string; readonly counter: Counter }>();

  /** The one that is kept there, and those of former secrets. */
  readonly #probePeers: readonly ProbePeer[];

  /** `probeSecrets`: from which the probe peers follow, the current one first. */
  constructor(
    device: Device,
    settings: AmneziaWgHostSettings,
    probeSecrets: readonly Buffer[] = [],
  ) {
    this.#device = device;
    this.#settings = settings;
    this.#probePeers = probeSecrets.map(probePeerOf);
  }

  async apply(accesses: readonly Access[]): Promise<readonly Applied[]> {
    const pendingPeers = [...this.#pending].flat();
    const own = accesses.map(({ identity, address, address6 }) => {
      const addresses = address === undefined ? [] : addressesOf({ address, address6 });
      return { publicKey: identity, addresses };
    });
    this.#pending.add(own);
    try {
      const state = await this.#device.read();
      const { publicKey } = this.#clientSide(state);
      const { network, network6 } = this.#settings;
      const host = { network, network6, publicKey };
      const hostNow = { ...host, peers: [...state.peers, ...pendingPeers] };
      const { admitted, refused } = await decideAdmission(accesses, hostNow);
      return [...(await this.#put(admitted)), ...refused];
    } finally {
      this.#pending.delete(own);
    }
  }

  /**
   * Puts all at once; where the interface refuses,
   * it halves the batch until the refused ones are known.
   */
  async #put(admitted: readonly Admitted[]): Promise<Applied[]> {
    try {
      await this.#device.put(admitted.map(peerToPut));
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

  async list(detail?: "withOrigin"): Promise<HostState> {
    const { epoch, peers } = await this.#device.read();
    const others = this.#withoutProbes(peers);
    return { epoch, peers: others.map(detail === undefined ? peerOf : withOrigin) };
  }

  async usage(): Promise<HostUsage> {
    const { epoch, peers } = await this.#device.read();
    return { epoch, counters: this.#withoutProbes(peers).map(counterOf) };
  }

  #withoutProbes(peers: readonly DevicePeer[]): readonly DevicePeer[] {
    const keys = new Set(this.#probePeers.map(({ publicKey }) => publicKey));
    return keys.size === 0 ? peers : peers.filter(({ publicKey }) => !keys.has(publicKey));
  }

  /**
   * Keeps a peer of ours on the interface. Where the interface cannot be asked, it is probed all the
   * same, if its key is known: a machine may carry traffic that nobody can manage now.
   */
  async prepareProbes(): Promise<readonly HostProbe[]> {
    const [peer, ...former] = this.#probePeers;
    if (peer === undefined) return [];
    const { publicKey = this.#keptKey, endpoint, parameters } = this.#settings;
    const actual = await this.#keepProbePeer(peer, former).catch((error: unknown) => {
      if (publicKey === undefined) throw error;
      return publicKey;
    });
    const probe = tunnelProbe({ endpoint, publicKey: actual, parameters, peer });
    return [{ run: (reach) => this.#noteOutcome(probe.run(reach)) }];
  }

  async #noteOutcome(running: Promise<ProbeOutcome>): Promise<ProbeOutcome> {
    const outcome = await running;
    this.#isUnanswered = !outcome.isWell;
    return outcome;
  }

  async #keepProbePeer(peer: ProbePeer, former: readonly ProbePeer[]): Promise<string> {
    const state = await this.#device.read();
    const { publicKey } = this.#clientSide(state);
    this.#keptKey = publicKey;
    const there = new Map(state.peers.map((one) => [one.publicKey, one]));
    // An interface ignores handshakes that are dated before one that it had, as after a clock was
    // set back: a peer that is new there has none.
    const leaving = this.#isUnanswered ? [peer, ...former] : former;
    const old = leaving.map((one) => one.publicKey).filter((one) => there.has(one));
    if (old.length > 0) await this.#device.remove(old);
    const found = there.get(peer.publicKey);
    const presharedHash = hashOf(Buffer.from(peer.presharedKey, "base64"));
    const isRight = found?.presharedHash === presharedHash && found.addresses.length === 0;
    if (!isRight || this.#isUnanswered) await this.#device.put([{ ...peer, addresses: [] }]);
    return publicKey;
  }

  async describe(): Promise<HostDescription> {
    const facts = await this.#device.inspect();
    const clientSide = this.#clientSide(facts);
    const { publicKey, endpoint } = clientSide;
    const misfits = findMisfits(facts, this.#settings.parameters);
    const findings = [...misfits, ...(await findUdpTroubles(clientSide, facts.listenPort))];
    return { kind: "amneziawg", endpoint, publicKey, findings };
  }

  async credentials(access: Access): Promise<TunnelCredentials> {
    const tunnel = tunnelOrRefuse(access);
    return clientCredentials(await this.#host(), { label: access.label, tunnel });
  }

  async #host(): Promise<ClientSide> {
    const { publicKey } = this.#settings;
    if (publicKey !== undefined) return { ...this.#settings, publicKey };
    return this.#clientSide(await this.#device.read());
  }

  #clientSide({ publicKey: actual }: Pick<DeviceState, "publicKey">): ClientSide {
    const { publicKey: expected, ...settings } = this.#settings;
    if (actual === undefined) {
      const words = "the VPN host's interface has no private key yet: set it up on the host";
      throw new HostOutage("interface", words);
    }
    if (expected !== undefined && expected !== actual) {
      const words = `the VPN host's public key is ${actual}, its settings say ${expected}`;
      throw new HostRefused("hostKey", words);
    }
    return { ...settings, publicKey: actual };
  }
}

const peerToPut = ({ tunnel }: Admitted): PeerToPut => {
  const { publicKey, presharedKey } = tunnel;
  return { publicKey, presharedKey, addresses: addressesOf(tunnel) };
};

/** What the host received is what the customer uploaded. */
function counterOf({ publicKey, receivedBytes, sentBytes, handshakeS }: DevicePeer): Counter {
  return {
    identity: publicKey,
    uploadedBytes: receivedBytes,
    downloadedBytes: sentBytes,
    lastHandshakeAt: handshakeS === 0 ? undefined : instant(handshakeS * 1_000),
  };
}

const peerOf = (peer: DevicePeer): Peer => ({
  ...counterOf(peer),
  addresses: peer.addresses,
  presharedHash: peer.presharedHash,
});

const withOrigin = (peer: DevicePeer): Peer => ({
  ...peerOf(peer),
  origin: { secrets: keptSecrets(peer.presharedKey) },
});
