import { monitorEventLoopDelay } from "node:perf_hooks";
import { cpuMs } from "../payments/cpu.ts";
import { median } from "../payments/figures.ts";
import { sent } from "./counts.ts";

/** What one act has cost. */
export interface Measurement {
  readonly ms: number;
  /** The longest time for which the event loop was blocked. */
  readonly blockedMs: number;
  /** Processor time of this process alone. */
  readonly processorMs: number;
  /** Processor time of the host's process; 0 where it has none. */
  readonly hostMs: number;
  readonly statements: number;
  readonly calls: number;
  /** By how much this process's memory grew at most. */
  readonly grownMb: number;
}

const resolutionMs = 1;
const memoryEveryMs = 25;

/** Measures acts on a host, by name. */
export class Stopwatch {
  readonly #measurements = new Map<string, Measurement[]>();
  readonly #hostPid: () => number | undefined;

  constructor(hostPid: () => number | undefined) {
    this.#hostPid = hostPid;
  }

  /** Runs `work` and adds a measurement under this name. */
  async run(name: string, work: () => Promise<void>): Promise<void> {
    // With `--expose-gc`: what was left by the act before would hide what this one takes.
    globalThis.gc?.();
    const memory = trackMemory();
    const delays = monitorEventLoopDelay({ resolution: resolutionMs });
    const host = this.#hostMs();
    const before = { ...sent, cpu: process.cpuUsage(), ms: performance.now() };
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
      hostMs: this.#hostMs() - host,
      statements: sent.statements - before.statements,
      calls: sent.calls - before.calls,
      grownMb: memory.stop(),
    };
    this.#measurements.set(name, [...(this.#measurements.get(name) ?? []), measurement]);
  }

  /** For each name medians, and the longest block and the largest growth. */
  summary(): ReadonlyMap<string, Measurement> {
    const summaries = [...this.#measurements].map(([name, all]) => {
      const of = (field: keyof Measurement) => all.map((one) => one[field]);
      const summary: Measurement = {
        ms: median(of("ms")),
        blockedMs: Math.max(...of("blockedMs")),
        processorMs: median(of("processorMs")),
        hostMs: median(of("hostMs")),
        statements: median(of("statements")),
        calls: median(of("calls")),
        grownMb: Math.max(...of("grownMb")),
      };
      return [name, summary] as const;
    });
    return new Map(summaries);
  }

  #hostMs(): number {
    const pid = this.#hostPid();
    return pid === undefined ? 0 : (cpuMs([pid]) ?? 0);
  }
}

function trackMemory(): { readonly stop: () => number } {
  const before = process.memoryUsage.rss();
  let most = before;
  const look = () => void (most = Math.max(most, process.memoryUsage.rss()));
  const timer = setInterval(look, memoryEveryMs);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return (most - before) / 2 ** 20;
    },
  };
}
