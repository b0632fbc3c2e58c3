import { monitorEventLoopDelay } from "node:perf_hooks";
import { Client } from "pg";
import { median } from "../payments/figures.ts";

let statements = 0;

/** Makes this process count each statement that it sends. */
export function countStatements(): void {
  const { prototype } = Client;
  const query = Reflect.get(prototype, "query") as (...args: unknown[]) => unknown;
  const countingQuery = function (this: Client, ...args: unknown[]): unknown {
    statements += 1;
    return query.apply(this, args);
  };
  Reflect.set(prototype, "query", countingQuery);
}

interface Measurement {
  readonly ms: number;
  /** The longest time for which the event loop was blocked. */
  readonly blockedMs: number;
  /** Processor time of this process alone. */
  readonly processorMs: number;
  readonly statements: number;
}

const resolutionMs = 1;

/** Measures work, by name. */
export class Stopwatch {
  readonly #measurements = new Map<string, Measurement[]>();

  /** Runs `work` and adds a measurement under this name. */
  async run(name: string, work: () => Promise<void>): Promise<void> {
    const delays = monitorEventLoopDelay({ resolution: resolutionMs });
    const before = { statements, cpu: process.cpuUsage(), ms: performance.now() };
    delays.enable();
    await work();
    const ms = performance.now() - before.ms;
    // A block of the loop is recorded only when its next timer fires.
    await new Promise((resolve) => void setTimeout(resolve, 5));
    delays.disable();
    const { user, system } = process.cpuUsage(before.cpu);
    const measurement = {
      ms,
      blockedMs: Math.max(0, delays.max / 1e6 - resolutionMs),
      processorMs: (user + system) / 1_000,
      statements: statements - before.statements,
    };
    this.#measurements.set(name, [...(this.#measurements.get(name) ?? []), measurement]);
  }

  /**
   * One row for each name: the number of measurements, median and largest milliseconds, longest
   * block, median processor time, median statements.
   */
  rows(): string[][] {
    return [...this.#measurements].map(([name, measurements]) => {
      const of = (field: keyof Measurement) => measurements.map((one) => one[field]);
      return [
        name,
        String(measurements.length),
        median(of("ms")).toFixed(0),
        Math.max(...of("ms")).toFixed(0),
        Math.max(...of("blockedMs")).toFixed(0),
        median(of("processorMs")).toFixed(0),
        median(of("statements")).toFixed(0),
      ];
    });
  }
}
