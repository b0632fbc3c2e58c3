import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { SendingObserver } from "../activities/messaging/messages.ts";
import { countWaiting, type WaitingMessages } from "../db/messaging/messages.ts";
import { type EntityManager, queriesOf } from "../db/orm.ts";

const buckets = [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/**
 * Metrics of messages: how many wait, how long sending takes, how it ends. The result observes the
 * activities that send.
 */
export function messageMetrics(registry: Registry, em: EntityManager): SendingObserver {
  const registers = [registry];
  // Both gauges are read together, and share one query.
  let pending: Promise<WaitingMessages | undefined> | undefined;
  const counts = async () => {
    pending ??= countWaiting(queriesOf(em)).catch(() => undefined);
    const now = await pending;
    pending = undefined;
    return now;
  };
  void new Gauge({
    name: "tollgate_messages",
    help: "Messages that are not sent yet, by whether they rest after a try",
    labelNames: ["state"],
    registers,
    async collect() {
      const now = await counts();
      this.reset();
      if (now === undefined) return;
      this.set({ state: "waiting" }, now.waiting - now.resting);
      this.set({ state: "resting" }, now.resting);
    },
  });
  void new Gauge({
    name: "tollgate_messages_oldest_seconds",
    help: "How long the oldest message that is not sent has been waiting",
    registers,
    async collect() {
      this.set((await counts())?.oldestSeconds ?? 0);
    },
  });
  const seconds = new Histogram({
    name: "tollgate_message_seconds",
    help: "From a message's transaction to its being sent",
    buckets,
    registers,
  });
  const over = new Counter({
    name: "tollgate_messages_over_total",
    help: "Messages by how they ended",
    labelNames: ["state"],
    registers,
  });
  return {
    onFinished(state, sinceWritten) {
      over.inc({ state });
      if (state === "sent") seconds.observe(sinceWritten);
    },
  };
}
