import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { WebhookReader } from "../../gateways/payments/webhook-port.ts";
import { Backoff } from "../../runtime/backoff.ts";

/** What happens to one webhook; with 0 copies it is lost. */
export interface Treatment {
  readonly copies: number;
  /**
   * `later`: when `release` is called, the newest first.
   * `last`: when `empty` is called, after everything else.
   */
  readonly when: "atOnce" | "later" | "last";
}

interface Webhook {
  readonly gateway: string;
  readonly body: Buffer<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** The webhooks about one payment. */
interface WebhookQueue {
  readonly treatments: Treatment[];
  readonly held: { readonly webhook: Webhook; readonly when: "later" | "last" }[];
  readonly deliveries: Set<Promise<void>>;
}

const retries = { firstPauseMs: 100, longestPauseMs: 1_000 };
const answerMs = 10_000;
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/u;

/**
 * A proxy between the gateways and the api: accepts each webhook at once, and delivers it as the
 * payment's history says. Like a gateway, it repeats a webhook that is answered with 5xx
 * or not at all.
 */
export class WebhookProxy {
  /** Genuine webhooks that the api refused, as text. */
  readonly refused: string[] = [];
  readonly #queues = new Map<string, WebhookQueue>();
  readonly #readers = new Map<string, WebhookReader>();
  readonly #apiUrl: () => string;
  #server: Server | undefined;

  constructor(apiUrl: () => string) {
    this.#apiUrl = apiUrl;
  }

  /** Starts listening on a free port. */
  async open(): Promise<void> {
    this.#server = createServer((request, response) => {
      const gateway = request.url?.split("/").at(-1) ?? "";
      void this.#receive(gateway, request).then(() =>
        response.end(this.#readers.get(gateway)?.acknowledgement.body ?? "{}"),
      );
    });
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /**
   * The URL to which a gateway sends its webhooks.
   * @throws Error before `open`.
   */
  addressOf(gateway: string): string {
    const address = this.#server?.address() as AddressInfo | null | undefined;
    if (!address) throw new Error("the proxy has to be opened first");
    return `http://127.0.0.1:${address.port}/${gateway}`;
  }

  /** Sets how the product reads gateways' webhooks: the headers that it needs, and its answers. */
  expect(readers: readonly WebhookReader[]): void {
    for (const reader of readers) this.#readers.set(reader.gateway, reader);
  }

  /** Sets what happens to the webhooks about a payment, in the order in which they come. */
  treat(paymentId: string, treatments: readonly Treatment[]): void {
    this.#queueOf(paymentId).treatments.push(...treatments);
  }

  /** Delivers the webhooks that were held for later, the newest first. */
  release(paymentId: string): void {
    this.#send(paymentId, "later");
  }

  /** Delivers all held webhooks; resolves when the api has accepted or refused them. */
  async empty(paymentId: string): Promise<void> {
    for (const when of ["later", "last"] as const) {
      this.#send(paymentId, when);
      await Promise.all(this.#queueOf(paymentId).deliveries);
    }
  }

  /** Stops listening and repeating. */
  async close(): Promise<void> {
    const closed = this.#server && once(this.#server, "close");
    this.#server?.close();
    this.#server?.closeAllConnections();
    await closed;
  }

  async #receive(gateway: string, request: IncomingMessage): Promise<void> {
    const body = Buffer.from(await buffer(request));
    const forwarded = ["content-type", this.#readers.get(gateway)?.proofHeader ?? "content-type"];
    const headers = Object.fromEntries(
      forwarded.flatMap((name) => {
        const value = request.headers[name];
        return typeof value === "string" ? [[name, value]] : [];
      }),
    );
    // A gateway's webhook contains the payment's id and no other UUID.
    const paymentId = uuid.exec(body.toString("utf8"))?.[0] ?? "";
    const queue = this.#queueOf(paymentId);
    const { copies, when } = queue.treatments.shift() ?? { copies: 1, when: "atOnce" };
    const webhooks = Array.from({ length: copies }, () => ({ gateway, body, headers }));
    if (when === "atOnce") for (const webhook of webhooks) this.#startDelivery(queue, webhook);
    else queue.held.push(...webhooks.map((webhook) => ({ webhook, when })));
  }

  #send(paymentId: string, which: "later" | "last"): void {
    const queue = this.#queueOf(paymentId);
    const due = queue.held.filter(({ when }) => when === which).toReversed();
    queue.held.splice(0, queue.held.length, ...queue.held.filter(({ when }) => when !== which));
    for (const { webhook } of due) this.#startDelivery(queue, webhook);
  }

  #startDelivery({ deliveries }: WebhookQueue, webhook: Webhook): void {
    const delivery = this.#deliver(webhook).finally(() => deliveries.delete(delivery));
    deliveries.add(delivery);
  }

  async #deliver({ gateway, body, headers }: Webhook): Promise<void> {
    const backoff = new Backoff(retries);
    while (this.#server?.listening) {
      const url = `${this.#apiUrl()}/webhooks/${gateway}`;
      const signal = AbortSignal.timeout(answerMs);
      const answer = await fetch(url, { method: "POST", body, headers, signal }).catch(
        () => undefined,
      );
      const text = await answer?.text().catch(() => undefined);
      if (answer?.ok && text !== undefined) return;
      if (answer !== undefined && answer.status < 500) {
        this.refused.push(`${gateway}: ${answer.status} for ${body.toString("utf8")}`);
        return;
      }
      await delay(backoff.next());
    }
  }

  #queueOf(paymentId: string): WebhookQueue {
    const existing = this.#queues.get(paymentId);
    if (existing !== undefined) return existing;
    const queue: WebhookQueue = { treatments: [], held: [], deliveries: new Set() };
    this.#queues.set(paymentId, queue);
    return queue;
  }
}
