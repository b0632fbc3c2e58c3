import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "../drivers/eventually.ts";
import type { Killable } from "../drivers/processes.ts";
import type { Part } from "./payment-history.ts";

/** The longest time that a restart may take. */
const revivalMs = 120_000;

/** A part that is killed and restarted. A kill too soon after the last one does nothing. */
class KilledPart {
  readonly diedAtMs: number[] = [];
  /** Resolves when it has been restarted. */
  alive: Promise<void> = Promise.resolve();
  readonly #part: Killable;
  #restsUntil = 0;

  constructor(part: Killable) {
    this.#part = part;
  }

  /**
   * Kills it with SIGKILL and restarts it after `awayMs`.
   * Resolves when it is dead, or is already being killed.
   */
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
    // Those who await `alive` get the failure.
    this.alive.catch(() => undefined);
  }
}

/** Kills the parts of the product, which all histories that are played at the same time share. */
export class PartKiller {
  /** How long a part is not killed again after its restart. */
  restMs = 0;
  readonly #parts: Readonly<Record<Part, KilledPart>>;

  constructor(parts: Readonly<Record<Part, Killable>>) {
    const named = Object.entries(parts).map(([name, part]) => [name, new KilledPart(part)]);
    this.#parts = Object.fromEntries(named) as Record<Part, KilledPart>;
  }

  /**
   * Kills a part, which stays dead for `awayMs`; nothing happens while it rests from the last kill.
   */
  kill(part: Part, awayMs = 0): Promise<void> {
    return this.#parts[part].kill(this.restMs, awayMs);
  }

  /** Resolves when every killed part has been restarted. */
  async waitUntilRevived(): Promise<void> {
    await Promise.all(Object.values(this.#parts).map(({ alive }) => alive));
  }

  /** How often this part was killed since `sinceMs`. */
  deathsSince(part: Part, sinceMs: number): number {
    return this.#parts[part].diedAtMs.filter((ms) => ms >= sinceMs).length;
  }

  /** How often each part was killed, as text. */
  describeDeaths(): string {
    const counts = Object.entries(this.#parts).map(
      ([name, { diedAtMs }]) => `${name} ${diedAtMs.length}`,
    );
    return counts.join(", ");
  }
}
