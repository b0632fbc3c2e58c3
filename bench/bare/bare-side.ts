import { randomUUID } from "node:crypto";
import type { Client } from "@temporalio/client";
import type { CompletedPayment, Contender } from "../payments/contender.ts";
import type { StepLog } from "../payments/step-log.ts";
import { nowMs } from "../payments/step.ts";
import type { barePayment } from "./workflow.ts";

/** The task queue of the bare workflow's worker. */
export const bareTaskQueue = "bare";

/** Side A: payments that are only workflows. No messages are sent. */
export class BareSide implements Contender {
  readonly name = "A";
  readonly people: number;
  readonly #client: Client;
  readonly #stepLog: StepLog;

  constructor({ client, stepLog }: { client: Client; stepLog: StepLog }, people: number) {
    this.people = people;
    this.#client = client;
    this.#stepLog = stepLog;
  }

  async prepare(): Promise<void> {
    // There is nothing to reset.
  }

  calendar(): undefined {
    return undefined;
  }

  async pay(): Promise<CompletedPayment> {
    const workflowId = `bare-payment:${randomUUID()}`;
    const waiting = this.#stepLog.waitUntilWaiting(workflowId);
    const handle = await this.#client.workflow.start<typeof barePayment>("barePayment", {
      taskQueue: bareTaskQueue,
      workflowId,
      args: [],
    });
    await waiting;
    const decided = this.#stepLog.waitForStep(workflowId, "decideEvents");
    const calledMs = nowMs();
    await handle.signal("paid");
    const [bookedMs] = await Promise.all([decided, handle.result()]);
    return { workflowId, bookedMs: bookedMs - calledMs, notifiedMs: bookedMs - calledMs };
  }
}
