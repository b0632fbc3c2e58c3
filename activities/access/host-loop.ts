import { nextEnd, notifyWaitingFor } from "../../db/access/accesses.ts";
import { markAway } from "../../db/access/hosts.ts";
import { markAsked } from "../../db/access/unknown-peers.ts";
import type { Listener, Wake } from "../../db/notifications.ts";
import { type EntityManager, inTransaction, queriesOf } from "../../db/orm.ts";
import type { Vault } from "../../db/vault.ts";
import { type HostCondition, isNews, wellHost } from "../../domain/access/host.ts";
import type { HostId } from "../../domain/ids.ts";
import { instant, msBetween } from "../../domain/time.ts";
import { pause } from "../pause.ts";
import type { HostDirectory } from "./host-directory.ts";
import { HostPass } from "./host-pass.ts";
import { HostFailure, reach } from "./host-reach.ts";

export interface HostLoopPorts {
  readonly em: EntityManager;
  readonly vault: Vault;
  readonly hosts: HostDirectory;
  /** Opens a connection that hears the channel `hosts`. */
  readonly listen: () => Promise<Listener>;
  readonly now: () => Date;
  readonly pace?: HostPace;
}

export interface HostPace {
  /** How often a host is compared whole when nothing is said about it. */
  readonly compareEveryMs: number;
  /** After how long without an answer people are told that a host is away. */
  readonly awayAfterMs: number;
  /** The longest pause before a host that is away is tried again. */
  readonly retryEveryMs: number;
}

const usualPace: HostPace = { compareEveryMs: 20_000, awayAfterMs: 5_000, retryEveryMs: 5_000 };

/** While one loop acts, others of the same host look so often whether it still does. */
const lockEveryMs = 200;
/** A pass is followed by a pause of four times its length, at most this: others need the books, too. */
const longestGapMs = 500;

export interface HostLoopInput {
  readonly hostId: HostId;
  /** How the host stood when somebody last decided over it: the loop ends when that has changed. */
  readonly known: HostCondition;
  /** A question about unknown peers that has been put to the admins. */
  readonly asked?: string;
}

/**
 * Keeps a host equal to the books until somebody has to know of a change: answers how the host then stands.
 * It is woken by NOTIFY, by the next end of a right, and from time to time for a full comparison. Of several
 * loops of one host one acts at a time. `goOn` is called between steps and throws when the loop should end.
 */
export async function followHost(
  ports: HostLoopPorts,
  input: HostLoopInput,
  { signal, goOn }: { readonly signal: AbortSignal; readonly goOn: () => void },
): Promise<HostCondition> {
  const listener = await ports.listen();
  try {
    return await new HostLoop(ports, { ...input, listener, signal, goOn }).run();
  } finally {
    await listener.close();
  }
}

interface LoopContext extends HostLoopInput {
  readonly listener: Listener;
  readonly signal: AbortSignal;
  readonly goOn: () => void;
}

class HostLoop {
  readonly #ports: HostLoopPorts;
  readonly #given: LoopContext;
  readonly #pace: HostPace;
  readonly #pass: HostPass;
  #comparedAt = Number.NEGATIVE_INFINITY;
  #condition: HostCondition;
  #failure: { readonly sinceMs: number; tries: number } | undefined;

  constructor(ports: HostLoopPorts, given: LoopContext) {
    this.#ports = ports;
    this.#given = given;
    this.#pace = ports.pace ?? usualPace;
    this.#condition = given.known;
    const goOn = () => this.#goOn();
    const { em, vault, now } = ports;
    const host = reach(ports.hosts, given.hostId);
    this.#pass = new HostPass(given.hostId, host, { em, vault, now, goOn });
  }

  async run(): Promise<HostCondition> {
    const { hostId, asked, known } = this.#given;
    await this.#lock();
    if (asked !== undefined) await markAsked(this.#db, hostId, asked);
    for (;;) {
      const startedMs = performance.now();
      await this.#takeTurn();
      if (isNews(known, this.#condition)) return this.#condition;
      const tookMs = performance.now() - startedMs;
      await this.#pause(this.#failure ? 0 : Math.min(longestGapMs, 4 * tookMs));
    }
  }

  get #db() {
    return queriesOf(this.#ports.em.fork());
  }

  get #lockName(): string {
    return `host/${this.#given.hostId}`;
  }

  /** Never on with another loop beside this one: a lost connection is a lost lock. */
  #goOn(): void {
    this.#given.goOn();
    if (!this.#given.listener.holds(this.#lockName)) throw new LockLost();
  }

  async #lock(): Promise<void> {
    const { listener, signal } = this.#given;
    while (!(await listener.tryLock(this.#lockName))) {
      this.#given.goOn();
      await listener.next(lockEveryMs, signal);
    }
    this.#given.goOn();
  }

  async #takeTurn(): Promise<void> {
    try {
      this.#goOn();
      const isDue = performance.now() - this.#comparedAt >= this.#pace.compareEveryMs;
      const isWell = this.#failure === undefined && (await this.#pass.followBooks());
      if (!isWell || isDue) await this.#compareWhole();
    } catch (error) {
      if (error instanceof HostFailure) return this.#noteFailure(error.message);
      if (!(error instanceof LockLost)) throw error;
      await this.#lock();
      this.#comparedAt = Number.NEGATIVE_INFINITY;
    }
  }

  async #compareWhole(): Promise<void> {
    this.#condition = (await this.#pass.compareWhole()) ?? wellHost;
    this.#comparedAt = performance.now();
    this.#failure = undefined;
  }

  async #noteFailure(trouble: string): Promise<void> {
    this.#failure ??= { sinceMs: performance.now(), tries: 0 };
    this.#failure.tries += 1;
    const { hostId } = this.#given;
    const isAway =
      this.#condition.away !== undefined ||
      performance.now() - this.#failure.sinceMs >= this.#pace.awayAfterMs;
    if (!isAway) return;
    const now = instant(this.#ports.now());
    await inTransaction(this.#ports.em, async (db) => {
      await markAway(db, { id: hostId, trouble, now });
      await notifyWaitingFor(db, hostId, now);
    });
    this.#condition = { ...this.#condition, away: trouble };
  }

  /** Until something is due. Notifications that come in the first `gapMs` are worked off together. */
  async #pause(gapMs: number): Promise<void> {
    if (gapMs > 0) await this.#sleep(gapMs);
    if (this.#failure !== undefined) return this.#pauseAfterFailure(this.#failure.tries);
    const wake = await this.#next(await this.#dueInMs());
    const isAsked = wake.kind === "notified" && wake.payloads.includes(this.#given.hostId);
    if (isAsked || wake.kind === "reconnected") this.#comparedAt = Number.NEGATIVE_INFINITY;
  }

  async #dueInMs(): Promise<number> {
    const now = instant(this.#ports.now());
    const end = await nextEnd(this.#db, this.#given.hostId, now);
    const compareInMs = this.#comparedAt + this.#pace.compareEveryMs - performance.now();
    const endInMs = end === undefined ? Number.POSITIVE_INFINITY : msBetween(now, end);
    return Math.max(0, Math.min(compareInMs, endInMs));
  }

  /** A host that is away is left alone for a while; who comes to wait for it meanwhile is told. */
  async #pauseAfterFailure(tries: number): Promise<void> {
    const untilMs = performance.now() + Math.min(this.#pace.retryEveryMs, 100 * 2 ** tries);
    for (;;) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) return;
      const wake = await this.#next(leftMs);
      if (wake.kind !== "notified" || this.#condition.away === undefined) continue;
      const now = instant(this.#ports.now());
      await inTransaction(this.#ports.em, (db) => notifyWaitingFor(db, this.#given.hostId, now));
    }
  }

  async #next(timeoutMs: number): Promise<Wake> {
    const { listener, signal } = this.#given;
    const wake = await listener.next(timeoutMs, signal);
    this.#given.goOn();
    return wake;
  }

  async #sleep(ms: number): Promise<void> {
    await pause(ms, this.#given.signal).catch(() => undefined);
    this.#given.goOn();
  }
}

class LockLost extends Error {
  override readonly name = "LockLost";
}
