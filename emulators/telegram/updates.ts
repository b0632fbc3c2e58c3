import type { Journal, Table } from "../kit/journal.ts";
import type { Update } from "./bot-api.ts";
import type { Faults, UpdateFault } from "./faults.ts";
import { conflict } from "./refusal.ts";

type Body = Readonly<Record<string, unknown>>;

/** An update that waits for the bot; `expiresAt` is in Unix milliseconds. */
export interface QueuedUpdate {
  readonly update: Update;
  /** Updates of one queue keep their order, queues do not wait for each other. */
  readonly queue: string;
  readonly expiresAt: number;
}

/** An update that a fault keeps back. */
interface HeldUpdate {
  readonly body: Body;
  readonly queue: string;
  readonly dueAt: number;
  readonly untilNext: boolean;
}

/** The parameters of a getUpdates call. */
export interface PollRequest {
  readonly offset: number;
  readonly limit: number;
  readonly timeoutMs: number;
}

type PollEnd = "news" | "timeout" | "gone" | ReturnType<typeof conflict>;

/** Telegram keeps what it cannot deliver for a day, and a checkout for two and a half minutes. */
const keptMs = { chat: 24 * 60 * 60 * 1_000, checkout: 150_000 } as const;
type Kind = keyof typeof keptMs;

/** What the bot has not confirmed yet, handed out by long polls or taken by the webhook. */
export class Updates {
  readonly #rows: Table<QueuedUpdate>;
  readonly #held: Table<HeldUpdate>;
  readonly #counters: Table<number>;
  readonly #faults: Faults;
  readonly #queues = new Map<string, Set<string>>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #endPoll: ((how: PollEnd) => void) | undefined;
  /** Called with each queue that got something new. */
  onNews: (queue: string) => void = () => undefined;

  constructor(journal: Journal, faults: Faults) {
    this.#rows = journal.table("updates");
    this.#held = journal.table("held-updates");
    this.#counters = journal.table("update-counters");
    this.#faults = faults;
    for (const [key, { queue }] of this.#rows.entries()) this.#index(queue, key);
    for (const [key, held] of this.#held.entries()) this.#arm(key, held);
  }

  get pending(): number {
    return this.#rows.size;
  }

  /** Something happened in a chat that the bot has to learn. */
  push(body: Body, chatId: number, kind: Kind = "chat"): void {
    const queue = `${kind}:${chatId}`;
    const fault = this.#faults.forUpdate(body, chatId);
    if (fault === undefined) this.#enqueue({ body, queue, copies: 1 });
    else this.#applyFault(fault, body, queue);
  }

  /** Puts an update in as it is. One without a whole `update_id` is given the next. */
  inject(body: Body): Update {
    return this.#enqueue({ body, queue: queueOf(body), copies: 1 });
  }

  /**
   * One getUpdates call: confirms what lies below `offset`, then waits for something to hand out.
   * @throws Refusal 409 when another poll or a webhook takes its place.
   */
  async poll({ offset, limit, timeoutMs }: PollRequest, gone: AbortSignal): Promise<Update[]> {
    this.endPoll(conflict(otherPoll));
    this.#confirm(offset);
    const ready = this.#ready(limit);
    if (ready.length > 0 || timeoutMs === 0) return ready;
    const ended = await this.#wait(timeoutMs, gone);
    if (ended instanceof Error) throw ended;
    return ended === "news" ? this.#ready(limit) : [];
  }

  endPoll(how: PollEnd): void {
    this.#endPoll?.(how);
  }

  queues(): string[] {
    return [...this.#queues.keys()];
  }

  /** The oldest update of a queue. */
  head(queue: string): { key: string; update: Update } | undefined {
    for (const key of this.#queues.get(queue) ?? []) {
      const row = this.#rows.get(key);
      if (row && row.expiresAt > Date.now()) return { key, update: row.update };
      this.done(key);
    }
    return undefined;
  }

  done(key: string): void {
    const queue = this.#rows.get(key)?.queue;
    if (queue === undefined) return;
    this.#rows.delete(key);
    const keys = this.#queues.get(queue);
    keys?.delete(key);
    if (keys?.size === 0) this.#queues.delete(queue);
  }

  /** Forgets what is pending. Ids go on growing, so a bot that keeps polling misses nothing new. */
  clear(): void {
    for (const [key] of this.#rows.entries()) this.done(key);
    this.#held.clear();
    this.stop();
  }

  /** Clears all timers. */
  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #applyFault({ updates, delay_ms }: UpdateFault, body: Body, queue: string): void {
    if (updates === "drop") return;
    if (updates === "duplicate") {
      this.#enqueue({ body, queue, copies: 2 });
      return;
    }
    const key = String(this.#next("held"));
    const held = { body, queue, dueAt: Date.now() + delay_ms, untilNext: updates === "reorder" };
    this.#held.set(key, held);
    this.#arm(key, held);
  }

  #arm(key: string, { dueAt }: HeldUpdate): void {
    const timer = setTimeout(() => this.#release(key), Math.max(0, dueAt - Date.now()));
    this.#timers.set(key, timer.unref());
  }

  #release(key: string): void {
    const held = this.#held.get(key);
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#held.delete(key);
    if (held) this.#enqueue({ body: held.body, queue: held.queue, copies: 1 });
  }

  #enqueue({ body, queue, copies }: { body: Body; queue: string; copies: number }): Update {
    const update_id = this.#idFor(body["update_id"]);
    const update = { update_id, ...body, ...(body["update_id"] !== update_id && { update_id }) };
    const expiresAt = Date.now() + keptMs[queue.startsWith("checkout:") ? "checkout" : "chat"];
    for (let copy = 0; copy < copies; copy++) {
      const key = String(this.#next("row"));
      this.#rows.set(key, { update, queue, expiresAt });
      this.#index(queue, key);
    }
    const waiting = [...this.#held.entries()].filter(([, { untilNext }]) => untilNext);
    for (const [key] of waiting) this.#release(key);
    this.endPoll("news");
    this.onNews(queue);
    return update;
  }

  #idFor(given: unknown): number {
    const last = this.#counters.get("update") ?? firstUpdateId;
    if (!Number.isSafeInteger(given)) return this.#next("update");
    this.#counters.set("update", Math.max(last, given as number));
    return given as number;
  }

  #next(counter: "update" | "row" | "held"): number {
    const next = (this.#counters.get(counter) ?? (counter === "update" ? firstUpdateId : 0)) + 1;
    this.#counters.set(counter, next);
    return next;
  }

  #index(queue: string, key: string): void {
    this.#queues.set(queue, (this.#queues.get(queue) ?? new Set()).add(key));
  }

  /** A negative offset keeps that many of the newest and confirms the rest. */
  #confirm(offset: number): void {
    this.#expire();
    const rows = [...this.#rows.entries()];
    const confirmed =
      offset < 0
        ? rows.slice(0, Math.max(0, rows.length + offset))
        : rows.filter(([, { update }]) => update.update_id < offset);
    for (const [key] of confirmed) this.done(key);
  }

  #expire(): void {
    const now = Date.now();
    for (const [key, { expiresAt }] of this.#rows.entries()) if (expiresAt <= now) this.done(key);
  }

  #ready(limit: number): Update[] {
    const ready: Update[] = [];
    for (const { update } of this.#rows.values()) {
      if (ready.length === limit) break;
      ready.push(update);
    }
    return ready;
  }

  #wait(timeoutMs: number, gone: AbortSignal): Promise<PollEnd> {
    if (gone.aborted) return Promise.resolve("gone");
    return new Promise((resolve) => {
      const end = (how: PollEnd) => {
        if (this.#endPoll === end) this.#endPoll = undefined;
        clearTimeout(timer);
        resolve(how);
      };
      const timer = setTimeout(end, timeoutMs, "timeout");
      this.#endPoll = end;
      gone.addEventListener("abort", () => end("gone"), { once: true });
    });
  }
}

const firstUpdateId = 100_000_000;
const otherPoll =
  "terminated by other getUpdates request; make sure that only one bot instance is running";

function queueOf(body: Body): string {
  const inner = Object.values(body).find((value) => typeof value === "object" && value !== null);
  const { chat, from, message } = (inner ?? {}) as Record<string, { id?: unknown; chat?: unknown }>;
  const place = chat ?? (message?.chat as { id?: unknown } | undefined) ?? from;
  return `chat:${typeof place?.id === "number" ? place.id : "none"}`;
}
