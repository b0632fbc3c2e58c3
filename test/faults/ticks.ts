import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import type { GatewayName } from "../../domain/payment.ts";
import { taskQueue, workflowIds } from "../../workflows/contract.ts";
import type { reconciliation } from "../../workflows/index.ts";
import type { Chaos } from "./chaos.ts";

/** A gateway that nobody tells of money is read by a tick so often while an invoice is open. */
const watchMs = 4_000;

interface Reading {
  readonly over: Promise<"read" | "failed" | "died">;
  readonly giveUp: () => Promise<unknown>;
}

/** Reconciliation on demand: whoever asks waits for a reading that began after they asked, with others. */
export class Ticks {
  readonly #client: Client;
  readonly #chaos: Chaos;
  readonly #running = new Map<string, Promise<void>>();
  readonly #next = new Map<string, Promise<void>>();
  /** Of gateways that are watched: the reading that goes on. */
  readonly #watches = new Map<string, Reading>();

  constructor(client: Client, chaos: Chaos) {
    this.#client = client;
    this.#chaos = chaos;
  }

  of(gateway: string): Promise<void> {
    const waiting = this.#next.get(gateway);
    if (waiting !== undefined) return waiting;
    const before = this.#running.get(gateway) ?? Promise.resolve();
    const turn = before.then(() => {
      this.#next.delete(gateway);
      this.#running.set(gateway, turn);
      return this.#run(gateway as GatewayName);
    });
    this.#next.set(gateway, turn);
    return turn;
  }

  /** A tick whose worker was killed would be given up by its heartbeat only: another one is quicker. */
  async #run(gateway: GatewayName): Promise<void> {
    for (let isRead = false; !isRead;) {
      const reading = this.#watches.get(gateway) ?? (await this.#start(gateway));
      const pulls = gateway === "ton";
      if (pulls) this.#watches.set(gateway, reading);
      const late = pulls ? [delay(watchMs, "late" as const)] : [];
      const how = await Promise.race([reading.over, ...late]);
      if (how !== "late") this.#watches.delete(gateway);
      if (how === "died") await reading.giveUp();
      isRead = how === "read" || how === "late";
    }
  }

  async #start(gateway: GatewayName): Promise<Reading> {
    await this.#chaos.alive("worker");
    const died = this.#chaos.death("worker").then(() => "died" as const);
    const handle = await this.#client.workflow.start<typeof reconciliation>("reconciliation", {
      taskQueue,
      workflowId: `${workflowIds.reconciliation(gateway)}:${randomUUID()}`,
      args: [gateway],
    });
    const ended = handle.result().then(
      () => "read" as const,
      () => "failed" as const,
    );
    return {
      over: Promise.race([ended, died]),
      giveUp: () => handle.terminate("its worker was killed").then(noop, noop),
    };
  }
}

const noop = () => undefined;
