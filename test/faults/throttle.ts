/** Lets something happen at most once in `everyMs`, by name. */
export class Throttle {
  readonly #everyMs: number;
  readonly #lastAtMs = new Map<string, number>();

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** Whether it may happen now; if so, it counts as done. */
  isDue(name: string): boolean {
    const now = Date.now();
    if (now - (this.#lastAtMs.get(name) ?? 0) < this.#everyMs) return false;
    this.#lastAtMs.set(name, now);
    return true;
  }
}
