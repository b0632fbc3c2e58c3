export interface PeerSeen {
  readonly publicKey: string;
  readonly addresses: readonly string[];
}

export interface PeerWanted {
  readonly publicKey: string;
  readonly address: string;
  readonly letIn: boolean;
}

const keys = (peers: readonly { publicKey: string }[]) => peers.map(({ publicKey }) => publicKey);

export interface Differences {
  /** Ours, should be there with their address, and are not. */
  readonly missing: readonly string[];
  /** Ours, there, and should not be. */
  readonly unwanted: readonly string[];
  /** Not ours: never touched. */
  readonly foreign: readonly string[];
}

/** What one reconciliation did to a host. */
export interface HostRepair {
  readonly restored: number;
  readonly removed: number;
  readonly foreign: number;
  /** Peers that should go but are more than may go without an admin's yes. */
  readonly held: number;
  readonly restarted: boolean;
}

/** Compares a host with the books; `retired` are keys seen there that were ours once and are not any more. */
export function differences(
  seen: readonly PeerSeen[],
  wanted: readonly PeerWanted[],
  retired: readonly string[],
): Differences {
  const there = new Map(seen.map((peer) => [peer.publicKey, peer]));
  const ours = new Map(wanted.map((peer) => [peer.publicKey, peer]));
  const gone = new Set(retired);
  const missing = wanted.filter(({ publicKey, address, letIn }) => {
    return letIn && !there.get(publicKey)?.addresses.includes(address);
  });
  const unwanted = seen.filter(({ publicKey }) => {
    const mine = ours.get(publicKey);
    return mine === undefined ? gone.has(publicKey) : !mine.letIn;
  });
  const foreign = seen.filter(({ publicKey }) => !ours.has(publicKey) && !gone.has(publicKey));
  return { missing: keys(missing), unwanted: keys(unwanted), foreign: keys(foreign) };
}

/** How many peers one reconciliation may take off a host by itself: a fifth of them, and ten in any case. */
export const removalLimit = (peers: number): number => Math.max(10, Math.floor(peers / 5));
