import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../servers/process.ts";
import type { ServiceName } from "./service-name.ts";
import type { Service, Started } from "./service.ts";
import type { StartContext } from "./start-context.ts";

const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** A service that has run this long has recovered: after its next crash the pauses start over. */
const recoveredAfterMs = 60_000;

/** Starts services in the order of their needs, restarts those that die, stops all in order. */
export class Supervisor {
  readonly #services: readonly Service[];
  readonly #context: StartContext;
  readonly #started = new Map<ServiceName, Started>();
  readonly #down = new Set<ServiceName>();
  readonly #stopping = new AbortController();

  constructor(services: readonly Service[], context: StartContext) {
    this.#services = services;
    this.#context = context;
  }

  /** Every service of this start, whether or not it is started yet. */
  get names(): readonly ServiceName[] {
    return this.#services.map(({ name }) => name);
  }

  /** The services that have been started, with the result of their latest start. */
  get started(): ReadonlyMap<ServiceName, Started> {
    return this.#started;
  }

  /** Services whose process has died and is not back yet. */
  get down(): ReadonlySet<ServiceName> {
    return this.#down;
  }

  /**
   * Starts each service as soon as those that it needs are up, and otherwise in parallel.
   * @throws UserError of the first service that fails; no further service is started then.
   */
  async startAll(): Promise<void> {
    const starts = new Map<ServiceName, Promise<void>>();
    const startOne = (service: Service): Promise<void> => {
      const known = starts.get(service.name);
      if (known) return known;
      const needed = this.#services.filter(({ name }) => service.needs.includes(name));
      const start = Promise.all(needed.map(startOne)).then(() => this.#start(service));
      starts.set(service.name, start);
      return start;
    };
    await Promise.all(this.#services.map((service) => this.#abortAllOnFailure(startOne(service))));
  }

  /**
   * Stops all services, those with the highest `stopsAt` first.
   * From here on nothing is started or restarted.
   */
  async stopAll(): Promise<void> {
    this.#stopping.abort();
    const levels = new Set(this.#services.map(({ stopsAt }) => stopsAt));
    for (const level of [...levels].toSorted((a, b) => b - a)) {
      const sideBySide = this.#services.filter(({ stopsAt }) => stopsAt === level);
      await Promise.all(sideBySide.map(({ name }) => this.#stop(name)));
    }
  }

  async #stop(name: ServiceName): Promise<void> {
    const started = this.#started.get(name);
    // A service that is still coming up has accepted no work yet: no graceful stop is needed.
    if (started === undefined || this.#down.has(name)) this.#context.kill(name);
    await started?.running?.stop();
  }

  async #abortAllOnFailure(start: Promise<void>): Promise<void> {
    try {
      await start;
    } catch (error) {
      this.#stopping.abort();
      throw error;
    }
  }

  async #start(service: Service): Promise<void> {
    if (this.#stopping.signal.aborted) throw new Aborted();
    const started = await service.start(this.#context).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`${service.name}: ${error.message}`);
    });
    this.#started.set(service.name, started);
    this.#restartOnExit(service, started, firstPauseMs);
  }

  #restartOnExit(service: Service, { running }: Started, pauseMs: number): void {
    const startedAt = Date.now();
    void running?.exited.then((how) => {
      if (this.#stopping.signal.aborted) return;
      this.#down.add(service.name);
      const recovered = Date.now() - startedAt > recoveredAfterMs;
      void this.#restart(service, how, recovered ? firstPauseMs : pauseMs);
    });
  }

  async #restart(service: Service, how: string, pauseMs: number): Promise<void> {
    let pause = pauseMs;
    let reason = `ended (${how})`;
    for (;;) {
      this.#context.say(`${service.name} ${reason}: starting it again in ${pause / 1_000} s`);
      try {
        await delay(pause, undefined, { signal: this.#stopping.signal });
      } catch {
        return;
      }
      pause = Math.min(pause * 2, longestPauseMs);
      try {
        const started = await service.start(this.#context);
        this.#started.set(service.name, started);
        if (this.#stopping.signal.aborted) return await this.#stop(service.name);
        this.#down.delete(service.name);
        this.#context.say(`${service.name} is back`);
        return this.#restartOnExit(service, started, pause);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        reason = `could not be started (${(error as Error).message.split("\n")[0]})`;
      }
    }
  }
}

/** A start that was aborted because another one failed or because the starter is stopping. */
export class Aborted extends Error {
  override readonly name = "Aborted";
}
