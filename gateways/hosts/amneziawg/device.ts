/** A peer as the interface knows it. Byte counts are the host's: received is what the customer sent. */
export interface DevicePeer {
  readonly publicKey: string;
  /** SHA-256 of the preshared key in base64; undefined: it has none. */
  readonly presharedHash: string | undefined;
  /** Without the mask of a single address; wider ranges, which only others put there, keep theirs. */
  readonly addresses: readonly string[];
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Unix seconds, 0 for never. */
  readonly handshakeS: number;
}

export interface DeviceState {
  readonly epoch: string;
  /** undefined while the interface has no key. */
  readonly publicKey: string | undefined;
  readonly peers: readonly DevicePeer[];
}

export interface PeerToPut {
  readonly publicKey: string;
  readonly presharedKey: string;
  readonly address: string;
}

/**
 * A WireGuard-like interface, however it is reached. Throws `Refused` when the interface said no, any other
 * error when it could not be asked or did not answer in time. Addresses that another peer holds move to the
 * peer that is put: who calls looks first.
 */
export interface Device {
  read(): Promise<DeviceState>;
  /** Makes each peer be as given; its session, counters and endpoint stay. Other peers are left alone. */
  put(peers: readonly PeerToPut[]): Promise<void>;
  /** Absent peers are a success. */
  remove(publicKeys: readonly string[]): Promise<void>;
}

export const withoutHostMask = (cidr: string): string =>
  cidr.replace(cidr.includes(":") ? /\/128$/u : /\/32$/u, "");
