import { nowMs, type Step, waitsForMoney } from "./told.ts";

const deadlineMs = 60_000;

interface Waiter {
  readonly heard: (atMs: number) => void;
  readonly failed: (reason: Error) => void;
}

/** Hears what the workers tell, and tells those who wait for it when it happened. */
export class StepLog {
  readonly #waiters = new Map<string, Waiter[]>();
  #steps: Step[] = [];
  #gone: Error | undefined;
  /** Tries of payments' steps that failed, since the beginning. */
  failures = 0;

  /** A line of a worker's output. False: it is not for us. */
  hear(line: string): boolean {
    const told = parsed(line);
    if (told?.msg === waitsForMoney) {
      this.#tell(`${told.workflowId} ${waitsForMoney}`, nowMs());
      return true;
    }
    if (told?.step === undefined) return false;
    const step = told as Step;
    if (step.failed) {
      // A loop that is paused ends as one that failed.
      if (/payment:/u.test(step.workflowId)) this.failures += 1;
      return true;
    }
    this.#steps.push(step);
    this.#tell(`${step.workflowId} ${step.step}`, step.endedMs);
    return true;
  }

  /** When this workflow's next step of this name has ended. Ask before it can. */
  step(workflowId: string, name: string): Promise<number> {
    return this.#next(`${workflowId} ${name}`);
  }

  /** When this payment begins to wait for its money. */
  waiting(workflowId: string): Promise<number> {
    return this.#next(`${workflowId} ${waitsForMoney}`);
  }

  /** Every step since the last call. */
  takeSteps(): Step[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }

  /** A worker has ended: nobody will tell any more. */
  lose(reason: Error): void {
    this.#gone = reason;
    for (const waiter of [...this.#waiters.values()].flat()) waiter.failed(reason);
  }

  #next(what: string): Promise<number> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const seconds = deadlineMs / 1_000;
    const late = () => reject(new Error(`${what}: nothing heard for ${seconds} s`));
    const timer = setTimeout(late, deadlineMs);
    const stop =
      <Value>(end: (value: Value) => void) =>
      (value: Value) => {
        clearTimeout(timer);
        end(value);
      };
    const waiter = { heard: stop(resolve), failed: stop(reject) };
    this.#waiters.set(what, [...(this.#waiters.get(what) ?? []), waiter]);
    // Whoever asked may be gone when it fails, because something before it did.
    promise.catch(() => undefined);
    return promise;
  }

  #tell(what: string, atMs: number): void {
    const waiters = this.#waiters.get(what) ?? [];
    this.#waiters.delete(what);
    for (const { heard } of waiters) heard(atMs);
  }
}

function parsed(line: string): (Partial<Step> & { readonly msg?: string }) | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Partial<Step> & { readonly msg?: string };
  } catch {
    return undefined;
  }
}
