import { type DueMessage, findDue } from "../../db/messaging/due-messages.ts";
import { postpone, resumeChats } from "../../db/messaging/messages.ts";
import { listen, type Listener, waitHolding } from "../../db/notifications.ts";
import { type Database, queriesOf } from "../../db/orm.ts";
import type { ChatId } from "../../domain/ids.ts";
import { secondMs } from "../../domain/time.ts";
import type { Messenger } from "../../gateways/messenger/port.ts";
import { pause } from "../pause.ts";
import { Attempts, type Outcome } from "./attempts.ts";
import { type Limits, Outage, RateLimiter } from "./rate-limiter.ts";
import type { Renderer } from "./renderer.ts";
import { ResultRecorder, type SendingLog, type SendingObserver } from "./result-recorder.ts";

/** What a sender reads, sends by and reports to. */
export interface SenderPorts {
  readonly database: Pick<Database, "em" | "url">;
  readonly messenger: Messenger;
  readonly renderer: Renderer;
  readonly observer: SendingObserver;
  /** Undefined: Telegram's limits. */
  readonly limits?: Limits | undefined;
}

/** One run of the sender, until `signal` aborts. */
export interface Run {
  readonly signal: AbortSignal;
  readonly heartbeat: () => void;
  readonly log: SendingLog;
}

const channel = "messages";
const lockName = "messages";
const pollMs = 5 * secondMs;
/**
 * The least gap between two reads of the table, so that one read finds much of a burst. The first
 * read of a burst is immediate.
 */
const readEveryMs = 20;
/** How often a loop that waits for the lock tries to get it. */
const lockEveryMs = secondMs;

/** Concurrent calls. One that takes longer than a second does not count. */
const callsAtOnce = 10;
const slowAfterMs = secondMs;
const mostRunning = 200;
/**
 * How many of the calls, and of the calls per second, bulk messages leave to transactional ones.
 */
const reserved = { calls: 3, perSecond: 5 } as const;

/**
 * At a handover: how long running calls may take,
 * and how long nobody retries those that did not end.
 */
const endWithinMs = 600;
const handoverRestMs = 20 * secondMs;

interface RunningDelivery {
  readonly id: number;
  readonly done: Promise<void>;
}

/**
 * Sends the messages that wait in the table: each chat's in order and one at a time, chats
 * concurrently. Use one per process; of several processes one sends, the others wait for its lock.
 */
export class Sender {
  readonly #ports: SenderPorts;
  readonly #limiter: RateLimiter;
  readonly #outage = new Outage();
  readonly #running = new Map<ChatId, RunningDelivery>();
  readonly #attempts: Attempts;
  /** Running calls that are not slow. */
  #quick = 0;
  /** Chats whose message was started and has not called Telegram yet. */
  readonly #starting = new Set<ChatId>();
  /** How often the table was read. */
  #reads = 0;
  /** More messages waited than could be started: any messages, or bulk ones. */
  #shortOf: "all" | "bulk" | undefined;
  #wake: () => void = () => undefined;

  constructor(ports: SenderPorts) {
    this.#ports = ports;
    this.#limiter = new RateLimiter(ports.limits);
    const { messenger, renderer } = ports;
    this.#attempts = new Attempts({
      messenger,
      renderer,
      beforeCall: (chat) => this.#beforeCall(chat),
      onAnswer: () => this.#recordAnswer(),
    });
  }

  /**
   * Sends until the abort and resolves within a second of it; the outcome of running calls is
   * recorded when they end.
   * @throws Error when the database cannot be reached, or the connection that
   * holds the lock is lost.
   */
  async run(run: Run): Promise<void> {
    if (run.signal.aborted) return;
    const listener = await listen(this.#ports.database.url, [channel]);
    try {
      if (await waitForLock(listener, run)) await this.#loop(listener, run);
    } finally {
      await this.#handOver();
      await listener.close();
    }
  }

  async #loop(listener: Listener, run: Run): Promise<void> {
    this.#wake = () => listener.wake();
    for (let readAtMs = -readEveryMs; !run.signal.aborted;) {
      const earlyMs = readAtMs + readEveryMs - performance.now();
      if (earlyMs > 0) await pause(Math.ceil(earlyMs));
      readAtMs = performance.now();
      run.heartbeat();
      await this.#startDue(run);
      await waitHolding(listener, lockName, { timeoutMs: this.#restMs(), signal: run.signal });
    }
  }

  async #startDue(run: Run): Promise<void> {
    const now = performance.now();
    const { all, bulk } = this.#room(now);
    // Assumed until the read proves otherwise: a call that ends during the read makes room
    // unnoticed.
    this.#shortOf = "all";
    if (all === 0) return;
    this.#reads += 1;
    const except = [...this.#running.keys(), ...this.#limiter.waiting(now).chats];
    const due = await findDue(this.#queries(), { limit: all, except });
    const started = due.filter(({ isBulk }, place) => !isBulk || place < bulk);
    for (const message of started) this.#start(message, run);
    if (started.length < due.length) this.#shortOf = "bulk";
    else if (due.length < all) this.#shortOf = undefined;
  }

  /** How many messages may be started now, and up to which place bulk ones. */
  #room(now: number): { readonly all: number; readonly bulk: number } {
    if (this.#outage.isOn) {
      const isFree = this.#running.size === 0 && this.#outage.waitMs(now) === 0;
      return { all: isFree ? 1 : 0, bulk: 1 };
    }
    const calls = Math.min(callsAtOnce - this.#quick, mostRunning - this.#running.size);
    const allowed = this.#limiter.allowed(now) - this.#starting.size;
    const bulk = Math.min(calls - reserved.calls, allowed - reserved.perSecond);
    return { all: Math.max(0, Math.min(calls, allowed)), bulk };
  }

  /** How long nothing can be started unless something wakes us. */
  #restMs(): number {
    const now = performance.now();
    const reasons = [pollMs, this.#limiter.waiting(now).nextMs];
    if (this.#shortOf !== undefined) {
      if (this.#room(now)[this.#shortOf] > 0) return 0;
      const spare = this.#shortOf === "bulk" ? reserved.perSecond : 0;
      // A reason of 0 with no room means that a running message is awaited, whose end wakes us.
      reasons.push(
        this.#limiter.freeInMs(now, spare) || pollMs,
        this.#outage.waitMs(now) || pollMs,
      );
    }
    return Math.max(1, Math.ceil(Math.min(...reasons)));
  }

  #start(message: DueMessage, run: Run): void {
    const { id, to } = message;
    this.#starting.add(to);
    this.#quick += 1;
    let isQuick = true;
    const makeRoom = () => {
      if (isQuick) this.#quick -= 1;
      isQuick = false;
      if (this.#shortOf !== undefined) this.#wake();
    };
    const slow = setTimeout(makeRoom, slowAfterMs);
    const done = this.#deliver(message, run).then((isMore) => {
      clearTimeout(slow);
      this.#starting.delete(to);
      this.#running.delete(to);
      makeRoom();
      if (isMore) this.#wake();
    });
    this.#running.set(to, { id, done });
  }

  /**
   * Delivers a message and stores its outcome; the chat's next message waits for that.
   * @returns whether the table should be read again.
   */
  async #deliver(message: DueMessage, run: Run): Promise<boolean> {
    const outcome = await this.#attempts.attempt(message);
    const reads = this.#reads;
    if (outcome.kind === "later") this.#recordFailure(message, outcome);
    const notes = new ResultRecorder(this.#ports.database.em, this.#ports.observer, run.log);
    const isMore = await notes.record(message, outcome);
    // Starts only now, so that it does not end before the stored rest.
    if (outcome.kind === "later") this.#limiter.rest(message.to, performance.now() + outcome.ms);
    // The table may have been read while this chat was excluded.
    return isMore || outcome.kind === "later" || reads !== this.#reads;
  }

  async #beforeCall(chat: ChatId): Promise<void> {
    const waitMs = (now: number) => {
      const isStarting = this.#starting.has(chat);
      return Math.max(
        this.#limiter.waitMs(chat, now),
        isStarting ? 0 : this.#limiter.freeInMs(now),
      );
    };
    for (let ms = waitMs(performance.now()); ms > 0; ms = waitMs(performance.now())) {
      await pause(Math.ceil(ms));
    }
    this.#starting.delete(chat);
    this.#limiter.countCall(chat, performance.now());
  }

  #recordAnswer(): void {
    const chats = this.#outage.recordAnswer();
    if (chats.length === 0) return;
    for (const chat of chats) this.#limiter.endRest(chat);
    // If this fails, they rest as long as was recorded.
    void resumeChats(this.#queries(), chats)
      .catch(() => undefined)
      .then(() => this.#wake());
  }

  #recordFailure({ to }: DueMessage, { why }: Extract<Outcome, { kind: "later" }>): void {
    if (why !== "books") this.#outage.recordFailure(to, performance.now(), why === "asked");
  }

  async #handOver(): Promise<void> {
    this.#wake = () => undefined;
    const running = [...this.#running.values()];
    if (running.length === 0) return;
    const ended = Promise.all(running.map(({ done }) => done));
    await Promise.race([ended, pause(endWithinMs)]);
    const left = [...this.#running.values()].map(({ id }) => id);
    const rest = { ms: handoverRestMs, reason: "being sent by a process that ends" };
    const written = postpone(this.#queries(), left, rest).catch(() => undefined);
    await Promise.race([written, pause(endWithinMs / 2)]);
  }

  #queries() {
    return queriesOf(this.#ports.database.em);
  }
}

/**
 * Waits for the lock, i.e. until no other loop sends.
 * @returns false when this loop was ended first.
 */
async function waitForLock(listener: Listener, { signal, heartbeat }: Run): Promise<boolean> {
  while (!signal.aborted) {
    heartbeat();
    if (await listener.tryLock(lockName)) return true;
    await listener.next(lockEveryMs, signal);
  }
  return false;
}
