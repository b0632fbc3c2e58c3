import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "../drivers/eventually.ts";
import type { Killable } from "../drivers/processes.ts";
import type { Part } from "./payment-history.ts";

/** How long anything may take to come back. */
const revivalMs = 120_000;

/** A part that is killed and comes back by itself. Deaths that are wished for too soon after one are that one. */
class KilledPart {
  readonly diedAtMs: number[] = [];
  /** Resolves when it is alive again. */
  alive: Promise<void> = Promise.resolve();
  readonly #part: Killable;
  #restsUntil = 0;

  constructor(part: Killable) {
    this.#part = part;
  }

  /** kill -9; resolves when it is dead, or dying already. It stays dead for `awayMs`. */
  async kill(restMs: number, awayMs: number): Promise<void> {
    if (Date.now() < this.#restsUntil) return;
    this.#restsUntil = Number.POSITIVE_INFINITY;
    await this.alive;
    await this.#part.kill();
    this.diedAtMs.push(Date.now());
    const revived = delay(awayMs).then(() => eventually(() => this.#part.keepAlive(), revivalMs));
    this.alive = revived.finally(() => {
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
  readonly #parts: Readonly<Record<Part, KilledPart>>;

  constructor(parts: Readonly<Record<Part, Killable>>) {
    const named = Object.entries(parts).map(([name, part]) => [name, new KilledPart(part)]);
    this.#parts = Object.fromEntries(named) as Record<Part, KilledPart>;
  }

  kill(part: Part, awayMs = 0): Promise<void> {
    return this.#parts[part].kill(this.restMs, awayMs);
  }

  /** Resolves when all that was killed is alive. */
  async calm(): Promise<void> {
    await Promise.all(Object.values(this.#parts).map(({ alive }) => alive));
  }

  /** How often this part was killed since a moment. */
  deathsSince(part: Part, sinceMs: number): number {
    return this.#parts[part].diedAtMs.filter((ms) => ms >= sinceMs).length;
  }

  /** How often each part was killed, in words. */
  toll(): string {
    const counts = Object.entries(this.#parts).map(
      ([name, { diedAtMs }]) => `${name} ${diedAtMs.length}`,
    );
    return counts.join(", ");
  }
}
