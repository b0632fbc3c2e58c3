/** A peer that a host has now. */
export interface FoundPeer {
  readonly identity: string;
  /** All addresses that the host allows it. */
  readonly addresses: readonly string[];
  readonly presharedHash: string | undefined;
}

/** A peer as the books want it on its host. */
export interface WantedPeer {
  readonly identity: string;
  /** Null: hosts of this kind have no addresses; addresses are then not compared. */
  readonly address: string | null;
  readonly presharedHash: string;
  /** False: it is ours and must not be on the host. */
  readonly letIn: boolean;
}

/** How a host differs from the books: identities, by what is to be done. */
export interface Differences {
  /** Ours that should be on the host and are missing or differ. */
  readonly missing: readonly string[];
  /** Ours that are on the host and should not be. */
  readonly unwanted: readonly string[];
  /** Unknown to the database on this host; a comparison never touches them. */
  readonly foreign: readonly string[];
  /** Ours that the host does not have. */
  readonly absent: readonly string[];
}

/** Compares all peers of a host with the database, peer by peer. Returns identities. */
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
 * Returns our former keys on addresses that now belong to a missing peer: they are removed in any
 * case. `ours` are all identities that the database has ever had.
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
 * How many of a host's `peers` a full comparison may remove without an admin's approval: a fifth of
 * them, but at least ten. The limit holds for drift alone, that is for peers that the database did
 * not expect on the host. A peer whose right has ended by the books (time, a block, a used-up
 * quota, a retired key) is removed at once, however many there are.
 */
export const removalLimit = (peers: number): number => Math.max(10, Math.floor(peers / 5));

/**
 * How many peers may be removed after admins approved `count`: some more may have been added since.
 */
export const removalsAgreed = (count: number): number => Math.ceil(count * 1.1);

/** The state of a host as its reconciler last found it. */
export interface HostCondition {
  /** The last failure; undefined: the host answers. */
  readonly away?: string;
  /** Peers to remove, held back because they are more than may be removed without approval. */
  readonly held: number;
  /** Accesses that the host refuses. */
  readonly refused: number;
  /** Accesses for which no host has room. */
  readonly waiting: number;
  /** Peers on our addresses with unknown keys about which admins have not been asked yet. */
  readonly unknown?: { readonly batch: string; readonly count: number };
}

/** A host without troubles. */
export const wellHost: HostCondition = { held: 0, refused: 0, waiting: 0 };

/**
 * Whether operators would see a different state. A changed count alone does not matter, because
 * counts change with every pass.
 */
export const isNews = (before: HostCondition, now: HostCondition): boolean =>
  (before.away === undefined) !== (now.away === undefined) ||
  before.unknown?.batch !== now.unknown?.batch ||
  (["held", "refused", "waiting"] as const).some((of) => before[of] > 0 !== now[of] > 0);
