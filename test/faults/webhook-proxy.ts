import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";

/** What becomes of one message of a gateway: no copy is a message that was lost. */
export interface Treatment {
  readonly copies: number;
  /** `later`: when the history says so, the last to come first. `last`: after everything else. */
  readonly when: "atOnce" | "later" | "last";
}

interface Webhook {
  readonly gateway: string;
  readonly body: Buffer<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Everything on its way that is about one payment. */
interface WebhookQueue {
  readonly treatments: Treatment[];
  readonly kept: { readonly letter: Webhook; readonly when: "later" | "last" }[];
  readonly underWay: Set<Promise<void>>;
}

/** How each gateway wants to be thanked, so that it sends a message once. */
const thanks: Readonly<Record<string, string>> = { tbank: "OK" };
const soonestRetryMs = 100;
const latestRetryMs = 1_000;
const answerMs = 10_000;
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/u;

/**
 * Stands between the gateways and the api: takes each message at once, and delivers it as its payment's
 * history says; what is answered by 503 or not at all comes again, as gateways do.
 */
export class WebhookProxy {
  /** Genuine messages that the api would not have. */
  readonly refused: string[] = [];
  readonly #boxes = new Map<string, WebhookQueue>();
  readonly #apiUrl: () => string;
  #server: Server | undefined;

  constructor(apiUrl: () => string) {
    this.#apiUrl = apiUrl;
  }

  async open(): Promise<void> {
    this.#server = createServer((request, response) => {
      const gateway = request.url?.split("/").at(-1) ?? "";
      void this.#take(gateway, request).then(() => response.end(thanks[gateway] ?? "{}"));
    });
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** Where a gateway announces what happened. */
  addressOf(gateway: string): string {
    const address = this.#server?.address() as AddressInfo | null | undefined;
    if (!address) throw new Error("the post office has to be opened first");
    return `http://127.0.0.1:${address.port}/${gateway}`;
  }

  /** Says how the messages about a payment are treated, in the order in which they come. */
  treat(paymentId: string, treatments: readonly Treatment[]): void {
    this.#boxOf(paymentId).treatments.push(...treatments);
  }

  /** What was kept for later goes out, the newest first. */
  release(paymentId: string): void {
    this.#send(paymentId, "later");
  }

  /** Everything goes out that was kept; resolves when the api has taken all. */
  async empty(paymentId: string): Promise<void> {
    for (const when of ["later", "last"] as const) {
      this.#send(paymentId, when);
      await Promise.all(this.#boxOf(paymentId).underWay);
    }
  }

  async close(): Promise<void> {
    const closed = this.#server && once(this.#server, "close");
    this.#server?.close();
    this.#server?.closeAllConnections();
    await closed;
  }

  async #take(gateway: string, request: IncomingMessage): Promise<void> {
    const body = Buffer.from(await buffer(request));
    const wanted = ["content-type", "crypto-pay-api-signature"];
    const headers = Object.fromEntries(
      wanted.flatMap((name) => {
        const value = request.headers[name];
        return typeof value === "string" ? [[name, value]] : [];
      }),
    );
    // Both gateways carry the payment's id in their messages, and no other such id.
    const paymentId = uuid.exec(body.toString("utf8"))?.[0] ?? "";
    const box = this.#boxOf(paymentId);
    const { copies, when } = box.treatments.shift() ?? { copies: 1, when: "atOnce" };
    const letters = Array.from({ length: copies }, () => ({ gateway, body, headers }));
    if (when === "atOnce") for (const letter of letters) this.#carry(box, letter);
    else box.kept.push(...letters.map((letter) => ({ letter, when })));
  }

  #send(paymentId: string, which: "later" | "last"): void {
    const box = this.#boxOf(paymentId);
    const due = box.kept.filter(({ when }) => when === which).toReversed();
    box.kept.splice(0, box.kept.length, ...box.kept.filter(({ when }) => when !== which));
    for (const { letter } of due) this.#carry(box, letter);
  }

  #carry({ underWay }: WebhookQueue, letter: Webhook): void {
    const carried = this.#deliver(letter).finally(() => underWay.delete(carried));
    underWay.add(carried);
  }

  async #deliver(letter: Webhook): Promise<void> {
    const { gateway, body, headers } = letter;
    let pauseMs = soonestRetryMs;
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
      await delay(pauseMs);
      pauseMs = Math.min(2 * pauseMs, latestRetryMs);
    }
  }

  #boxOf(paymentId: string): WebhookQueue {
    const known = this.#boxes.get(paymentId);
    if (known !== undefined) return known;
    const box: WebhookQueue = { treatments: [], kept: [], underWay: new Set() };
    this.#boxes.set(paymentId, box);
    return box;
  }
}
