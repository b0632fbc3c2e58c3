import { eventually } from "../support/eventually.ts";
import type { Killable } from "../support/plant.ts";
import type { Part } from "./payment-history.ts";

/** How long anything may take to come back. */
const revivalMs = 120_000;

/** A part that is killed and comes back by itself. Deaths that are wished for too soon after one are that one. */
class Mortal {
  deaths = 0;
  /** Resolves when it is alive again. */
  alive: Promise<void> = Promise.resolve();
  /** Resolves when it is killed the next time. */
  death = Promise.withResolvers<void>();
  readonly #part: Killable;
  #restsUntil = 0;

  constructor(part: Killable) {
    this.#part = part;
  }

  /** kill -9; resolves when it is dead, or dying already. */
  async kill(restMs: number): Promise<void> {
    if (Date.now() < this.#restsUntil) return;
    this.#restsUntil = Number.POSITIVE_INFINITY;
    this.deaths += 1;
    await this.alive;
    await this.#part.kill();
    const { resolve } = this.death;
    this.death = Promise.withResolvers<void>();
    resolve();
    this.alive = eventually(() => this.#part.keepAlive(), revivalMs).finally(() => {
      this.#restsUntil = Date.now() + restMs;
    });
    // Whoever waits for it to live hears of the failure.
    this.alive.catch(() => undefined);
  }
}

/** The parts of the product that die, for all histories that are played at the same time. */
export class Chaos {
  /** How long a part is left alone after it came back. */
  restMs = 0;
  readonly #parts: Readonly<Record<Part, Mortal>>;

  constructor(parts: Readonly<Record<Part, Killable>>) {
    const named = Object.entries(parts).map(([name, part]) => [name, new Mortal(part)]);
    this.#parts = Object.fromEntries(named) as Record<Part, Mortal>;
  }

  kill(part: Part): Promise<void> {
    return this.#parts[part].kill(this.restMs);
  }

  /** Resolves when all that was killed is alive. */
  async calm(): Promise<void> {
    await Promise.all(Object.values(this.#parts).map(({ alive }) => alive));
  }

  alive(part: Part): Promise<void> {
    return this.#parts[part].alive;
  }

  death(part: Part): Promise<void> {
    return this.#parts[part].death.promise;
  }

  /** How often each part was killed, in words. */
  toll(): string {
    const counts = Object.entries(this.#parts).map(([name, { deaths }]) => `${name} ${deaths}`);
    return counts.join(", ");
  }
}
