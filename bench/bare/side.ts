import { randomUUID } from "node:crypto";
import type { Client } from "@temporalio/client";
import type { Ear } from "../payments/ear.ts";
import { nowMs } from "../payments/told.ts";
import type { Paid, Side } from "../payments/side.ts";
import type { barePayment, bareSubscription } from "./workflow.ts";

export const bareTaskQueue = "bare";

/** Side A: payments that are nothing but their workflows. */
export class Bare implements Side {
  readonly name = "A";
  readonly subscriptions: readonly string[];
  readonly #client: Client;
  readonly #ear: Ear;

  private constructor(client: Client, ear: Ear, subscriptions: readonly string[]) {
    this.#client = client;
    this.#ear = ear;
    this.subscriptions = subscriptions;
  }

  static async open({ client, ear }: { client: Client; ear: Ear }, people: number): Promise<Bare> {
    const ids = Array.from({ length: people }, (_, place) => `bare-subscription:${place}`);
    await Promise.all(
      ids.map((workflowId) =>
        client.workflow.start<typeof bareSubscription>("bareSubscription", {
          taskQueue: bareTaskQueue,
          workflowId,
          args: [],
        }),
      ),
    );
    return new Bare(client, ear, ids);
  }

  async prepare(): Promise<void> {
    // There is nothing outside that would fill up.
  }

  async pay(place: number): Promise<Paid> {
    const subscriptionId = this.subscriptions[place] ?? "";
    const workflowId = `bare-payment:${randomUUID()}`;
    const waiting = this.#ear.waiting(workflowId);
    const handle = await this.#client.workflow.start<typeof barePayment>("barePayment", {
      taskQueue: bareTaskQueue,
      workflowId,
      args: [subscriptionId],
    });
    await waiting;
    const given = this.#ear.timeGiven(subscriptionId);
    const calledMs = nowMs();
    await handle.signal("paid");
    const [{ bookedMs, toldMs }] = await Promise.all([given, handle.result()]);
    return { workflowId, bookedMs: bookedMs - calledMs, toldMs: toldMs - calledMs };
  }
}
