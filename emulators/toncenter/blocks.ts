/** Between two masterchain blocks since April 2026 [TON:ecosystem/subsecond.mdx]. */
const blockMs = 400;

/** In the order of mainnet's block numbers. */
const firstSeqno = 60_000_000;

/** The sandbox has no masterchain: here it is a clock, the same again after a restart. */
export class Blocks {
  readonly #bornMs: number;

  constructor(bornMs: number) {
    this.#bornMs = bornMs;
  }

  get first(): number {
    return firstSeqno;
  }

  /** The masterchain block that refers to what happened at a time in milliseconds. */
  seqnoAt(timeMs: number): number {
    return firstSeqno + Math.max(0, Math.floor((timeMs - this.#bornMs) / blockMs));
  }

  /** When a block was made, in milliseconds since 1970. */
  madeMs(seqno: number): number {
    return this.#bornMs + (seqno - firstSeqno) * blockMs;
  }
}
