import { findNextEnd, notifyWaitingFor } from "../../db/access/accesses.ts";
import { markAway } from "../../db/access/hosts.ts";
import { markAsked } from "../../db/access/unknown-peers.ts";
import type { Listener, Wake } from "../../db/notifications.ts";
import { type EntityManager, inTransaction, queriesOf } from "../../db/orm.ts";
import type { Vault } from "../../db/vault.ts";
import {
  comparisonPauseMs,
  type HostCondition,
  isNews,
  wellHost,
} from "../../domain/access/host.ts";
import { instant, msBetween } from "../../domain/time.ts";
import type { HostLoopInput } from "../../workflows/steps/reconcilers.ts";
import { pause } from "../pause.ts";
import type { HostDirectory } from "./host-directory.ts";
import { HostPass } from "./host-pass.ts";
import { type HostProbing, keepProbing } from "./host-probing.ts";
import { HostFailure, reach } from "./host-reach.ts";

/** What a host's loop reads, writes and waits for. */
export interface HostLoopPorts {
  readonly em: EntityManager;
  readonly vault: Vault;
  readonly hosts: HostDirectory;
  /** Opens a connection that listens to the channel `hosts`. */
  readonly listen: () => Promise<Listener>;
  readonly now: () => Date;
  readonly polling?: HostPolling;
  /** Undefined: nobody looks whether customers' traffic gets there. */
  readonly probing?: HostProbing | undefined;
}

/** When a host is compared, tried again and reported as away; all in milliseconds. */
export interface HostPolling {
  /** How often a host is fully compared when nothing wakes the loop. */
  readonly compareEveryMs: number;
  /** How long a host may be silent before people are notified. */
  readonly awayAfterMs: number;
  /** The longest pause between tries of a host that is away. */
  readonly retryEveryMs: number;
}

const defaultPolling: HostPolling = {
  compareEveryMs: 20_000,
  awayAfterMs: 5_000,
  retryEveryMs: 5_000,
};

/** How often a loop tries to get the lock while another loop of the same host has it. */
const lockEveryMs = 200;
/**
 * A pass is followed by a pause of four times its length, at most this:
 * others need the database, too.
 */
const longestGapMs = 500;

/**
 * Keeps a host equal to the books until its condition changes, and returns the new condition.
 * NOTIFY wakes it, so does the next end of a right, and it runs a full comparison at intervals. Of
 * several loops of one host one acts at a time. `checkpoint` is called between steps and throws
 * when the loop should end.
 */
export async function keepHost(
  ports: HostLoopPorts,
  input: HostLoopInput,
  { signal, checkpoint }: { readonly signal: AbortSignal; readonly checkpoint: () => void },
): Promise<HostCondition> {
  const listener = await ports.listen();
  const ending = new AbortController();
  const probed = probeBeside(ports, input, {
    signal: AbortSignal.any([signal, ending.signal]),
    mayAct: () => listener.holds(lockNameOf(input)),
  });
  try {
    return await new HostLoop(ports, { ...input, listener, signal, checkpoint }).run();
  } finally {
    ending.abort();
    await probed;
    await listener.close();
  }
}

/** Probes the host's data plane while its loop runs: neither waits for the other. */
async function probeBeside(
  { em, hosts, now, probing }: HostLoopPorts,
  { hostId }: HostLoopInput,
  during: Parameters<typeof keepProbing>[2],
): Promise<void> {
  if (probing !== undefined) await keepProbing({ em, hosts, now, probing }, hostId, during);
}

/** Whoever holds this lock acts on the host. */
const lockNameOf = ({ hostId }: Pick<HostLoopInput, "hostId">): string => `host/${hostId}`;

interface LoopContext extends HostLoopInput {
  readonly listener: Listener;
  readonly signal: AbortSignal;
  readonly checkpoint: () => void;
}

class HostLoop {
  readonly #ports: HostLoopPorts;
  readonly #context: LoopContext;
  readonly #polling: HostPolling;
  readonly #pass: HostPass;
  #comparedAt = Number.NEGATIVE_INFINITY;
  #compareEveryMs: number;
  #condition: HostCondition;
  #failure: { readonly sinceMs: number; tries: number } | undefined;

  constructor(ports: HostLoopPorts, context: LoopContext) {
    this.#ports = ports;
    this.#context = context;
    this.#polling = ports.polling ?? defaultPolling;
    this.#compareEveryMs = this.#polling.compareEveryMs;
    this.#condition = context.known;
    const checkpoint = () => this.#checkpoint();
    const { em, vault, now } = ports;
    const host = reach(ports.hosts, context.hostId);
    this.#pass = new HostPass(context.hostId, host, { em, vault, now, checkpoint });
  }

  async run(): Promise<HostCondition> {
    const { hostId, asked, known } = this.#context;
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
    return lockNameOf(this.#context);
  }

  /** Checks that no other loop acts: a lost connection is a lost lock. */
  #checkpoint(): void {
    this.#context.checkpoint();
    if (!this.#context.listener.holds(this.#lockName)) throw new LockLost();
  }

  async #lock(): Promise<void> {
    const { listener, signal } = this.#context;
    while (!(await listener.tryLock(this.#lockName))) {
      this.#context.checkpoint();
      await listener.next(lockEveryMs, signal);
    }
    this.#context.checkpoint();
  }

  async #takeTurn(): Promise<void> {
    try {
      this.#checkpoint();
      const isDue = performance.now() - this.#comparedAt >= this.#compareEveryMs;
      const isWell = this.#failure === undefined && (await this.#pass.followBooks());
      if (!isWell || isDue) await this.#compareWhole();
    } catch (error) {
      if (error instanceof HostFailure) return this.#recordFailure(error.message);
      if (!(error instanceof LockLost)) throw error;
      await this.#lock();
      this.#comparedAt = Number.NEGATIVE_INFINITY;
    }
  }

  async #compareWhole(): Promise<void> {
    const startedMs = performance.now();
    this.#condition = (await this.#pass.compareWhole()) ?? { ...wellHost, isGone: true };
    this.#comparedAt = performance.now();
    const tookMs = this.#comparedAt - startedMs;
    this.#compareEveryMs = comparisonPauseMs(this.#polling.compareEveryMs, tookMs);
    this.#failure = undefined;
  }

  async #recordFailure(trouble: string): Promise<void> {
    this.#failure ??= { sinceMs: performance.now(), tries: 0 };
    this.#failure.tries += 1;
    const { hostId } = this.#context;
    const isAway =
      this.#condition.away !== undefined ||
      performance.now() - this.#failure.sinceMs >= this.#polling.awayAfterMs;
    if (!isAway) return;
    const now = instant(this.#ports.now());
    await inTransaction(this.#ports.em, async (db) => {
      await markAway(db, { id: hostId, trouble, now });
      await notifyWaitingFor(db, hostId, now);
    });
    this.#condition = { ...this.#condition, away: trouble };
  }

  /** Pauses until something is due. Notifications within the first `gapMs` are handled together. */
  async #pause(gapMs: number): Promise<void> {
    if (gapMs > 0) await this.#sleep(gapMs);
    if (this.#failure !== undefined) return this.#pauseAfterFailure(this.#failure.tries);
    const wake = await this.#next(await this.#findDueInMs());
    const isAsked = wake.kind === "notified" && wake.payloads.includes(this.#context.hostId);
    if (!isAsked && wake.kind !== "reconnected") return;
    this.#ports.hosts.forget();
    this.#comparedAt = Number.NEGATIVE_INFINITY;
  }

  async #findDueInMs(): Promise<number> {
    const now = instant(this.#ports.now());
    const end = await findNextEnd(this.#db, this.#context.hostId, now);
    const compareInMs = this.#comparedAt + this.#compareEveryMs - performance.now();
    const endInMs = end === undefined ? Number.POSITIVE_INFINITY : msBetween(now, end);
    return Math.max(0, Math.min(compareInMs, endInMs));
  }

  /**
   * Pauses before the next try of a host that is away;
   * customers who start waiting for it meanwhile are notified.
   */
  async #pauseAfterFailure(tries: number): Promise<void> {
    const untilMs = performance.now() + Math.min(this.#polling.retryEveryMs, 100 * 2 ** tries);
    for (;;) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) return;
      const wake = await this.#next(leftMs);
      if (wake.kind !== "notified" || this.#condition.away === undefined) continue;
      const now = instant(this.#ports.now());
      await inTransaction(this.#ports.em, (db) => notifyWaitingFor(db, this.#context.hostId, now));
    }
  }

  async #next(timeoutMs: number): Promise<Wake> {
    const { listener, signal } = this.#context;
    const wake = await listener.next(timeoutMs, signal);
    this.#context.checkpoint();
    return wake;
  }

  async #sleep(ms: number): Promise<void> {
    await pause(ms, this.#context.signal).catch(() => undefined);
    this.#context.checkpoint();
  }
}

class LockLost extends Error {
  override readonly name = "LockLost";
}
