import type { GatewayName } from "../../../domain/payments/payment.ts";
import { instant } from "../../../domain/time.ts";
import { workConcurrently } from "../../concurrently.ts";
import { monotonicMs } from "./clock.ts";
import { isOutage, reasonOf } from "./outage.ts";
import type { ReconcilerPorts, Run } from "./ports.ts";

const resumesAtOnce = 8;

/** Resumes what is under way by the books and has lost its workflow. */
export class Resumer {
  readonly #ports: ReconcilerPorts;
  readonly #name: GatewayName;
  readonly #run: Run;
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  constructor(ports: ReconcilerPorts, name: GatewayName, run: Run) {
    this.#ports = ports;
    this.#name = name;
    this.#run = run;
  }

  /**
   * Resumes refunds and orders that should have been closed in each pass,
   * and all open orders every ten minutes.
   */
  async resume(): Promise<void> {
    const { unattended, workflows, polling } = this.#ports;
    const now = instant(Date.now());
    const name = this.#name;
    const began = monotonicMs();
    const isSweep = began - this.#sweptAtMs >= polling.sweepEveryMs;
    await this.#resumeEach(
      (after) =>
        isSweep ? unattended.listOpen(name, now, after) : unattended.listLapsed(name, now, after),
      (id) => workflows.resumePayment(id),
    );
    await this.#resumeEach(
      (after) => unattended.listRefunds(name, now, after),
      (id) => workflows.resumeRefund(id),
    );
    await this.#resumeEach(
      (after) => unattended.listUnmatched(name, after),
      (id) => workflows.resumeUnmatched(id),
    );
    if (isSweep) this.#sweptAtMs = began;
  }

  async #resumeEach<Id extends string>(
    page: (after: string) => Promise<readonly Id[]>,
    resume: (id: Id) => Promise<void>,
  ): Promise<void> {
    for (let after = ""; ;) {
      const ids = await page(after);
      await workConcurrently(ids, resumesAtOnce, async (id) => {
        this.#run.signal.throwIfAborted();
        await resume(id).catch((error: unknown) => {
          if (isOutage(error)) throw error;
          this.#run.warn("a workflow could not be resumed", { id, reason: reasonOf(error) });
        });
      });
      const last = ids.at(-1);
      if (last === undefined) return;
      after = last;
    }
  }
}
