import { randomUUID } from "node:crypto";
import type { Client } from "@temporalio/client";
import type { Ear } from "../payments/ear.ts";
import type { Paid, Side } from "../payments/side.ts";
import { nowMs } from "../payments/told.ts";
import type { barePayment } from "./workflow.ts";

export const bareTaskQueue = "bare";

/** Side A: payments that are nothing but their workflows. Nobody is told anything. */
export class Bare implements Side {
  readonly name = "A";
  readonly people: number;
  readonly #client: Client;
  readonly #ear: Ear;

  constructor({ client, ear }: { client: Client; ear: Ear }, people: number) {
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
