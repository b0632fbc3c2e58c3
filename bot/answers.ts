import { setTimeout as delay } from "node:timers/promises";
import { TelegramError } from "telegraf";
import { minuteMs, secondMs } from "../domain/time.ts";
import { Backoff } from "../runtime/backoff.ts";
import type { Logger } from "../runtime/log.ts";
import type { AnswerOutcome, BotMetrics } from "./metrics.ts";

/** One call to Telegram that answers a person. */
export interface Answer {
  /** Answers in one lane are sent one after the other; lanes run side by side. */
  readonly lane: string;
  /** It replaces one that still waits under the same name: an edit of the same message. */
  readonly replaces?: string;
  /** Roughly the memory that it holds while it waits. */
  readonly bytes: number;
  /** After this long it is not sent any more; five minutes by default. */
  readonly goodForMs?: number;
  /** It is tried once: its sender has another way to say it where this one fails. */
  readonly isTriedOnce?: boolean;
  /**
   * Calls Telegram; rejects with telegraf's error when that fails, and may then be called again.
   */
  send(): Promise<unknown>;
}

interface Waiting {
  readonly answer: Answer;
  readonly untilMs: number;
  /** Another answer has replaced it. */
  isOver: boolean;
  /** Called when it was tried once, or will not be tried at all. */
  readonly tried: () => void;
}

interface Lane {
  /** The first one is being sent. */
  readonly queue: Waiting[];
  /** Telegram delays this lane, so adding an answer does not wait for it. */
  isLate: boolean;
}

/** What may wait to be sent. */
export interface AnswerLimits {
  /** Answers that may wait in one lane. */
  readonly perLane: number;
  /** Answers that may wait in all lanes. */
  readonly inAll: number;
  /** Memory that waiting answers may hold. */
  readonly bytes: number;
  /** How long a handler waits for its answer; nearly all are sent by then. */
  readonly handlerWaitMs: number;
}

const usualLimits: AnswerLimits = {
  perLane: 20,
  inAll: 5_000,
  bytes: 32 * 1_024 ** 2,
  handlerWaitMs: 300,
};

const usuallyGoodForMs = 5 * minuteMs;
const pauses = { firstPauseMs: 200, longestPauseMs: 10 * secondMs } as const;

/**
 * Sends the bot's answers, in the order of each chat. Telegram may delay an answer (429), be slow
 * or be unreachable: this affects that chat alone, and no update waits for it. An answer that
 * Telegram does not take in time is lost. Nothing depends on it: what a person asked for reaches
 * Temporal before they are answered, and a page can be opened again.
 */
export class Answers {
  readonly #lanes = new Map<string, Lane>();
  readonly #log: Logger;
  readonly #metrics: BotMetrics;
  readonly #limits: AnswerLimits;
  #count = 0;
  #bytes = 0;

  constructor(log: Logger, metrics: BotMetrics, limits: AnswerLimits = usualLimits) {
    this.#log = log;
    this.#metrics = metrics;
    this.#limits = limits;
    metrics.collectAnswers(() => this.#count);
  }

  /** How many answers have not been sent yet. */
  get waiting(): number {
    return this.#count;
  }

  /**
   * Queues an answer; never rejects. Resolves when it was tried once or after a moment, and at once
   * where earlier answers in its lane are late.
   */
  async push(answer: Answer): Promise<void> {
    const lane = this.#lanes.get(answer.lane) ?? { queue: [], isLate: false };
    this.#makeRoom(lane, answer);
    if (this.#count >= this.#limits.inAll || this.#bytes + answer.bytes > this.#limits.bytes) {
      return this.#note("lost", answer, "too many answers wait already");
    }
    const tried = new Promise<"tried">((resolve) => {
      const untilMs = Date.now() + (answer.goodForMs ?? usuallyGoodForMs);
      lane.queue.push({ answer, untilMs, isOver: false, tried: () => resolve("tried") });
    });
    this.#count += 1;
    this.#bytes += answer.bytes;
    if (!this.#lanes.has(answer.lane)) {
      this.#lanes.set(answer.lane, lane);
      void this.#sendAll(answer.lane, lane);
    }
    if (!lane.isLate) await this.#waitBriefly(lane, tried);
  }

  /** Resolves when every answer was sent or lost, or after `ms`. */
  async drain(ms: number): Promise<void> {
    const endMs = Date.now() + ms;
    while (this.#count > 0 && Date.now() < endMs) await delay(20);
  }

  /** Drops the answer that this one replaces, and the oldest where the lane is full. */
  #makeRoom(lane: Lane, { replaces }: Answer): void {
    const { queue } = lane;
    const replaced = queue.filter(({ answer }) => replaces && answer.replaces === replaces);
    for (const other of replaced) this.#drop(lane, other);
    const oldest = queue[1];
    if (oldest === undefined || queue.length < this.#limits.perLane) return;
    this.#drop(lane, oldest);
    this.#note("lost", oldest.answer, "too many answers wait for this chat");
  }

  #drop({ queue }: Lane, waiting: Waiting): void {
    waiting.isOver = true;
    const place = queue.indexOf(waiting);
    // The first one is being sent: its loop sees that it is over.
    if (place > 0) this.#forget(queue.splice(place, 1));
  }

  #forget(ended: readonly Waiting[]): void {
    for (const { answer, tried } of ended) {
      this.#count -= 1;
      this.#bytes -= answer.bytes;
      tried();
    }
  }

  async #waitBriefly(lane: Lane, tried: Promise<"tried">): Promise<void> {
    const done = new AbortController();
    const { signal } = done;
    const late = delay(this.#limits.handlerWaitMs, "late" as const, { signal, ref: false });
    const first = await Promise.race([tried, late.catch(() => "tried" as const)]);
    done.abort();
    if (first === "late") lane.isLate = true;
  }

  async #sendAll(name: string, lane: Lane): Promise<void> {
    for (let next = lane.queue[0]; next !== undefined; next = lane.queue[0]) {
      await this.#send(lane, next);
      this.#forget(lane.queue.splice(0, 1));
    }
    this.#lanes.delete(name);
  }

  async #send(lane: Lane, waiting: Waiting): Promise<void> {
    const { answer, untilMs, tried } = waiting;
    const backoff = new Backoff(pauses);
    for (;;) {
      if (waiting.isOver) return;
      if (Date.now() > untilMs) return this.#note("lost", answer, "it came too late");
      try {
        await answer.send();
        lane.isLate = false;
        return this.#note("sent", answer);
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble.kind !== "outage") return this.#note(trouble.kind, answer, trouble.reason);
        if (answer.isTriedOnce) return this.#note("lost", answer, trouble.reason);
        lane.isLate = true;
        tried();
        const pauseMs = backoff.next();
        const waitMs = trouble.retryAfterMs ?? pauseMs;
        if (Date.now() + waitMs > untilMs) return this.#note("lost", answer, trouble.reason);
        await delay(waitMs, undefined, { ref: false });
      }
    }
  }

  #note(outcome: AnswerOutcome, { lane }: Answer, reason?: string): void {
    this.#metrics.answers.inc({ outcome });
    if (outcome === "refused") this.#log.error({ lane, reason }, "Telegram refused an answer");
    if (outcome === "lost") this.#log.warn({ lane, reason }, "an answer was given up");
  }
}

type Trouble =
  | { readonly kind: "blocked" | "refused"; readonly reason: string }
  | { readonly kind: "outage"; readonly reason: string; readonly retryAfterMs?: number };

/** Whether it helps to try again. 403: the person has stopped the bot, which is not an error. */
function troubleOf(error: unknown): Trouble {
  if (error instanceof TelegramError) {
    const { error_code: code, description: reason, parameters } = error.response;
    if (code === 403) return { kind: "blocked", reason };
    if (code === 429) {
      const retryAfterMs = (parameters?.retry_after ?? 1) * secondMs;
      return { kind: "outage", reason, retryAfterMs };
    }
    return { kind: code >= 500 ? "outage" : "refused", reason };
  }
  const name = error instanceof Error ? error.name : "unknown";
  // The client's own errors contain the URL, which holds the token, so only their name is kept.
  if (/^(?:Fetch|Abort|Timeout)Error$/u.test(name)) return { kind: "outage", reason: name };
  return { kind: "refused", reason: error instanceof Error ? error.message : String(error) };
}
