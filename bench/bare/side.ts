import { randomUUID } from "node:crypto";
import type { Client } from "@temporalio/client";
import type { Contender, Paid } from "../payments/contender.ts";
import type { StepLog } from "../payments/step-log.ts";
import { nowMs } from "../payments/told.ts";
import type { barePayment } from "./workflow.ts";

export const bareTaskQueue = "bare";

/** Side A: payments that are nothing but their workflows. Nobody is told anything. */
export class Bare implements Contender {
  readonly name = "A";
  readonly people: number;
  readonly #client: Client;
  readonly #ear: StepLog;

  constructor({ client, ear }: { client: Client; ear: StepLog }, people: number) {
    this.people = people;
    this.#client = client;
    this.#ear = ear;
  }

  async prepare(): Promise<void> {
    // There is nothing outside that would fill up.
  }

  calendar(): undefined {
    return undefined;
  }

  async pay(): Promise<Paid> {
    const workflowId = `bare-payment:${randomUUID()}`;
    const waiting = this.#ear.waiting(workflowId);
    const handle = await this.#client.workflow.start<typeof barePayment>("barePayment", {
      taskQueue: bareTaskQueue,
      workflowId,
      args: [],
    });
    await waiting;
    const decided = this.#ear.step(workflowId, "decideEvents");
    const calledMs = nowMs();
    await handle.signal("paid");
    const [bookedMs] = await Promise.all([decided, handle.result()]);
    return { workflowId, bookedMs: bookedMs - calledMs, toldMs: bookedMs - calledMs };
  }
}
