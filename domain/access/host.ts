import { type Instant, toMs } from "../time.ts";

/**
 * What a host that keeps terms ends by itself, also while we are away. Absolute: the same terms may
 * be given any number of times.
 */
export interface AccessTerms {
  /** When the right ends, to the second; undefined: not by itself. */
  readonly endsAt: Instant | undefined;
  /** Bytes, up and down together, that its counters may show; undefined: no limit. */
  readonly limitBytes: number | undefined;
  /** How many devices may use it; undefined: no limit. */
  readonly deviceLimit: number | undefined;
}

/** A user of a panel, which may be kept although the panel does not let them in. */
export interface PanelUser {
  /** Whether the panel lets them in, as it says itself; it may lag behind by a minute. */
  readonly isLetIn: boolean;
  readonly terms: AccessTerms;
  /** False: panels of this kind have no limit of devices, and it is not compared. */
  readonly limitsDevices: boolean;
  /**
   * What of this user an `apply` would repair, in words for operators: the marker that makes it
   * ours, its servers. Undefined: nothing.
   */
  readonly fault: string | undefined;
}

/** A peer or a user that a host has now. */
export interface FoundPeer {
  readonly identity: string;
  /** All addresses that the host allows it. */
  readonly addresses: readonly string[];
  readonly presharedHash: string | undefined;
  /** Undefined: a peer, which the host lets in as long as it has it. */
  readonly user?: PanelUser;
}

/** A peer or a user as the books want it on its host. */
export interface WantedPeer {
  readonly identity: string;
  /** Null: hosts of this kind have no addresses; addresses are then not compared. */
  readonly address: string | null;
  /** IPv6; null or left out: it has none. */
  readonly address6?: string | null;
  readonly presharedHash: string;
  /** Compared where the host has users. */
  readonly terms?: AccessTerms;
  /** False: it is ours and must not be on the host. */
  readonly letIn: boolean;
}

/** How a host differs from the books: identities, by what is to be done. */
export interface Differences {
  /** Ours that should be on the host and are missing or differ. */
  readonly missing: readonly string[];
  /** Ours that the host lets in and should not. */
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
  const unwanted = seen.filter(
    ({ identity, user }) => ours.get(identity)?.letIn === false && user?.isLetIn !== false,
  );
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

/** Of a peer without a preshared key, as others make them. */
export const noPresharedHash = "";

const isAsWanted = (seen: FoundPeer | undefined, wanted: WantedPeer): boolean =>
  seen !== undefined && changesOf(seen, wanted).length === 0;

/**
 * What of a peer or a user differs from what the books want, in words for operators; nothing: it is
 * as wanted. A panel knows no preshared keys: what it gives its users follows from their names.
 */
export function changesOf(seen: FoundPeer, wanted: WantedPeer): string[] {
  const { user } = seen;
  if (user !== undefined) return changesOfUser(user, wanted.terms);
  const { address, address6, presharedHash } = wanted;
  const { addresses } = seen;
  const own = address6 == null ? [address] : [address, address6];
  const isSameAddress =
    address === null ||
    (addresses.length === own.length &&
      own.every((one) => one !== null && addresses.includes(one)));
  return [
    ...((seen.presharedHash ?? noPresharedHash) === presharedHash ? [] : ["its preshared key"]),
    ...(isSameAddress ? [] : [`its address (${addresses.join(", ") || "none"})`]),
  ];
}

function changesOfUser(user: PanelUser, wanted: AccessTerms | undefined): string[] {
  const { isLetIn, fault, terms, limitsDevices } = user;
  if (wanted === undefined) return ["its terms"];
  const isSameEnd = secondOf(terms.endsAt) === secondOf(wanted.endsAt);
  const isSameDevices = !limitsDevices || terms.deviceLimit === wanted.deviceLimit;
  return [
    ...(isLetIn ? [] : ["it is shut out"]),
    ...(fault === undefined ? [] : [fault]),
    ...(isSameEnd ? [] : [`its end (${terms.endsAt ?? "never"})`]),
    ...(terms.limitBytes === wanted.limitBytes
      ? []
      : [`its traffic limit (${terms.limitBytes ?? "none"} bytes)`]),
    ...(isSameDevices ? [] : [`its limit of devices (${terms.deviceLimit ?? "none"})`]),
  ];
}

/** The last whole second before it: panels keep whole ones. */
const secondOf = (at: Instant | undefined): number | undefined =>
  at === undefined ? undefined : Math.floor(toMs(at) / 1_000);

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
    readonly wanted: readonly Pick<WantedPeer, "identity" | "address" | "address6">[];
    readonly found: Pick<Differences, "missing">;
  },
): string[] {
  const missing = new Set(found.missing);
  const needed = new Set(
    wanted.flatMap(({ identity, address, address6 }) =>
      missing.has(identity) ? [address, address6] : [],
    ),
  );
  return peers
    .filter(
      ({ identity, addresses }) => ours.has(identity) && addresses.some((one) => needed.has(one)),
    )
    .map(({ identity }) => identity);
}

/**
 * How many of a host's `peers` a full comparison may remove without an admin's approval: 5 % of
 * them, but at least ten. The limit holds for drift alone, that is for peers that the database did
 * not expect on the host. A peer whose right has ended by the books (time, a block, a used-up
 * quota, a retired key) is removed at once, however many there are.
 */
export const removalLimit = (peers: number): number => Math.max(10, Math.floor(peers / 20));

/**
 * How many peers may be removed after admins approved `count`: some more may have been added since.
 */
export const removalsAgreed = (count: number): number => Math.ceil(count * 1.1);

/**
 * How long after a full comparison the next one begins: a large panel works for twenty seconds to
 * list its users, and needs twice as long for itself.
 */
export const comparisonPauseMs = (everyMs: number, tookMs: number): number =>
  Math.max(everyMs, 2 * tookMs);

/** The state of a host as its reconciler last found it. */
export interface HostCondition {
  /** The last failure; undefined: the host answers. */
  readonly away?: string;
  /** Peers to remove, held back because they are more than may be removed without approval. */
  readonly held: number;
  /** The first of these by their names, for the question to the admins. */
  readonly heldSome?: readonly string[];
  /** Accesses that the host refuses. */
  readonly refused: number;
  /** Accesses for which no host has room. */
  readonly waiting: number;
  /** Peers on our addresses with unknown keys about which admins have not been asked yet. */
  readonly unknown?: { readonly batch: string; readonly count: number };
  /** The host was removed: nothing keeps it any more. */
  readonly isGone?: true;
}

/** A host without troubles. */
export const wellHost: HostCondition = { held: 0, refused: 0, waiting: 0 };

/**
 * Whether operators would see a different state. A changed count alone does not matter, because
 * counts change with every pass.
 */
export const isNews = (before: HostCondition, now: HostCondition): boolean =>
  before.isGone !== now.isGone ||
  (before.away === undefined) !== (now.away === undefined) ||
  before.unknown?.batch !== now.unknown?.batch ||
  (["held", "refused", "waiting"] as const).some((of) => before[of] > 0 !== now[of] > 0);
