import {
  accessesOn,
  type AccessThere,
  beginPut,
  dueChanges,
  dueRemovals,
  oursAmong,
  recordApplied,
  recordGone,
  recordRefused,
} from "../../db/access/accesses.ts";
import {
  allowRemovals,
  type HostFacts,
  hostFacts,
  markBack,
  markCompared,
} from "../../db/access/hosts.ts";
import { openAccesses } from "../../db/access/opened-accesses.ts";
import { isAnybodyWaiting, moveOutOfTheWay, placeWaiting } from "../../db/access/placement.ts";
import { type RawCounter, recordTraffic } from "../../db/access/traffic.ts";
import { keepUnknownPeers, type UnknownPeers } from "../../db/access/unknown-peers.ts";
import { type EntityManager, inTransaction, queriesOf } from "../../db/orm.ts";
import type { Vault } from "../../db/vault.ts";
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

export interface PassPorts {
  readonly em: EntityManager;
  readonly vault: Vault;
  readonly now: () => Date;
  /** Called between steps: the pass goes on. Throws where it should not. */
  readonly goOn: () => void;
}

/** So many accesses in one call: some 10 ms to decrypt, and less than a second for a daemon to take. */
const atOnce = 1_000;
/** Counters in one statement: some milliseconds of the event loop, and a third of a second of PostgreSQL. */
const countersAtOnce = 10_000;

interface Refusal {
  readonly accessId: string;
  readonly reason: string;
}

/** Makes one host follow the books, difference by difference or compared whole. */
export class HostPass {
  readonly #id: HostId;
  readonly #host: ReachedHost;
  readonly #ports: PassPorts;
  /** The readings that the books have for certain: what has not moved since is not sent to them again. */
  readonly #recorded = new Map<string, string>();

  constructor(id: HostId, host: ReachedHost, ports: PassPorts) {
    this.#id = id;
    this.#host = host;
    this.#ports = ports;
  }

  get #db() {
    return queriesOf(this.#ports.em.fork());
  }

  #now(): Instant {
    return instant(this.#ports.now());
  }

  /**
   * Does what the books have decided since: removals first, each known difference alone, without a look at the
   * rest of the host. False: the host refused something, and a full comparison should find out why.
   */
  async followBooks(): Promise<boolean> {
    await this.#place();
    const due = await dueChanges(this.#db, this.#id, this.#now());
    await this.#takeOff(due.remove);
    return (await this.#putOn(due.apply)).length === 0;
  }

  /** Compares the host with the books and mends what is ours. Undefined: there is no such host any more. */
  async compareWhole(): Promise<HostCondition | undefined> {
    const facts = await hostFacts(this.#db, this.#id);
    if (facts === undefined) return undefined;
    const listed = await this.#host.list();
    if (facts.isAway)
      await inTransaction(this.#ports.em, (db) => markBack(db, this.#id, this.#now()));
    const state = await this.#recordTraffic(listed);
    const wanted = await accessesOn(this.#db, this.#id, this.#now());
    const found = differences(state.peers, wanted);
    const { held, toAsk } = await this.#takeOffUnwanted({ facts, state, wanted, found });
    await this.#noteAbsent({ facts, state, wanted, found });
    await this.#place();
    const refused = await this.#putOn(await this.#toPut(found, wanted));
    if (refused.length > 0) await inTransaction(this.#ports.em, (db) => recordRefused(db, refused));
    const compared = { id: this.#id, epoch: state.epoch, now: this.#now() };
    const troubles = await markCompared(this.#db, compared);
    return { held, ...troubles, ...(toAsk === undefined ? {} : { unknown: toAsk }) };
  }

  /** Gives places to who waits for one, also on other hosts: theirs are woken by it. */
  async #place(): Promise<void> {
    if (!(await isAnybodyWaiting(this.#db, this.#now()))) return;
    await inTransaction(this.#ports.em, (db) => placeWaiting(db, this.#now()));
  }

  /** Who falls due meanwhile goes before those that are left. Answers with all that went. */
  async #takeOff(identities: readonly string[]): Promise<readonly string[]> {
    const went: string[] = [];
    for (let left = identities; left.length > 0;) {
      this.#ports.goOn();
      const some = left.slice(0, atOnce);
      const { epoch, counters } = await this.#host.remove(some);
      const now = this.#now();
      await inTransaction(this.#ports.em, async (db) => {
        await recordTraffic(db, { hostId: this.#id, epoch, counters, now });
        await recordGone(db, { hostId: this.#id, identities: some, now });
      });
      for (const identity of some) this.#recorded.delete(identity);
      went.push(...some);
      left = left.slice(atOnce);
      if (left.length > 0) left = [...(await this.#endedSince(left)), ...left];
    }
    return went;
  }

  /** Who must go by now, without those that are about to. */
  async #endedSince(known: readonly string[] = []): Promise<string[]> {
    const due = await dueRemovals(this.#db, this.#id, this.#now());
    const isKnown = new Set(known);
    return due.filter((identity) => !isKnown.has(identity));
  }

  /** Long work, part by part: who falls due meanwhile is off the host before the next part begins. */
  async #inTurns<Item>(
    items: readonly Item[],
    work: (some: readonly Item[]) => Promise<void>,
  ): Promise<void> {
    for (const some of inParts(items, atOnce)) {
      this.#ports.goOn();
      await work(some);
      if (items.length > atOnce) await this.#takeOff(await this.#endedSince());
    }
  }

  /** What the host would not take, or what cannot be opened for it. */
  async #putOn(ids: readonly string[]): Promise<Refusal[]> {
    const refused: Refusal[] = [];
    await this.#inTurns(ids, async (some) => {
      const asked = { ids: some, now: this.#now() };
      const { opened, sealed, ended } = await openAccesses(this.#db, this.#ports.vault, asked);
      await this.#takeOff(ended);
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

  /** Answers with the state as it then is: who fell due while many counters were written is off the host. */
  async #recordTraffic({ epoch, peers }: HostState): Promise<HostState> {
    const gone = new Set<string>();
    const isStill = ({ identity }: RawCounter) => !gone.has(identity);
    let isLate = false;
    for (const some of inParts(peers, countersAtOnce)) {
      if (isLate)
        for (const identity of await this.#takeOff(await this.#endedSince())) gone.add(identity);
      const counters = some.filter((peer) => {
        return isStill(peer) && this.#recorded.get(peer.identity) !== readingOf(epoch, peer);
      });
      await this.#recordCounters(epoch, counters);
      isLate = counters.length > atOnce;
      await yieldEventLoop();
    }
    return { epoch, peers: gone.size === 0 ? peers : peers.filter(isStill) };
  }

  async #recordCounters(epoch: string, counters: readonly RawCounter[]): Promise<void> {
    if (counters.length === 0) return;
    const read = { hostId: this.#id, epoch, counters, now: this.#now() };
    await inTransaction(this.#ports.em, (db) => recordTraffic(db, read));
    for (const peer of counters) this.#recorded.set(peer.identity, readingOf(epoch, peer));
  }

  /**
   * Whose right has ended by the books goes, and so does what an admin said may go. What the books did not
   * believe to be there is drift, e.g. of a host restored from a backup: of that only so much goes unasked.
   */
  async #takeOffUnwanted({ facts, state, wanted, found }: Comparison) {
    const ours = await oursAmong(this.#db, found.foreign);
    const { mayGo, toAsk } = await this.#keepUnknown({ facts, state, found }, ours);
    const unwanted = new Set(found.unwanted);
    const believed = wanted.filter((one) => one.isRetired || one.onHost || one.isBegun);
    const ended = believed.map(({ identity }) => identity).filter((one) => unwanted.has(one));
    const isEnded = new Set(ended);
    const drift = [...found.unwanted.filter((one) => !isEnded.has(one)), ...ours];
    const limit = Math.max(removalLimit(state.peers.length), facts.removalsAllowed);
    const held = drift.length > limit ? drift.length : 0;
    const goes = held > 0 ? peersInTheWay(ours, { peers: state.peers, wanted, found }) : drift;
    await this.#takeOff([...ended, ...mayGo, ...goes]);
    if (facts.removalsAllowed > 0 && held === 0) await allowRemovals(this.#db, this.#id, 0);
    return { held, toAsk };
  }

  async #keepUnknown(
    { facts, state, found }: Omit<Comparison, "wanted">,
    ours: ReadonlySet<string>,
  ): Promise<UnknownPeers> {
    const foreign = new Set(found.foreign.filter((identity) => !ours.has(identity)));
    const unknown = state.peers
      .filter(({ identity }) => foreign.has(identity))
      .map(({ identity, addresses }) => {
        return { identity, addresses: inPool(facts.network, addresses) };
      })
      .filter(({ addresses }) => addresses.length > 0);
    if (unknown.length === 0 && !facts.hasUnknown) return { mayGo: [], toAsk: undefined };
    const kept = { hostId: this.#id, found: unknown, now: this.#now() };
    return inTransaction(this.#ports.em, async (db) => {
      const peers = await keepUnknownPeers(db, kept);
      await moveOutOfTheWay(db, this.#id, kept.now);
      return peers;
    });
  }

  /** A host that lost all its peers has them back at once; who lost one alone has its counters begin again. */
  async #noteAbsent({ facts, state, wanted, found }: Comparison): Promise<void> {
    const absent = new Set(found.absent);
    const isSameEpoch = facts.epoch === state.epoch;
    const identities = wanted
      .filter(({ identity, letIn, isRetired, onHost, isBegun }) => {
        const isNews = letIn ? onHost && isSameEpoch : onHost || isBegun;
        return absent.has(identity) && (isRetired || isNews);
      })
      .map(({ identity }) => identity);
    await this.#inTurns(identities, (some) =>
      recordGone(this.#db, { hostId: this.#id, identities: some, now: this.#now() }),
    );
  }

  /** Ids of what is missing. What is there already, and the books do not know, is written down. */
  async #toPut(found: Differences, wanted: readonly AccessThere[]): Promise<string[]> {
    const missing = new Set(found.missing);
    const letIn = wanted.filter((access) => access.letIn);
    const unnoted = letIn.filter(({ identity, onHost }) => !onHost && !missing.has(identity));
    await this.#inTurns(
      unnoted.map(({ id }) => id),
      (some) => this.#recordApplied(some),
    );
    return letIn.filter(({ identity }) => missing.has(identity)).map(({ id }) => id);
  }
}

interface Comparison {
  readonly facts: HostFacts;
  readonly state: HostState;
  readonly wanted: readonly AccessThere[];
  readonly found: Differences;
}

const readingOf = (epoch: string, peer: RawCounter): string =>
  `${epoch} ${peer.uploadedBytes} ${peer.downloadedBytes} ${peer.lastHandshakeAt}`;

const inPool = (network: string, addresses: readonly string[]): string[] =>
  addresses.filter((address) => isDeviceAddress(network, address)).toSorted();
