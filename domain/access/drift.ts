import {
  changesOf,
  differences,
  type FoundPeer,
  type PanelUser,
  removalLimit,
  type WantedPeer,
} from "./host.ts";

/** A peer or a user by which a host differs from the books. */
export interface DriftLine {
  readonly identity: string;
  /** What a pass would change of it, in words for operators. */
  readonly changes?: readonly string[];
}

/** A peer or a user of the host that is not one of ours. */
export interface ForeignLine {
  readonly identity: string;
  readonly addresses: readonly string[];
  /** Of a panel: until when it is let in; null: without an end. */
  readonly endsAt?: string | null;
  readonly isLetIn?: boolean;
  /** Its number in Telegram, as far as its name and note say so. */
  readonly owner?: number;
  /** It was marked as known and not ours. */
  readonly isExternal?: true;
}

/** Lines, the first of them by identity, and how many there are in all. */
export interface DriftPart<Line> {
  readonly count: number;
  readonly lines: readonly Line[];
}

/** What a pass over a host would do now. */
export interface HostDrift {
  readonly kind: "compared";
  /** How many peers or users the host has. */
  readonly found: number;
  /** How many of ours should be let in. */
  readonly wanted: number;
  /** Ours that the host does not have. */
  readonly add: DriftPart<DriftLine>;
  /** Ours that differ from the books. */
  readonly change: DriftPart<DriftLine>;
  /** Ours whose right has ended by the books. */
  readonly end: DriftPart<DriftLine>;
  /** Ours that the books did not expect there: above `removalLimit` admins are asked. */
  readonly remove: DriftPart<DriftLine>;
  readonly removalLimit: number;
  /** Not ours: they are never touched. */
  readonly foreign: DriftPart<ForeignLine>;
}

/** What came of a comparison that changes nothing. */
export type DriftAnswer =
  | HostDrift
  /** The host is not in the books any more. */
  | { readonly kind: "noHost" }
  | { readonly kind: "away"; readonly trouble: string };

/** Lines of one part: the rest is counted. */
export const mostDriftLines = 500;

/** A peer or a user of ours, and what the books know of it. */
export interface BookedPeer extends WantedPeer {
  /** Its key is replaced, or its device revoked. */
  readonly isRetired: boolean;
  readonly onHost: boolean;
  /** The host was asked to add it. */
  readonly isBegun: boolean;
}

/** A host's peers, and everything of the books that they are compared with. */
export interface DriftFacts {
  readonly found: readonly FoundPeer[];
  readonly booked: readonly BookedPeer[];
  /** Of those that this host should not have: those that the books have ever had. */
  readonly ours: ReadonlySet<string>;
  /** Of those that are not ours: those that stay, as the operator has said. */
  readonly external?: ReadonlySet<string>;
  /** Numbers in Telegram of those that are not ours, by identity. */
  readonly owners?: ReadonlyMap<string, number>;
}

/** What is to be taken off a host: what has ended, what was not expected, and what is not ours. */
export interface Removals {
  /** Identities whose right has ended by the books: removed at once. */
  readonly ended: readonly string[];
  /** Identities that the books did not expect there: removed up to the limit. */
  readonly unexpected: readonly string[];
}

/**
 * Tells what has ended from what was not expected on the host, as after a restore from a backup.
 */
export function removalsOf(
  unwanted: readonly string[],
  { booked, ours }: Pick<DriftFacts, "booked" | "ours">,
): Removals {
  const expected = new Set(
    booked
      .filter((one) => one.isRetired || one.onHost || one.isBegun)
      .map(({ identity }) => identity),
  );
  return {
    ended: unwanted.filter((identity) => expected.has(identity)),
    unexpected: [...unwanted.filter((identity) => !expected.has(identity)), ...ours],
  };
}

/** How a host differs from the books, line by line. */
export function driftOf(facts: DriftFacts): HostDrift {
  const { found, booked, ours } = facts;
  const seen = new Map(found.map((peer) => [peer.identity, peer]));
  const byIdentity = new Map(booked.map((peer) => [peer.identity, peer]));
  const { missing, unwanted, foreign } = differences(found, booked);
  const { ended, unexpected } = removalsOf(unwanted, { booked, ours });
  const lineOf = (identity: string): DriftLine => {
    const peer = byIdentity.get(identity);
    const there = seen.get(identity);
    const changes = peer?.letIn && there ? changesOf(there, peer) : [];
    return {
      identity,
      ...(changes.length > 0 && { changes }),
    };
  };
  const part = (identities: readonly string[]) => partOf(identities, lineOf);
  return {
    kind: "compared",
    found: found.length,
    wanted: booked.filter(({ letIn }) => letIn).length,
    add: part(missing.filter((identity) => !seen.has(identity))),
    change: part(missing.filter((identity) => seen.has(identity))),
    end: part(ended),
    remove: part(unexpected),
    removalLimit: removalLimit(found.length),
    foreign: partOf(
      foreign.filter((identity) => !ours.has(identity)),
      (identity) => foreignLine(seen.get(identity) as FoundPeer, facts),
    ),
  };
}

function partOf<Line>(
  identities: readonly string[],
  lineOf: (identity: string) => Line,
): DriftPart<Line> {
  const lines = identities.toSorted().slice(0, mostDriftLines).map(lineOf);
  return { count: identities.length, lines };
}

function foreignLine(
  { identity, addresses, user }: FoundPeer,
  { external, owners }: DriftFacts,
): ForeignLine {
  const owner = owners?.get(identity);
  return {
    identity,
    addresses,
    ...(user && rightsOf(user)),
    ...(owner !== undefined && { owner }),
    ...(external?.has(identity) === true && { isExternal: true }),
  };
}

const rightsOf = ({ terms, isLetIn }: PanelUser) => ({ endsAt: terms.endsAt ?? null, isLetIn });
