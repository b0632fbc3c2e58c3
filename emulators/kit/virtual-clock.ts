import type { Table } from "./journal.ts";

/** What an emulated service does by itself from time to time. */
export interface Job {
  /** The first moment after this one at which it may run; milliseconds since 1970. */
  readonly nextAfter: (ms: number) => number;
  /** Since when it has had something to do; undefined: it has nothing to do. */
  readonly pendingSince: () => number | undefined;
  readonly run: () => void;
}

/** What a clock is made of. */
export interface ClockParts {
  /** Milliseconds since 1970, of the machine or of a test. */
  readonly now: () => number;
  /** Keeps how far it was put forward, and whether it stands. */
  readonly settings: Table<string>;
}

const shiftKey = "clock.shiftMs";
const stoppedKey = "clock.stoppedAt";
const checkMs = 250;

/**
 * The time of an emulated service, which can be stopped and put forward, and the jobs that it runs
 * by that time. A job runs at its own moments only, so what it finds changes late, as it does
 * there. Moments at which it has nothing to do are passed over, so months take no longer than days.
 */
export class VirtualClock {
  readonly #parts: ClockParts;
  readonly #jobs: { readonly job: Job; ranAt: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Until when all jobs have run. */
  #doneUntil: number;
  /** The time while jobs run. */
  #at: number | undefined;

  constructor(parts: ClockParts) {
    this.#parts = parts;
    this.#doneUntil = this.now();
  }

  /** Milliseconds since 1970. */
  now(): number {
    if (this.#at !== undefined) return this.#at;
    const { now, settings } = this.#parts;
    const stoppedAt = settings.get(stoppedKey);
    return stoppedAt === undefined
      ? now() + Number(settings.get(shiftKey) ?? 0)
      : Number(stoppedAt);
  }

  /** Whether it stands until it is put forward. */
  get isStopped(): boolean {
    return this.#parts.settings.has(stoppedKey);
  }

  /** Adds a job; of two that are due at once the one that was added first runs first. */
  schedule(job: Job): void {
    this.#jobs.push({ job, ranAt: this.#doneUntil });
  }

  /** From now on jobs run by themselves; `onPassed` is called after each look at them. */
  start(onPassed: () => void): void {
    this.#timer = setInterval(() => {
      this.passTime();
      onPassed();
    }, checkMs).unref();
  }

  /** No job runs by itself after this. */
  end(): void {
    clearInterval(this.#timer);
  }

  /** Runs what has become due. */
  passTime(): void {
    this.#runUntil(this.now());
  }

  /** Puts it forward by milliseconds; on the way every job runs at its own moments. */
  advance(ms: number): void {
    this.passTime();
    const { settings } = this.#parts;
    const to = this.now() + ms;
    this.#runUntil(to);
    if (this.isStopped) settings.set(stoppedKey, String(to));
    else settings.set(shiftKey, String(Number(settings.get(shiftKey) ?? 0) + ms));
  }

  /** Makes it stand at the present moment, or go on from where it stands. */
  setStopped(isStopped: boolean): void {
    const { now, settings } = this.#parts;
    this.passTime();
    const at = this.now();
    if (isStopped) {
      settings.set(stoppedKey, String(at));
    } else {
      settings.delete(stoppedKey);
      settings.set(shiftKey, String(at - now()));
    }
  }

  #runUntil(to: number): void {
    if (to <= this.#doneUntil) return;
    try {
      this.#at = this.#doneUntil;
      for (let due = this.#nextDue(); due !== undefined && due.at <= to; due = this.#nextDue()) {
        this.#at = due.at;
        due.entry.ranAt = due.at;
        due.entry.job.run();
      }
    } finally {
      this.#at = undefined;
      this.#doneUntil = to;
    }
  }

  #nextDue() {
    const dues = this.#jobs.flatMap((entry) => {
      const since = entry.job.pendingSince();
      if (since === undefined) return [];
      const from = Math.max(entry.ranAt, this.#doneUntil, since - 1);
      return [{ entry, at: entry.job.nextAfter(from) }];
    });
    return dues.reduce<(typeof dues)[number] | undefined>(
      (first, due) => (first === undefined || due.at < first.at ? due : first),
      undefined,
    );
  }
}
