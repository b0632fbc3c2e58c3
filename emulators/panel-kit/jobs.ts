import type { Job } from "../kit/virtual-clock.ts";
import type { Batches } from "./batches.ts";
import type { PanelCore } from "./core.ts";
import type { PanelNode } from "./node.ts";

/** What jobs run on. */
export interface JobParts {
  readonly core: PanelCore;
  readonly node: Pick<PanelNode, "hasCounted">;
  readonly batches: Batches;
  /** The moments at which time alone may give the reviews of users something to do. */
  readonly moments: () => Iterable<number>;
}

/** How often a job runs after the panel's start, and what it does at a moment. */
export interface Work {
  readonly everyMs: number;
  readonly run: (nowMs: number) => void;
}

/** Makes the jobs of a panel that starts now. */
export class JobMaker {
  readonly #parts: JobParts;
  readonly #startMs: number;

  constructor(parts: JobParts) {
    this.#parts = parts;
    this.#startMs = parts.core.clock.now();
  }

  /** Looks at all users: there is something to do after every change, and at some moments. */
  review({ everyMs, run }: Work): Job {
    const { core, moments } = this.#parts;
    let seen = -1;
    let ranMs = this.#startMs;
    return {
      nextAfter: this.#every(everyMs),
      pendingSince: () => {
        if (seen !== core.revision) return this.#startMs;
        let firstMs = Infinity;
        for (const ms of moments()) if (ms > ranMs && ms < firstMs) firstMs = ms;
        return firstMs === Infinity ? undefined : firstMs;
      },
      run: () => {
        seen = core.revision;
        ranMs = core.clock.now();
        run(ranMs);
      },
    };
  }

  /** Reads the node's counters: there is something to do once it has counted. */
  usage({ everyMs, run }: Work): Job {
    const { clock } = this.#parts.core;
    return {
      nextAfter: this.#every(everyMs),
      pendingSince: () => (this.#parts.node.hasCounted ? this.#startMs : undefined),
      run: () => run(clock.now()),
    };
  }

  /** Sends webhooks; the answers come while the clock goes on. */
  webhooks(everyMs: number): Job {
    const { batches, core } = this.#parts;
    return {
      nextAfter: this.#every(everyMs),
      pendingSince: () => batches.firstDueMs,
      run: () => void batches.send(core.clock.now()),
    };
  }

  #every(periodMs: number): Job["nextAfter"] {
    return (ms) => {
      const passed = Math.floor((ms - this.#startMs) / periodMs);
      return this.#startMs + (passed + 1) * periodMs;
    };
  }
}
