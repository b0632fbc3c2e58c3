import type { DeviceId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";

/** A device's place in a WireGuard-like tunnel. Keys are base64 of 32 bytes. */
export interface Tunnel {
  /** The device's own address inside the tunnel, without a mask, e.g. `10.8.0.2`. */
  readonly address: string;
  readonly publicKey: string;
  readonly privateKey: string;
  readonly presharedKey: string;
}

/** One device's right to use a host, complete: nothing in it is relative to what was granted before. */
export interface Access {
  readonly deviceId: DeviceId;
  /** What the person calls this device; shown by client apps. */
  readonly label: string;
  readonly tunnel: Tunnel;
}

/** What a person needs to connect. Every field is a secret: it goes to the customer and nowhere else. */
export interface Credentials {
  readonly fileName: string;
  /** The text of the `.conf` file. */
  readonly conf: string;
  /** What a QR picture for the AmneziaWG phone apps holds. */
  readonly qrText: string;
  /** A `vpn://` key for AmneziaVPN. */
  readonly importLink: string;
}

export interface Peer {
  readonly publicKey: string;
  /** Addresses the host lets this peer use, without masks, in no order; empty when traffic is blocked. */
  readonly addresses: readonly string[];
}

/** Bytes since the peer was put on the host in this epoch, from the customer's side of the wire. */
export interface Counter {
  readonly publicKey: string;
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  readonly lastHandshakeAt: Instant | undefined;
}

export interface HostState {
  /** Changes when the host has lost what it held: a reboot, a restarted daemon, a recreated interface. */
  readonly epoch: string;
  readonly peers: readonly Peer[];
}

export interface HostUsage {
  readonly epoch: string;
  readonly counters: readonly Counter[];
}

export interface HostDescription {
  readonly kind: "amneziawg" | "memory";
  /** Where clients connect to, `host:port`. */
  readonly endpoint: string;
  readonly publicKey: string;
}

/**
 * A machine that carries customers' traffic. All methods are safe to repeat and to run side by side.
 * They throw `Refused` when the host understood and said no (a broken key, an unknown interface);
 * anything else thrown means that the host could not be reached or did not answer in time.
 */
export interface VpnHost {
  /** Makes the host let this device in, whatever it knew of it before, and tells how the device connects. */
  grant(access: Access): Promise<Credentials>;
  /** Puts many devices back in one go, as `grant` would each; for a host that lost its peers. */
  restore(accesses: readonly Access[]): Promise<void>;
  /** Makes the host know this key no more. An absent peer is a success. Other peers are left alone. */
  revoke(publicKey: string): Promise<void>;
  /** Everything the host lets in now, ours or not. */
  list(): Promise<HostState>;
  /** The host's raw traffic counters, which start again at 0 with each epoch. */
  usage(): Promise<HostUsage>;
  /** Where and as whom the host is reached. */
  describe(): Promise<HostDescription>;
}
