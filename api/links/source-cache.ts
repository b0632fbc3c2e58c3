import { BoundedMap } from "./bounded-map.ts";
import type { SourceAnswer, SourceResult } from "./source.ts";

/** An answer, and whether it is the last good one of a panel that does not answer now. */
export type CachedResult =
  | Exclude<SourceResult, { readonly kind: "failed" }>
  | { readonly kind: "stale"; readonly answer: SourceAnswer }
  | { readonly kind: "failed" };

interface Entry {
  readonly answer: SourceAnswer;
  readonly atMs: number;
}

/** How long an answer is given again without asking. */
const freshMs = 10_000;
/** How old the last good answer of a silent panel may be. */
const staleMs = 24 * 60 * 60 * 1_000;
/** How long a panel that failed is not asked for the same again. */
const restMs = 5_000;
const mostBytes = 48 * 1_048_576;
const mostAsked = 128;
const mostFailed = 10_000;

/** Keeps panels' answers in memory, which may be lost. Equal questions at one time are one. */
export class SourceCache {
  readonly #entries = new Map<string, Entry>();
  readonly #asking = new Map<string, Promise<CachedResult>>();
  readonly #failedAtMs = new BoundedMap<string, number>(mostFailed);
  #bytes = 0;

  /** The answer to `key`; `ask` is called where there is no fresh one. */
  async get(key: string, ask: () => Promise<SourceResult>): Promise<CachedResult> {
    const known = this.#entries.get(key);
    const now = performance.now();
    if (known !== undefined && now - known.atMs < freshMs) {
      return { kind: "answered", answer: known.answer };
    }
    const rests = now - (this.#failedAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < restMs;
    const asking = this.#asking.get(key);
    if (asking !== undefined) return asking;
    if (rests || this.#asking.size >= mostAsked) return this.#lastGood(key);
    const asked = this.#ask(key, ask).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asked);
    return asked;
  }

  async #ask(key: string, ask: () => Promise<SourceResult>): Promise<CachedResult> {
    const result = await ask();
    if (result.kind === "answered") {
      this.#failedAtMs.delete(key);
      this.#keep(key, result.answer);
      return result;
    }
    if (result.kind !== "failed") return result;
    this.#failedAtMs.set(key, performance.now());
    return this.#lastGood(key);
  }

  #lastGood(key: string): CachedResult {
    const known = this.#entries.get(key);
    const isGood = known !== undefined && performance.now() - known.atMs < staleMs;
    return isGood ? { kind: "stale", answer: known.answer } : { kind: "failed" };
  }

  #keep(key: string, answer: SourceAnswer): void {
    this.#drop(key);
    this.#entries.set(key, { answer, atMs: performance.now() });
    this.#bytes += sizeOf(answer);
    while (this.#bytes > mostBytes) {
      const [oldest] = this.#entries.keys();
      if (oldest === undefined) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const known = this.#entries.get(key);
    if (known === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= sizeOf(known.answer);
  }
}

/** With what an entry costs beside its body. */
const sizeOf = ({ body }: SourceAnswer): number => body.length + 1_024;
