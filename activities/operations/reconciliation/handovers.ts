import { hourMs } from "../../../domain/time.ts";
import type { StatementLine } from "../../../gateways/payments/port.ts";
import { type AddressedLine, keyOf } from "./addressed-line.ts";
import { monotonicMs } from "./clock.ts";

/** A line that Temporal has and the books do not have yet. */
export interface UndecidedLine {
  readonly line: StatementLine;
  readonly key: string;
  /** When Temporal first had it. */
  readonly sinceMs: number;
}

/** When a line was first and last sent to Temporal, and last seen. */
interface Handover {
  readonly sinceMs: number;
  readonly lastMs: number;
  seenMs: number;
}

/** Lines not seen for this long are forgotten: they are booked, or their reading is over. */
const forgottenAfterMs = hourMs;

/** The lines that were sent to Temporal and that the books do not have yet. */
export class Handovers {
  readonly #againMs: number;
  readonly #handovers = new Map<string, Handover>();

  /** @param againMs after how long a line is sent again if the books still do not have it */
  constructor(againMs: number) {
    this.#againMs = againMs;
  }

  /** Leaves out lines that were sent less than `againMs` ago. */
  withoutRecent(news: readonly AddressedLine[]): readonly AddressedLine[] {
    const now = monotonicMs();
    return news.filter((line) => {
      const handover = this.#handovers.get(keyOf(line));
      if (handover === undefined) return true;
      handover.seenMs = now;
      return now - handover.lastMs >= this.#againMs;
    });
  }

  /** Records lines that Temporal has accepted now. */
  record(accepted: readonly AddressedLine[]): void {
    const now = monotonicMs();
    for (const line of accepted) {
      const key = keyOf(line);
      const sinceMs = this.#handovers.get(key)?.sinceMs ?? now;
      this.#handovers.set(key, { sinceMs, lastMs: now, seenMs: now });
    }
    for (const [key, { seenMs }] of this.#handovers) {
      if (now - seenMs > forgottenAfterMs) this.#handovers.delete(key);
    }
  }

  /** Those of these new lines that Temporal has already. */
  undecidedAmong(news: readonly AddressedLine[]): readonly UndecidedLine[] {
    return news.flatMap((line) => {
      const key = keyOf(line);
      const handover = this.#handovers.get(key);
      return handover === undefined ? [] : [{ line, key, sinceMs: handover.sinceMs }];
    });
  }
}
