import { nowMs, type Step, waitsForMoneyLog } from "./step.ts";

const deadlineMs = 60_000;

interface Waiter {
  readonly resolve: (atMs: number) => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Reads the workers' output and resolves those who wait for a step,
 * with the time at which it ended.
 */
export class StepLog {
  readonly #waiters = new Map<string, Waiter[]>();
  #steps: Step[] = [];
  #lost: Error | undefined;
  /** Failed attempts of payments' steps, since the start. */
  failures = 0;

  /** Takes a line of a worker's output. Returns false when it is not about a step. */
  readLine(line: string): boolean {
    const parsed = parseLine(line);
    if (parsed?.msg === waitsForMoneyLog) {
      this.#resolveWaiters(`${parsed.workflowId} ${waitsForMoneyLog}`, nowMs());
      return true;
    }
    if (parsed?.step === undefined) return false;
    const step = parsed as Step;
    if (step.failed) {
      // A paused reconciler's activity ends as a failed one.
      if (/payment:/u.test(step.workflowId)) this.failures += 1;
      return true;
    }
    this.#steps.push(step);
    this.#resolveWaiters(`${step.workflowId} ${step.step}`, step.endedMs);
    return true;
  }

  /**
   * When this workflow's next step of this name ended, in milliseconds.
   * Call it before the step can end.
   * @throws Error after a minute, or when a worker has ended.
   */
  waitForStep(workflowId: string, name: string): Promise<number> {
    return this.#waitForNext(`${workflowId} ${name}`);
  }

  /** When this payment began to wait for its money; like `waitForStep`. */
  waitUntilWaiting(workflowId: string): Promise<number> {
    return this.#waitForNext(`${workflowId} ${waitsForMoneyLog}`);
  }

  /** Returns every successful step since the last call. */
  takeSteps(): Step[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }

  /** Rejects all waiters, present and future: a worker has ended. */
  failAll(reason: Error): void {
    this.#lost = reason;
    for (const waiter of [...this.#waiters.values()].flat()) waiter.reject(reason);
  }

  #waitForNext(what: string): Promise<number> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const seconds = deadlineMs / 1_000;
    const expire = () => reject(new Error(`${what}: not seen for ${seconds} s`));
    const timer = setTimeout(expire, deadlineMs);
    const stop =
      <Value>(end: (value: Value) => void) =>
      (value: Value) => {
        clearTimeout(timer);
        end(value);
      };
    const waiter = { resolve: stop(resolve), reject: stop(reject) };
    this.#waiters.set(what, [...(this.#waiters.get(what) ?? []), waiter]);
    // The caller may no longer wait when this fails, because something before it failed.
    promise.catch(() => undefined);
    return promise;
  }

  #resolveWaiters(what: string, atMs: number): void {
    const waiters = this.#waiters.get(what) ?? [];
    this.#waiters.delete(what);
    for (const { resolve } of waiters) resolve(atMs);
  }
}

function parseLine(line: string): (Partial<Step> & { readonly msg?: string }) | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Partial<Step> & { readonly msg?: string };
  } catch {
    return undefined;
  }
}
