import type { DeviceFacts } from "./inspection.ts";

/**
 * A peer as the interface shows it. Byte counts are the host's: received is what the customer sent.
 */
export interface DevicePeer {
  readonly publicKey: string;
  /** SHA-256 of the preshared key in base64; undefined where the peer has none. */
  readonly presharedHash: string | undefined;
  /** In base64; undefined where the peer has none. A secret. */
  readonly presharedKey?: string | undefined;
  /** Single addresses without their mask. Wider ranges, which are not ours, keep theirs. */
  readonly addresses: readonly string[];
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Unix seconds, 0 for never. */
  readonly handshakeS: number;
}

/** What the interface shows. The epoch changes when it lost its peers. */
export interface DeviceState {
  readonly epoch: string;
  /** Undefined while the interface has no key. */
  readonly publicKey: string | undefined;
  readonly peers: readonly DevicePeer[];
}

/** A peer to put on the interface. Keys are base64; addresses have no mask. */
export interface PeerToPut {
  readonly publicKey: string;
  readonly presharedKey: string;
  /** None: the peer can carry no traffic. */
  readonly addresses: readonly string[];
}

/**
 * A WireGuard-like interface, over any transport. An address that another peer holds moves to the
 * peer that is put, so callers check first.
 * @throws Refused when the interface refuses the request.
 * @throws Error when it cannot be reached or does not answer in time.
 */
export interface Device {
  /** Reads the interface's key and all its peers. */
  read(): Promise<DeviceState>;
  /** What the interface says of itself, without its peers. */
  inspect(): Promise<DeviceFacts>;
  /**
   * Makes each peer equal to what is given; its session, counters and endpoint stay. Other peers
   * are not touched.
   */
  put(peers: readonly PeerToPut[]): Promise<void>;
  /** Removes peers; one that is absent counts as removed. */
  remove(publicKeys: readonly string[]): Promise<void>;
}

/** `10.8.0.2/32` as `10.8.0.2`; wider ranges stay as they are. */
export const withoutHostMask = (cidr: string): string =>
  cidr.replace(cidr.includes(":") ? /\/128$/u : /\/32$/u, "");

/** `10.8.0.2` as `10.8.0.2/32`, `fd00::2` as `fd00::2/128`. */
export const withHostMask = (address: string): string =>
  `${address}/${address.includes(":") ? 128 : 32}`;
