import type { TelegramId } from "../../domain/ids.ts";
import { secondMs } from "../../domain/time.ts";

export interface Limits {
  /** Calls in any second, in all. */
  readonly perSecond: number;
  /** So many calls go to one chat without waiting; then one a second. */
  readonly chatBurst: number;
  readonly chatRefillMs: number;
}

/**
 * Below what Telegram says it allows: 30 in all, one a second to one chat with short bursts. Somebody who is let in
 * has had ten calls within seconds: captcha, its edit, the wait, the approval, and the three parts of a key.
 */
export const telegramLimits: Limits = { perSecond: 25, chatBurst: 10, chatRefillMs: secondMs };

/** When a chat, and Telegram as a whole, may be called. Moments are milliseconds of one steady clock. */
export class RateLimiter {
  readonly #limits: Limits;
  /** When the last calls were made, oldest first, no more of them than a second allows. */
  #calls: number[] = [];
  /** When the chat would have its whole burst again; a chat that has it is not here. */
  readonly #restored = new Map<TelegramId, number>();
  readonly #restUntil = new Map<TelegramId, number>();

  constructor(limits: Limits = telegramLimits) {
    this.#limits = limits;
  }

  /** Counts a call. */
  call(chat: TelegramId, now: number): void {
    this.#calls = [...this.#calls, now].slice(-this.#limits.perSecond);
    const from = Math.max(this.#restored.get(chat) ?? now, now);
    this.#restored.set(chat, from + this.#limits.chatRefillMs);
  }

  /** Lets a chat rest. */
  rest(chat: TelegramId, until: number): void {
    this.#restUntil.set(chat, until);
  }

  endRest(chat: TelegramId): void {
    this.#restUntil.delete(chat);
  }

  /** How many calls may be made now, in all. */
  allowed(now: number): number {
    return this.#limits.perSecond - this.#calls.filter((at) => at > now - secondMs).length;
  }

  /** How long this chat must wait; 0: it may be called. */
  waitMs(chat: TelegramId, now: number): number {
    return Math.max(0, this.#chatFreeAt(chat) - now);
  }

  /** How long until more calls than `spare` may be made; 0: now. */
  freeInMs(now: number, spare = 0): number {
    const recent = this.#calls.filter((at) => at > now - secondMs);
    const last = recent[recent.length - (this.#limits.perSecond - spare)];
    return last === undefined ? 0 : last + secondMs - now;
  }

  /** The chats that must wait, and how long the first of them. */
  waiting(now: number): { readonly chats: TelegramId[]; readonly nextMs: number } {
    const known = new Set([...this.#restored.keys(), ...this.#restUntil.keys()]);
    const chats: TelegramId[] = [];
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

  #chatFreeAt(chat: TelegramId): number {
    const { chatBurst, chatRefillMs } = this.#limits;
    const restored = this.#restored.get(chat) ?? 0;
    return Math.max(restored - (chatBurst - 1) * chatRefillMs, this.#restUntil.get(chat) ?? 0);
  }

  #forget(chat: TelegramId, now: number): void {
    if ((this.#restored.get(chat) ?? 0) <= now) this.#restored.delete(chat);
    if ((this.#restUntil.get(chat) ?? 0) <= now) this.#restUntil.delete(chat);
  }
}

/** Keeps no process alive. */
export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, ms).unref());

const firstRestMs = 500;
const longestRestMs = 30 * secondMs;

/** How long to rest after so many tries that nobody answered. */
export const restMs = (tries: number): number =>
  Math.min(longestRestMs, firstRestMs * 2 ** Math.min(tries, 10));

/** So many chats in a row that take nothing, and it may not be the chats. */
const chatsOfOutage = 5;
/**
 * How long to rest between two chats where Telegram has told each of them to wait: it answers, so somebody else's chat
 * may be well, and each is called once until its wait is over.
 */
const askedRestMs = 100;

/** Whether Telegram as a whole is away; then one message at a time is tried, ever more seldom. */
export class Outage {
  /** By chat: whether Telegram was silent about it, so that it rests only because of this. */
  #failed = new Map<TelegramId, boolean>();
  #probes = 0;
  #until = 0;

  get isOn(): boolean {
    return this.#failed.size >= chatsOfOutage;
  }

  /** `isAsked`: Telegram itself said how long this chat has to rest. */
  failed(chat: TelegramId, now: number, isAsked: boolean): void {
    this.#failed.set(chat, !isAsked);
    if (!this.isOn) return;
    const isAnswering = [...this.#failed.values()].every((isSilent) => !isSilent);
    this.#until = now + (isAnswering ? askedRestMs : restMs(this.#probes));
    if (!isAnswering) this.#probes += 1;
  }

  /** @returns the chats whose rest this ends. */
  answered(): readonly TelegramId[] {
    const chats = this.isOn ? [...this.#failed] : [];
    this.#failed.clear();
    this.#probes = 0;
    this.#until = 0;
    return chats.flatMap(([chat, isSilent]) => (isSilent ? [chat] : []));
  }

  waitMs(now: number): number {
    return this.isOn ? Math.max(0, this.#until - now) : 0;
  }
}
