import type { ChatId } from "../../domain/ids.ts";
import { secondMs } from "../../domain/time.ts";
import { Backoff, pauseAfter } from "../../runtime/backoff.ts";

/** How fast messages may be sent. */
export interface Limits {
  /** Calls to all chats in any one second. */
  readonly perSecond: number;
  /** Calls to one chat without waiting; after them one per `chatRefillMs`. */
  readonly chatBurst: number;
  readonly chatRefillMs: number;
}

/**
 * Below Telegram's stated limits: 30 calls per second in all, one per second to one chat with short
 * bursts. A person who is approved has had ten calls within seconds: captcha, its edit, the wait,
 * the approval, and the three parts of a key.
 */
export const telegramLimits: Limits = { perSecond: 25, chatBurst: 10, chatRefillMs: secondMs };

/**
 * Tells when a chat, and Telegram as a whole, may be called.
 * Moments are milliseconds of one monotonic clock.
 */
export class RateLimiter {
  readonly #limits: Limits;
  /** Times of the last calls, oldest first, at most as many as one second allows. */
  #calls: number[] = [];
  /** When the chat has its whole burst again; chats that have it are not listed. */
  readonly #restored = new Map<ChatId, number>();
  readonly #restUntil = new Map<ChatId, number>();

  constructor(limits: Limits = telegramLimits) {
    this.#limits = limits;
  }

  /** Counts a call to a chat. */
  countCall(chat: ChatId, now: number): void {
    this.#calls = [...this.#calls, now].slice(-this.#limits.perSecond);
    const from = Math.max(this.#restored.get(chat) ?? now, now);
    this.#restored.set(chat, from + this.#limits.chatRefillMs);
  }

  /** Makes a chat rest until this moment. */
  rest(chat: ChatId, until: number): void {
    this.#restUntil.set(chat, until);
  }

  /** Ends a chat's rest. */
  endRest(chat: ChatId): void {
    this.#restUntil.delete(chat);
  }

  /** How many calls to all chats may be made now. */
  allowed(now: number): number {
    return this.#limits.perSecond - this.#calls.filter((at) => at > now - secondMs).length;
  }

  /** How long this chat must wait; 0: it may be called now. */
  waitMs(chat: ChatId, now: number): number {
    return Math.max(0, this.#chatFreeAt(chat) - now);
  }

  /** How long until more calls than `spare` may be made; 0: now. */
  freeInMs(now: number, spare = 0): number {
    const recent = this.#calls.filter((at) => at > now - secondMs);
    const last = recent[recent.length - (this.#limits.perSecond - spare)];
    return last === undefined ? 0 : last + secondMs - now;
  }

  /** The chats that must wait, and how long until the first of them may be called. */
  waiting(now: number): { readonly chats: ChatId[]; readonly nextMs: number } {
    const known = new Set([...this.#restored.keys(), ...this.#restUntil.keys()]);
    const chats: ChatId[] = [];
    let nextMs = Number.POSITIVE_INFINITY;
    for (const chat of known) {
      const waitMs = this.waitMs(chat, now);
      if (waitMs > 0) {
        chats.push(chat);
        nextMs = Math.min(nextMs, waitMs);
      }
      this.#forget(chat, now);
    }
    return { chats, nextMs };
  }

  #chatFreeAt(chat: ChatId): number {
    const { chatBurst, chatRefillMs } = this.#limits;
    const restored = this.#restored.get(chat) ?? 0;
    return Math.max(restored - (chatBurst - 1) * chatRefillMs, this.#restUntil.get(chat) ?? 0);
  }

  #forget(chat: ChatId, now: number): void {
    if ((this.#restored.get(chat) ?? 0) <= now) this.#restored.delete(chat);
    if ((this.#restUntil.get(chat) ?? 0) <= now) this.#restUntil.delete(chat);
  }
}

const rests = { firstPauseMs: 500, longestPauseMs: 30 * secondMs } as const;

/** The rest after `tries` tries without an answer. */
export const restMs = (tries: number): number => pauseAfter(rests, tries);

/** After failures of this many chats in a row the chats are probably not the cause. */
const chatsOfOutage = 5;
/**
 * The rest between two chats after Telegram asked each of them to wait. It does answer, so other
 * chats may be fine, and each is called only once until its wait is over.
 */
const askedRestMs = 100;

/**
 * Detects that Telegram as a whole does not answer.
 * Then one message at a time is tried, ever more rarely.
 */
export class Outage {
  /** By chat: whether Telegram was silent, so that the chat rests only because of the outage. */
  #failed = new Map<ChatId, boolean>();
  readonly #probes = new Backoff(rests);
  #until = 0;

  /** Whether so many chats failed in a row that Telegram is taken to be the cause. */
  get isOn(): boolean {
    return this.#failed.size >= chatsOfOutage;
  }

  /** Records a failure. `isAsked`: Telegram itself said how long this chat has to rest. */
  recordFailure(chat: ChatId, now: number, isAsked: boolean): void {
    this.#failed.set(chat, !isAsked);
    if (!this.isOn) return;
    const isAnswering = [...this.#failed.values()].every((isSilent) => !isSilent);
    this.#until = now + (isAnswering ? askedRestMs : this.#probes.next());
  }

  /**
   * Records an answer.
   * @returns the chats whose rest this ends.
   */
  recordAnswer(): readonly ChatId[] {
    const chats = this.isOn ? [...this.#failed] : [];
    this.#failed.clear();
    this.#probes.reset();
    this.#until = 0;
    return chats.flatMap(([chat, isSilent]) => (isSilent ? [chat] : []));
  }

  /** How long until the next message may be tried; 0: now, or there is no outage. */
  waitMs(now: number): number {
    return this.isOn ? Math.max(0, this.#until - now) : 0;
  }
}
