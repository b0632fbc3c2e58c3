import { type DueMessage, findDue, postpone, resumeChats } from "../../db/messaging/messages.ts";
import { listen, type Listener, waitHolding } from "../../db/notifications.ts";
import { type Database, queriesOf } from "../../db/orm.ts";
import type { TelegramId } from "../../domain/ids.ts";
import { secondMs } from "../../domain/time.ts";
import type { Messenger } from "../../gateways/messenger/port.ts";
import { Attempts, type Outcome } from "./attempts.ts";
import { Notes, type SendingLog, type SendingObserver } from "./notes.ts";
import { type Limits, Outage, pause, RateLimiter } from "./rate-limiter.ts";
import type { Renderer } from "./renderer.ts";

export interface SenderPorts {
  readonly database: Pick<Database, "em" | "url">;
  readonly messenger: Messenger;
  readonly renderer: Renderer;
  readonly observer: SendingObserver;
  /** Undefined: Telegram's. */
  readonly limits?: Limits | undefined;
}

/** One stretch of sending, until `signal` aborts. */
export interface Run {
  readonly signal: AbortSignal;
  readonly heartbeat: () => void;
  readonly log: SendingLog;
}

const channel = "messages";
const lockName = "messages";
const pollMs = 5 * secondMs;
/** Two looks are so far apart: of what is written in a rush one look finds much. The first of a rush is at once. */
const lookEveryMs = 20;
/** So often a loop that another one keeps from sending looks whether it still does. */
const lockEveryMs = secondMs;

/** So many calls are under way at once. One that takes longer than a second lets another one begin. */
const callsAtOnce = 10;
const slowAfterMs = secondMs;
const mostUnderWay = 200;
/** Of calls and of calls in a second: bulk messages leave so many to transactional ones. */
const reserved = { calls: 3, perSecond: 5 } as const;

/** At a handover: so long what is under way may end, and so long nobody else tries what did not. */
const endWithinMs = 600;
const handoverRestMs = 20 * secondMs;

interface UnderWay {
  readonly id: number;
  readonly done: Promise<void>;
}

/**
 * Sends what waits in the table: each chat in its order and one message at a time, chats side by side. One of a
 * process; of several processes one sends, the others wait for its lock.
 */
export class Sender {
  readonly #ports: SenderPorts;
  readonly #pace: RateLimiter;
  readonly #outage = new Outage();
  readonly #underWay = new Map<TelegramId, UnderWay>();
  readonly #attempts: Attempts;
  /** Calls under way that are not slow. */
  #quick = 0;
  /** Messages that were begun and have not called Telegram yet. */
  readonly #promised = new Set<TelegramId>();
  /** How often the table was looked at. */
  #looks = 0;
  /** More waited than there was room for: for any message, or for bulk ones. */
  #short: "all" | "bulk" | undefined;
  #wake: () => void = () => undefined;

  constructor(ports: SenderPorts) {
    this.#ports = ports;
    this.#pace = new RateLimiter(ports.limits);
    const { messenger, renderer } = ports;
    this.#attempts = new Attempts({
      messenger,
      renderer,
      beforeCall: (chat) => this.#beforeCall(chat),
      answered: () => this.#noteAnswer(),
    });
  }

  /**
   * Resolves within a second of the abort; what is under way then is noted when it ends.
   * @throws Error when the database is away, or the connection that holds the lock is lost.
   */
  async run(run: Run): Promise<void> {
    if (run.signal.aborted) return;
    const listener = await listen(this.#ports.database.url, [channel]);
    try {
      if (await isAlone(listener, run)) await this.#loop(listener, run);
    } finally {
      await this.#handOver();
      await listener.close();
    }
  }

  async #loop(listener: Listener, run: Run): Promise<void> {
    this.#wake = () => listener.wake();
    for (let lookedAtMs = -lookEveryMs; !run.signal.aborted;) {
      const earlyMs = lookedAtMs + lookEveryMs - performance.now();
      if (earlyMs > 0) await pause(Math.ceil(earlyMs));
      lookedAtMs = performance.now();
      run.heartbeat();
      await this.#startDue(run);
      await waitHolding(listener, lockName, { timeoutMs: this.#restMs(), signal: run.signal });
    }
  }

  async #startDue(run: Run): Promise<void> {
    const now = performance.now();
    const { all, bulk } = this.#room(now);
    // Until it is known to be otherwise: what ends while the table is read makes room that nobody else sees.
    this.#short = "all";
    if (all === 0) return;
    this.#looks += 1;
    const except = [...this.#underWay.keys(), ...this.#pace.waiting(now).chats];
    const due = await findDue(this.#queries(), { limit: all, except });
    const started = due.filter(({ isBulk }, place) => !isBulk || place < bulk);
    for (const message of started) this.#start(message, run);
    if (started.length < due.length) this.#short = "bulk";
    else if (due.length < all) this.#short = undefined;
  }

  /** How many messages may be begun now, and up to which place bulk ones. */
  #room(now: number): { readonly all: number; readonly bulk: number } {
    if (this.#outage.isOn) {
      const isFree = this.#underWay.size === 0 && this.#outage.waitMs(now) === 0;
      return { all: isFree ? 1 : 0, bulk: 1 };
    }
    const calls = Math.min(callsAtOnce - this.#quick, mostUnderWay - this.#underWay.size);
    const allowed = this.#pace.allowed(now) - this.#promised.size;
    const bulk = Math.min(calls - reserved.calls, allowed - reserved.perSecond);
    return { all: Math.max(0, Math.min(calls, allowed)), bulk };
  }

  /** How long there is nothing to begin, unless somebody wakes us. */
  #restMs(): number {
    const now = performance.now();
    const reasons = [pollMs, this.#pace.waiting(now).nextMs];
    if (this.#short !== undefined) {
      if (this.#room(now)[this.#short] > 0) return 0;
      const spare = this.#short === "bulk" ? reserved.perSecond : 0;
      // What is 0 and leaves no room ends with a message that is under way, and that wakes us.
      reasons.push(this.#pace.freeInMs(now, spare) || pollMs, this.#outage.waitMs(now) || pollMs);
    }
    return Math.max(1, Math.ceil(Math.min(...reasons)));
  }

  #start(message: DueMessage, run: Run): void {
    const { id, to } = message;
    this.#promised.add(to);
    this.#quick += 1;
    let isQuick = true;
    const makeRoom = () => {
      if (isQuick) this.#quick -= 1;
      isQuick = false;
      if (this.#short !== undefined) this.#wake();
    };
    const slow = setTimeout(makeRoom, slowAfterMs);
    const done = this.#deliver(message, run).then((isMore) => {
      clearTimeout(slow);
      this.#promised.delete(to);
      this.#underWay.delete(to);
      makeRoom();
      if (isMore) this.#wake();
    });
    this.#underWay.set(to, { id, done });
  }

  /**
   * Ends when it is written down what became of the message: the chat's next one waits for that. True: it is
   * time to look for more.
   */
  async #deliver(message: DueMessage, run: Run): Promise<boolean> {
    const outcome = await this.#attempts.outcome(message);
    const looks = this.#looks;
    if (outcome.kind === "later") this.#noteFailure(message, outcome);
    const notes = new Notes(this.#ports.database.em, this.#ports.observer, run.log);
    const isMore = await notes.note(message, outcome);
    // From here on, so that it does not end before the rest that is written down.
    if (outcome.kind === "later") this.#pace.rest(message.to, performance.now() + outcome.ms);
    // Somebody may have looked while this chat was left out, at what was written meanwhile.
    return isMore || outcome.kind === "later" || looks !== this.#looks;
  }

  async #beforeCall(chat: TelegramId): Promise<void> {
    const waitMs = (now: number) => {
      const isPromised = this.#promised.has(chat);
      return Math.max(this.#pace.waitMs(chat, now), isPromised ? 0 : this.#pace.freeInMs(now));
    };
    for (let ms = waitMs(performance.now()); ms > 0; ms = waitMs(performance.now())) {
      await pause(Math.ceil(ms));
    }
    this.#promised.delete(chat);
    this.#pace.call(chat, performance.now());
  }

  #noteAnswer(): void {
    const chats = this.#outage.answered();
    if (chats.length === 0) return;
    for (const chat of chats) this.#pace.endRest(chat);
    // When it fails they rest as long as they were told to.
    void resumeChats(this.#queries(), chats)
      .catch(() => undefined)
      .then(() => this.#wake());
  }

  #noteFailure({ to }: DueMessage, { why }: Extract<Outcome, { kind: "later" }>): void {
    if (why !== "books") this.#outage.failed(to, performance.now(), why === "asked");
  }

  async #handOver(): Promise<void> {
    this.#wake = () => undefined;
    const under = [...this.#underWay.values()];
    if (under.length === 0) return;
    const ended = Promise.all(under.map(({ done }) => done));
    await Promise.race([ended, pause(endWithinMs)]);
    const left = [...this.#underWay.values()].map(({ id }) => id);
    const rest = { ms: handoverRestMs, reason: "being sent by a process that ends" };
    const written = postpone(this.#queries(), left, rest).catch(() => undefined);
    await Promise.race([written, pause(endWithinMs / 2)]);
  }

  #queries() {
    return queriesOf(this.#ports.database.em);
  }
}

/** Waits until no other loop sends. False: this one was ended first. */
async function isAlone(listener: Listener, { signal, heartbeat }: Run): Promise<boolean> {
  while (!signal.aborted) {
    heartbeat();
    if (await listener.tryLock(lockName)) return true;
    await listener.next(lockEveryMs, signal);
  }
  return false;
}
