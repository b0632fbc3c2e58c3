import { monitorEventLoopDelay } from "node:perf_hooks";
import { Client } from "pg";
import { median } from "../payments/figures.ts";

let statements = 0;

/** From now on each statement that this process sends is counted. */
export function countStatements(): void {
  const { prototype } = Client;
  const ask = Reflect.get(prototype, "query") as (...given: unknown[]) => unknown;
  const counted = function (this: Client, ...given: unknown[]): unknown {
    statements += 1;
    return ask.apply(this, given);
  };
  Reflect.set(prototype, "query", counted);
}

interface Watched {
  readonly ms: number;
  /** The longest stretch in which the event loop did nothing else. */
  readonly blockedMs: number;
  /** Of this process, whatever else the machine does. */
  readonly processorMs: number;
  readonly statements: number;
}

const resolutionMs = 1;

/** Measures what is run, by name. */
export class Watch {
  readonly #seen = new Map<string, Watched[]>();

  async run(name: string, work: () => Promise<void>): Promise<void> {
    const delays = monitorEventLoopDelay({ resolution: resolutionMs });
    const before = { statements, cpu: process.cpuUsage(), ms: performance.now() };
    delays.enable();
    await work();
    const ms = performance.now() - before.ms;
    // What has blocked the loop until now is noted when its next timer comes.
    await new Promise((resolve) => void setTimeout(resolve, 5));
    delays.disable();
    const { user, system } = process.cpuUsage(before.cpu);
    const seen = {
      ms,
      blockedMs: Math.max(0, delays.max / 1e6 - resolutionMs),
      processorMs: (user + system) / 1_000,
      statements: statements - before.statements,
    };
    this.#seen.set(name, [...(this.#seen.get(name) ?? []), seen]);
  }

  /** Of each name: times, median and most milliseconds, most blocked, median of processor and statements. */
  rows(): string[][] {
    return [...this.#seen].map(([name, seen]) => {
      const of = (field: keyof Watched) => seen.map((one) => one[field]);
      return [
        name,
        String(seen.length),
        median(of("ms")).toFixed(0),
        Math.max(...of("ms")).toFixed(0),
        Math.max(...of("blockedMs")).toFixed(0),
        median(of("processorMs")).toFixed(0),
        median(of("statements")).toFixed(0),
      ];
    });
  }
}
