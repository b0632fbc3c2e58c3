import {
  type AccessThere,
  findDueChanges,
  findOurs,
  listAccesses,
  listAccessesWithTerms,
} from "../../db/access/accesses.ts";
import {
  beginPut,
  recordApplied,
  recordGone,
  recordRefused,
} from "../../db/access/host-changes.ts";
import {
  allowRemovals,
  findHostFacts,
  type HostFacts,
  markBack,
  markCompared,
} from "../../db/access/hosts.ts";
import { openAccesses } from "../../db/access/opened-accesses.ts";
import { moveFromUnknownPeers, placeWaiting } from "../../db/access/placement.ts";
import { hasWaiting } from "../../db/access/waiting-accesses.ts";
import { writeLimits } from "../../db/access/terms.ts";
import type { RawCounter } from "../../db/access/traffic.ts";
import { storeUnknownPeers, type UnknownPeers } from "../../db/access/unknown-peers.ts";
import { inTransaction, queriesOf } from "../../db/orm.ts";
import { removalsOf } from "../../domain/access/drift.ts";
import { isDeviceAddress } from "../../domain/access/address-pool.ts";
import {
  differences,
  type Differences,
  type HostCondition,
  peersInTheWay,
  removalLimit,
} from "../../domain/access/host.ts";
import type { HostId } from "../../domain/ids.ts";
import { type Instant, instant } from "../../domain/time.ts";
import type { HostState } from "../../gateways/hosts/port.ts";
import { inParts, yieldEventLoop } from "../in-parts.ts";
import type { ReachedHost } from "./host-reach.ts";
import { HostRemoval, type PassPorts } from "./host-removal.ts";
import { HostTraffic } from "./host-traffic.ts";

/** Counters per statement: milliseconds of the event loop, 0.3 s of PostgreSQL. */
const countersAtOnce = 10_000;
/** So many take long enough for other rights to end meanwhile. */
const manyCounters = 1_000;

/** Of those that wait for an approval so many are named in the question. */
const mostNamed = 20;

interface Refusal {
  readonly accessId: string;
  readonly reason: string;
}

/** Applies the books to one host, difference by difference or by a full comparison. */
export class HostPass {
  readonly #id: HostId;
  readonly #host: ReachedHost;
  readonly #ports: PassPorts;
  readonly #traffic: HostTraffic;
  readonly #removal: HostRemoval;

  constructor(id: HostId, host: ReachedHost, ports: PassPorts) {
    this.#id = id;
    this.#host = host;
    this.#ports = ports;
    this.#traffic = new HostTraffic(id, ports);
    this.#removal = new HostRemoval(id, { ...ports, host, traffic: this.#traffic });
  }

  get #db() {
    return queriesOf(this.#ports.em.fork());
  }

  #now(): Instant {
    return instant(this.#ports.now());
  }

  /**
   * Applies the changes that are due, removals first, without listing the host's peers.
   * @returns false when the host refused something, and a full comparison should find out why.
   */
  async followBooks(): Promise<boolean> {
    await this.#placeWaiting();
    await this.#writeLimits();
    const due = await findDueChanges(this.#db, this.#id, this.#now());
    await this.#removal.remove(due.remove);
    return (await this.#apply(due.apply)).length === 0;
  }

  /**
   * Compares the whole host with the books and repairs what is ours.
   * @returns undefined when the host does not exist any more.
   */
  async compareWhole(): Promise<HostCondition | undefined> {
    const facts = await findHostFacts(this.#db, this.#id);
    if (facts === undefined) return undefined;
    const listed = await this.#host.list();
    if (facts.isAway)
      await inTransaction(this.#ports.em, (db) => markBack(db, this.#id, this.#now()));
    const state = await this.#recordTraffic(listed);
    await this.#writeLimits();
    const { keepsUsers } = await this.#host.traits();
    const listWanted = keepsUsers ? listAccessesWithTerms : listAccesses;
    const wanted = await listWanted(this.#db, this.#id, this.#now());
    const found = differences(state.peers, wanted);
    const { held, heldSome, toAsk } = await this.#removeUnwanted({ facts, state, wanted, found });
    await this.#recordAbsent({ facts, state, wanted, found });
    await this.#placeWaiting();
    const refused = await this.#apply(await this.#findMissing(found, wanted));
    if (refused.length > 0)
      await inTransaction(this.#ports.em, (db) => recordRefused(db, refused, this.#now()));
    const compared = { id: this.#id, epoch: state.epoch, now: this.#now() };
    const troubles = await markCompared(this.#db, compared);
    return { held, ...heldSome, ...troubles, ...(toAsk === undefined ? {} : { unknown: toAsk }) };
  }

  /** Where the host keeps users, brings the limits of their counters up to date. */
  async #writeLimits(): Promise<void> {
    if (!(await this.#host.traits()).keepsUsers) return;
    await inTransaction(this.#ports.em, (db) => writeLimits(db, this.#id, this.#now()));
  }

  /** Places waiting accesses, also on other hosts, whose loops it wakes. */
  async #placeWaiting(): Promise<void> {
    if (!(await hasWaiting(this.#db, this.#now()))) return;
    await inTransaction(this.#ports.em, (db) => placeWaiting(db, this.#now()));
  }

  /** Adds accesses to the host. Returns those that it refused or that cannot be decrypted. */
  async #apply(ids: readonly string[]): Promise<Refusal[]> {
    const refused: Refusal[] = [];
    await this.#removal.doInParts(ids, async (some) => {
      const asked = { ids: some, now: this.#now() };
      const { opened, sealed, ended } = await openAccesses(this.#db, this.#ports.vault, asked);
      await this.#removal.remove(ended);
      refused.push(...sealed);
      await beginPut(
        this.#db,
        opened.map(({ accessId }) => accessId),
      );
      const answers = opened.length === 0 ? [] : await this.#host.apply(opened);
      refused.push(...answers.filter((answer) => answer.kind === "refused"));
      const applied = answers.filter(({ kind }) => kind === "applied");
      await this.#recordApplied(applied.map(({ accessId }) => accessId));
    });
    return refused;
  }

  #recordApplied(ids: readonly string[]): Promise<void> {
    return inTransaction(this.#ports.em, (db) => recordApplied(db, ids, this.#now()));
  }

  /**
   * Stores the counters. Returns the state afterwards: identities that fell due while many counters
   * were written have been removed.
   */
  async #recordTraffic({ epoch, peers }: HostState): Promise<HostState> {
    const gone = new Set<string>();
    const isStill = ({ identity }: RawCounter) => !gone.has(identity);
    let isLate = false;
    for (const some of inParts(peers, countersAtOnce)) {
      if (isLate)
        for (const identity of await this.#removal.remove(await this.#removal.findEnded()))
          gone.add(identity);
      isLate = (await this.#traffic.record(epoch, some.filter(isStill))) > manyCounters;
      await yieldEventLoop();
    }
    return { epoch, peers: gone.size === 0 ? peers : peers.filter(isStill) };
  }

  /**
   * Removes peers whose right has ended and those that an admin approved for removal. Peers that
   * the database did not expect on the host are drift, e.g. after a restore from a backup: only a
   * limited number of them is removed without approval.
   */
  async #removeUnwanted({ facts, state, wanted, found }: Comparison) {
    const ours = await findOurs(this.#db, this.#id, found.foreign);
    const { mayGo, toAsk } = await this.#storeUnknown({ facts, state, found }, ours);
    const { ended, unexpected: drift } = removalsOf(found.unwanted, { booked: wanted, ours });
    const limit = Math.max(removalLimit(state.peers.length), facts.removalsAllowed);
    const held = drift.length > limit ? drift.length : 0;
    const toRemove = held > 0 ? peersInTheWay(ours, { peers: state.peers, wanted, found }) : drift;
    await this.#removal.remove([...ended, ...mayGo, ...toRemove]);
    if (facts.removalsAllowed > 0 && held === 0) await allowRemovals(this.#db, this.#id, 0);
    const some = drift.toSorted().slice(0, mostNamed);
    return { held, heldSome: held > 0 ? { heldSome: some } : {}, toAsk };
  }

  async #storeUnknown(
    { facts, state, found }: Omit<Comparison, "wanted">,
    ours: ReadonlySet<string>,
  ): Promise<UnknownPeers> {
    const foreign = new Set(found.foreign.filter((identity) => !ours.has(identity)));
    const unknown = state.peers
      .filter(({ identity }) => foreign.has(identity))
      .map(({ identity, addresses }) => {
        return { identity, addresses: inPool(facts, addresses) };
      })
      .filter(({ addresses }) => addresses.length > 0);
    if (unknown.length === 0 && !facts.hasUnknown) return { mayGo: [], toAsk: undefined };
    const kept = { hostId: this.#id, found: unknown, now: this.#now() };
    return inTransaction(this.#ports.em, async (db) => {
      const peers = await storeUnknownPeers(db, kept);
      await moveFromUnknownPeers(db, this.#id, kept.now);
      return peers;
    });
  }

  /**
   * Records peers that the host lacks. If the epoch is new, it lost all and gets them back at once;
   * a peer that was lost alone has its counters start at 0.
   */
  async #recordAbsent({ facts, state, wanted, found }: Comparison): Promise<void> {
    const absent = new Set(found.absent);
    const isSameEpoch = facts.epoch === state.epoch;
    const identities = wanted
      .filter(({ identity, letIn, isRetired, onHost, isBegun }) => {
        const isNews = letIn ? onHost && isSameEpoch : onHost || isBegun;
        return absent.has(identity) && (isRetired || isNews);
      })
      .map(({ identity }) => identity);
    const { keepsUsers: keepsCounters } = await this.#host.traits();
    await this.#removal.doInParts(identities, (some) =>
      recordGone(this.#db, {
        hostId: this.#id,
        identities: some,
        now: this.#now(),
        keepsCounters,
      }),
    );
  }

  /** Ids of missing accesses. Those that are there without the database knowing are recorded. */
  async #findMissing(found: Differences, wanted: readonly AccessThere[]): Promise<string[]> {
    const missing = new Set(found.missing);
    const allowed = wanted.filter((access) => access.letIn);
    const unrecorded = allowed.filter(({ identity, onHost }) => !onHost && !missing.has(identity));
    await this.#removal.doInParts(
      unrecorded.map(({ id }) => id),
      (some) => this.#recordApplied(some),
    );
    return allowed.filter(({ identity }) => missing.has(identity)).map(({ id }) => id);
  }
}

interface Comparison {
  readonly facts: HostFacts;
  readonly state: HostState;
  readonly wanted: readonly AccessThere[];
  readonly found: Differences;
}

const inPool = ({ network, network6 }: HostFacts, addresses: readonly string[]): string[] => {
  const pools = [network, network6].filter((pool) => pool !== undefined);
  return addresses
    .filter((address) => pools.some((pool) => isDeviceAddress(pool, address)))
    .toSorted();
};
