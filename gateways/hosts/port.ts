import type { Instant } from "../../domain/time.ts";

/** What an adapter made for a new access. Nobody but adapters of its kind looks into it. */
export interface NewAccess {
  /** Its name on whatever host it comes to. */
  readonly identity: string;
  /** JSON of the adapter's kind. A secret: it rests sealed, and goes to the host and the customer alone. */
  readonly secrets: string;
  /** SHA-256 of the preshared key in base64: what a host holds is compared with it. */
  readonly presharedHash: string;
}

/** One device's right to use a host, complete: nothing in it is relative to what was applied before. */
export interface Access {
  readonly accessId: string;
  readonly identity: string;
  /** What the person calls this device; shown by client apps. */
  readonly label: string;
  /** The device's own address inside the tunnel, without a mask. Undefined where the kind has no addresses. */
  readonly address?: string | undefined;
  readonly secrets: string;
}

/** What a host answers about one access. No secret is in the reason. */
export type Applied =
  | { readonly kind: "applied"; readonly accessId: string }
  | { readonly kind: "refused"; readonly accessId: string; readonly reason: string };

/** What a person needs to connect. Every field is a secret: it goes to the customer and nowhere else. */
export interface Credentials {
  readonly kind: "wireguard";
  readonly fileName: string;
  /** The text of the `.conf` file. */
  readonly conf: string;
  /** What a QR picture for the AmneziaWG phone apps holds. */
  readonly qrText: string;
  /** A `vpn://` key for AmneziaVPN. */
  readonly importLink: string;
}

/** Bytes since the peer was put on the host in this epoch, from the customer's side of the wire. */
export interface Counter {
  readonly identity: string;
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  readonly lastHandshakeAt: Instant | undefined;
}

export interface Peer extends Counter {
  /** All addresses that the host lets this peer use, without the mask of a single one, in no order. */
  readonly addresses: readonly string[];
  /** Undefined: the peer has no preshared key. */
  readonly presharedHash: string | undefined;
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
 * A machine that carries customers' traffic. All methods are safe to repeat and to run side by side, and none
 * holds up the event loop, however many peers there are. They throw `Refused` when the host as a whole said no
 * (another key than its settings say); anything else thrown means that it could not be reached or did not
 * answer in time. What is wrong with one access or identity is answered for that one, and the others go on.
 */
export interface VpnHost {
  /**
   * Makes the host let these in exactly as given, whatever it knew of them before, and answers for each. An
   * address is never taken from a peer that is not named; peers that are named may trade theirs.
   */
  apply(accesses: readonly Access[]): Promise<readonly Applied[]>;
  /**
   * Makes the host know these identities no more, and answers with the last counters of those that it knew.
   * Other peers are left alone. After a failure the same call answers with what it had read before.
   */
  remove(identities: readonly string[]): Promise<HostUsage>;
  /** Everything the host lets in now, ours or not, with its counters. */
  list(): Promise<HostState>;
  /** The host's raw traffic counters, which start again at 0 with each epoch. */
  usage(): Promise<HostUsage>;
  /** Where and as whom the host is reached. */
  describe(): Promise<HostDescription>;
  /**
   * How a device connects: the same access gives the same text. The host is asked only where its settings do
   * not have its public key. Throws `Refused` when the access is not one of this kind.
   */
  credentials(access: Access): Promise<Credentials>;
}
