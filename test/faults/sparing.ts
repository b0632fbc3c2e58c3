/** Says of each name whether it is time again: `everyMs` after it last was. */
export class Sparing {
  readonly #everyMs: number;
  readonly #lastAtMs = new Map<string, number>();

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** True at most once in each while; whoever hears so does it. */
  isDue(name: string): boolean {
    const now = Date.now();
    if (now - (this.#lastAtMs.get(name) ?? 0) < this.#everyMs) return false;
    this.#lastAtMs.set(name, now);
    return true;
  }
}
