import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../servers/process.ts";
import type { Service, ServiceName, Started } from "./service.ts";
import type { StartContext } from "./start-context.ts";

const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** A part that has lived this long is well again: its next crash is its first. */
const recoveredAfterMs = 60_000;

/** Starts parts in the order of their needs, brings back what dies, stops all in order. */
export class Supervisor {
  readonly #parts: readonly Service[];
  readonly #stage: StartContext;
  readonly #started = new Map<ServiceName, Started>();
  readonly #down = new Set<ServiceName>();
  readonly #stopping = new AbortController();

  constructor(parts: readonly Service[], stage: StartContext) {
    this.#parts = parts;
    this.#stage = stage;
  }

  /** Every part there is to be, started or not. */
  get names(): readonly ServiceName[] {
    return this.#parts.map(({ name }) => name);
  }

  /** What each part came to, as it stands now. */
  get started(): ReadonlyMap<ServiceName, Started> {
    return this.#started;
  }

  /** Parts whose process has died and is not back yet. */
  get down(): ReadonlySet<ServiceName> {
    return this.#down;
  }

  /**
   * Starts each part as soon as what it needs is up, all others side by side.
   * @throws Advice of the first part that fails; nothing more is started then.
   */
  async startAll(): Promise<void> {
    const starts = new Map<ServiceName, Promise<void>>();
    const startOne = (part: Service): Promise<void> => {
      const known = starts.get(part.name);
      if (known) return known;
      const needed = this.#parts.filter(({ name }) => part.needs.includes(name));
      const start = Promise.all(needed.map(startOne)).then(() => this.#start(part));
      starts.set(part.name, start);
      return start;
    };
    await Promise.all(this.#parts.map((part) => this.#failingAll(startOne(part))));
  }

  /**
   * Stops all, the last ones of the road first. Nothing is started or brought back from here on.
   */
  async stopAll(): Promise<void> {
    this.#stopping.abort();
    const levels = new Set(this.#parts.map(({ stopsAt }) => stopsAt));
    for (const level of [...levels].toSorted((a, b) => b - a)) {
      const sideBySide = this.#parts.filter(({ stopsAt }) => stopsAt === level);
      await Promise.all(sideBySide.map(({ name }) => this.#stop(name)));
    }
  }

  async #stop(name: ServiceName): Promise<void> {
    const started = this.#started.get(name);
    // What is still coming up has promised nothing yet.
    if (started === undefined || this.#down.has(name)) this.#stage.kill(name);
    await started?.running?.stop();
  }

  async #failingAll(start: Promise<void>): Promise<void> {
    try {
      await start;
    } catch (error) {
      this.#stopping.abort();
      throw error;
    }
  }

  async #start(part: Service): Promise<void> {
    if (this.#stopping.signal.aborted) throw new Aborted();
    const started = await part.start(this.#stage).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`${part.name}: ${error.message}`);
    });
    this.#started.set(part.name, started);
    this.#watch(part, started, firstPauseMs);
  }

  #watch(part: Service, { running }: Started, pauseMs: number): void {
    const startedAt = Date.now();
    void running?.exited.then((how) => {
      if (this.#stopping.signal.aborted) return;
      this.#down.add(part.name);
      const wellAgain = Date.now() - startedAt > recoveredAfterMs;
      void this.#bringBack(part, how, wellAgain ? firstPauseMs : pauseMs);
    });
  }

  async #bringBack(part: Service, how: string, pauseMs: number): Promise<void> {
    let pause = pauseMs;
    let reason = `ended (${how})`;
    for (;;) {
      this.#stage.say(`${part.name} ${reason}: starting it again in ${pause / 1_000} s`);
      try {
        await delay(pause, undefined, { signal: this.#stopping.signal });
      } catch {
        return;
      }
      pause = Math.min(pause * 2, longestPauseMs);
      try {
        const started = await part.start(this.#stage);
        this.#started.set(part.name, started);
        if (this.#stopping.signal.aborted) return await this.#stop(part.name);
        this.#down.delete(part.name);
        this.#stage.say(`${part.name} is back`);
        return this.#watch(part, started, pause);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        reason = `could not be started (${(error as Error).message.split("\n")[0]})`;
      }
    }
  }
}

/** A start that was broken off because another failed or because we were told to stop. */
export class Aborted extends Error {
  override readonly name = "Halted";
}
