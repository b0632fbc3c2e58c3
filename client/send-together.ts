import { AsyncLocalStorage } from "node:async_hooks";
import type { Client } from "@temporalio/client";
import type { GatewayEvent, PaymentId } from "../domain/payments/payment.ts";
import { isNeverTaken } from "./refusals.ts";

/** Limits of one signal: far below the 2 MB of a payload. */
const mostEvents = 200;
const mostBytes = 400_000;

type Send = (events: readonly GatewayEvent[]) => Promise<void>;

interface Report {
  readonly events: readonly GatewayEvent[];
  /** Sends within the deadline of its reporter. */
  readonly send: Send;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Reports by payment that wait while a signal to it is on its way. */
const waiting = new WeakMap<Client, Map<PaymentId, Report[]>>();

/**
 * Sends a report. While another report of the same payment is on its way, it waits and is then sent
 * together with all that wait: a flood becomes a handful of signals, each of which costs the
 * workflow the same, whatever it carries. Resolves or rejects as its own signal does.
 */
export function sendTogether(
  client: Client,
  id: PaymentId,
  events: readonly GatewayEvent[],
  send: Send,
): Promise<void> {
  const queues = waiting.get(client) ?? new Map<PaymentId, Report[]>();
  waiting.set(client, queues);
  const inContext = AsyncLocalStorage.snapshot();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const report = { events, send: (all) => inContext(send, all), resolve, reject } satisfies Report;
  const queue = queues.get(id);
  if (queue === undefined) {
    queues.set(id, [report]);
    void sendAll(queues, id);
  } else {
    queue.push(report);
  }
  return promise;
}

async function sendAll(queues: Map<PaymentId, Report[]>, id: PaymentId): Promise<void> {
  const queue = queues.get(id) ?? [];
  while (queue.length > 0) await sendBatch(take(queue));
  queues.delete(id);
}

/** Takes at least one report, and no more than fit into one signal. */
function take(queue: Report[]): readonly Report[] {
  let count = 0;
  let bytes = 0;
  const end = queue.findIndex(({ events }, place) => {
    count += events.length;
    bytes += events.reduce((sum, { evidence }) => sum + evidence.length, 0);
    return place > 0 && (count > mostEvents || bytes > mostBytes);
  });
  return queue.splice(0, end < 0 ? queue.length : end);
}

/** A report that Temporal will never accept is rejected alone: the others are sent without it. */
async function sendBatch(batch: readonly Report[]): Promise<void> {
  const last = batch.at(-1);
  if (last === undefined) return;
  try {
    await last.send(distinct(batch.flatMap(({ events }) => events)));
    for (const { resolve } of batch) resolve();
  } catch (error) {
    if (batch.length > 1 && isNeverTaken(error)) {
      for (const one of batch) await sendBatch([one]);
    } else {
      for (const { reject } of batch) reject(error);
    }
  }
}

/** Drops verbatim repeats. */
const distinct = (events: readonly GatewayEvent[]): readonly GatewayEvent[] => [
  ...new Map(events.map((event) => [JSON.stringify(event), event])).values(),
];
