import { setTimeout as delay } from "node:timers/promises";
import { median } from "../../bench/payments/figures.ts";
import { table } from "../../bench/payments/table.ts";
import { minuteMs, secondMs } from "../../domain/time.ts";
import { memoryOf } from "../drivers/memory.ts";
import type { Processes } from "../drivers/processes.ts";

const parts = ["worker", "bot", "api"] as const;
type Part = (typeof parts)[number];

/** The memory of the product's processes over time, in MB (PSS). */
export class MemoryLog {
  readonly #processes: Processes;
  readonly #samples: Readonly<Record<Part, number>>[] = [];

  constructor(processes: Processes) {
    this.#processes = processes;
  }

  /** Takes a sample once a minute, or 60 in all if that is more, until `endMs`. */
  async record(endMs: number): Promise<void> {
    const everyMs = Math.min(minuteMs, Math.max(secondMs, (endMs - Date.now()) / 60));
    while (Date.now() < endMs) {
      this.#samples.push(this.#sample());
      await delay(everyMs);
    }
  }

  /** A Markdown table of the median in each quarter of the time. */
  table(): string {
    const rows = parts.map((part) => [
      part,
      ...this.#quarters(part).map((values) => median(values).toFixed(0)),
    ]);
    return table(["MB", "1st quarter", "2nd", "3rd", "4th"], rows);
  }

  /**
   * Parts whose median in the last quarter exceeds that of the second by more
   * than this share, as text.
   */
  grownBeyond(share: number): string[] {
    return parts.flatMap((part) => {
      const [, second = [], , last = []] = this.#quarters(part);
      const before = median(second);
      const after = median(last);
      return after > before * (1 + share) ? [`${part}: ${before} → ${after} MB`] : [];
    });
  }

  #sample(): Record<Part, number> {
    const used = parts.map((part) => {
      const { pid } = this.#processes[part];
      if (pid === undefined) throw new Error(`${part} does not run`);
      return [part, memoryOf([pid]).pssMb];
    });
    return Object.fromEntries(used) as Record<Part, number>;
  }

  #quarters(part: Part): readonly (readonly number[])[] {
    const values = this.#samples.map((sample) => sample[part]);
    const size = Math.ceil(values.length / 4);
    return [0, 1, 2, 3].map((at) => values.slice(at * size, (at + 1) * size));
  }
}
