export interface FoundPeer {
  readonly identity: string;
  /** All addresses that the host lets it use. */
  readonly addresses: readonly string[];
  readonly presharedHash: string | undefined;
}

export interface WantedPeer {
  readonly identity: string;
  /** Null: the host's kind has no addresses, and they are not compared. */
  readonly address: string | null;
  readonly presharedHash: string;
  /** False: it is ours and must not be there. */
  readonly letIn: boolean;
}

export interface Differences {
  /** Ours that should be there exactly so, and are not, or not so. */
  readonly missing: readonly string[];
  /** Ours, there, and should not be. */
  readonly unwanted: readonly string[];
  /** Of nobody whom the books know here: never touched by a comparison. */
  readonly foreign: readonly string[];
  /** Ours that the host does not have. */
  readonly absent: readonly string[];
}

/** Compares a host with the books, peer by peer and whole. */
export function differences(
  seen: readonly FoundPeer[],
  wanted: readonly WantedPeer[],
): Differences {
  const there = new Map(seen.map((peer) => [peer.identity, peer]));
  const ours = new Map(wanted.map((peer) => [peer.identity, peer]));
  const missing = wanted.filter(
    (peer) => peer.letIn && !isAsWanted(there.get(peer.identity), peer),
  );
  const unwanted = seen.filter(({ identity }) => ours.get(identity)?.letIn === false);
  const foreign = seen.filter(({ identity }) => !ours.has(identity));
  const absent = wanted.filter(({ identity }) => !there.has(identity));
  return {
    missing: identities(missing),
    unwanted: identities(unwanted),
    foreign: identities(foreign),
    absent: identities(absent),
  };
}

const identities = (peers: readonly { identity: string }[]) =>
  peers.map(({ identity }) => identity);

function isAsWanted(seen: FoundPeer | undefined, { address, presharedHash }: WantedPeer): boolean {
  if (seen === undefined || seen.presharedHash !== presharedHash) return false;
  if (address === null) return true;
  return seen.addresses.length === 1 && seen.addresses[0] === address;
}

/**
 * Returns former keys of ours on addresses that the books have given to somebody who is missing: they go in any
 * case. `ours` are the identities that the books have known.
 */
export function peersInTheWay(
  ours: ReadonlySet<string>,
  {
    peers,
    wanted,
    found,
  }: {
    readonly peers: readonly Pick<FoundPeer, "identity" | "addresses">[];
    readonly wanted: readonly Pick<WantedPeer, "identity" | "address">[];
    readonly found: Pick<Differences, "missing">;
  },
): string[] {
  const missing = new Set(found.missing);
  const needed = new Set(
    wanted.flatMap(({ identity, address }) => (missing.has(identity) ? [address] : [])),
  );
  return peers
    .filter(
      ({ identity, addresses }) => ours.has(identity) && addresses.some((one) => needed.has(one)),
    )
    .map(({ identity }) => identity);
}

/**
 * How many peers a full comparison may take off a host without an admin's yes: a fifth of them, and ten in any
 * case. It holds for drift alone, that is for peers that the books did not believe to be there. Whose right
 * ends by the books (time, a block, a used-up quota, a retired key) is taken off at once, however many they are.
 */
export const removalLimit = (peers: number): number => Math.max(10, Math.floor(peers / 5));

/** How many peers may go when admins have agreed to `count`: a few more may have come to it since. */
export const removalsAgreed = (count: number): number => Math.ceil(count * 1.1);

/** How a host stands, as its reconciler last found it. */
export interface HostCondition {
  /** What it last failed with; undefined: it answers. */
  readonly away?: string;
  /** Peers that should go but are more than may go without an admin's yes. */
  readonly held: number;
  /** Accesses that the host will not take. */
  readonly refused: number;
  /** Accesses for which no host has room. */
  readonly waiting: number;
  /** Peers in our addresses whose key nobody knows, and about which nobody was asked yet. */
  readonly unknown?: { readonly batch: string; readonly count: number };
}

export const wellHost: HostCondition = { held: 0, refused: 0, waiting: 0 };

/** Whether operators would see something else. Numbers alone are no news: they change with every pass. */
export const isNews = (before: HostCondition, now: HostCondition): boolean =>
  (before.away === undefined) !== (now.away === undefined) ||
  before.unknown?.batch !== now.unknown?.batch ||
  (["held", "refused", "waiting"] as const).some((of) => before[of] > 0 !== now[of] > 0);
