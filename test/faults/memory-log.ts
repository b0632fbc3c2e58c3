import { setTimeout as delay } from "node:timers/promises";
import { median } from "../../bench/payments/figures.ts";
import { table } from "../../bench/payments/table.ts";
import { minuteMs, secondMs } from "../../domain/time.ts";
import { memoryOf } from "../drivers/memory.ts";
import type { Processes } from "../drivers/processes.ts";

const parts = ["worker", "bot", "api"] as const;
type Part = (typeof parts)[number];

/** What the product's processes use over time, in MB (PSS). */
export class MemoryLog {
  readonly #plant: Processes;
  readonly #samples: Readonly<Record<Part, number>>[] = [];

  constructor(plant: Processes) {
    this.#plant = plant;
  }

  async watch(endMs: number): Promise<void> {
    const everyMs = Math.min(minuteMs, Math.max(secondMs, (endMs - Date.now()) / 60));
    while (Date.now() < endMs) {
      this.#samples.push(this.#now());
      await delay(everyMs);
    }
  }

  /** By quarters of the time: the median of each. */
  table(): string {
    const rows = parts.map((part) => [
      part,
      ...this.#quarters(part).map((values) => median(values).toFixed(0)),
    ]);
    return table(["MB", "1st quarter", "2nd", "3rd", "4th"], rows);
  }

  /** Parts whose memory in the last quarter is this much above that of the second one. */
  grownBeyond(share: number): string[] {
    return parts.flatMap((part) => {
      const [, second = [], , last = []] = this.#quarters(part);
      const [before, after] = [median(second), median(last)];
      return after > before * (1 + share) ? [`${part}: ${before} → ${after} MB`] : [];
    });
  }

  #now(): Record<Part, number> {
    const used = parts.map((part) => {
      const { pid } = this.#plant[part];
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
