import { loopbackUrl } from "../kit/loopback.ts";
import { post } from "../kit/post.ts";

/** Where webhooks go, with the secret that is sent along. */
export interface WebhookTarget {
  readonly url: string;
  readonly secret?: string | undefined;
}

/** What happened to a user; a batch has many of them. */
export type WebhookEvent = Readonly<Record<string, unknown>>;

interface Waiting {
  readonly event: WebhookEvent;
  readonly tries: number;
  readonly sendAtMs: number;
}

/** How a panel sends its webhooks. */
export interface BatchParts {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The pause after a batch that nobody took, in milliseconds. */
  readonly retryMs: number;
  /** How often an event is sent before it is given up. */
  readonly maxTries: number;
  /** How many events go out together. */
  readonly batchSize: number;
  /** Whether an address has taken a batch. */
  readonly isTaken: (status: number) => boolean;
  /** An event as it is sent, which may tell how often it was tried, and when it became due. */
  readonly write: (event: WebhookEvent, tries: number, sendAtMs: number) => WebhookEvent;
}

/**
 * Webhooks as both panels send them: a list of events, with the secret as it is in a header, to all
 * addresses. One address that takes it is enough. They wait in memory and end with the process.
 */
export class Batches {
  readonly #parts: BatchParts;
  readonly #stopped = new AbortController();
  #targets: readonly WebhookTarget[] = [];
  #waiting: Waiting[] = [];
  #sending: Promise<unknown> = Promise.resolve();

  constructor(parts: BatchParts) {
    this.#parts = parts;
  }

  get targets(): readonly WebhookTarget[] {
    return this.#targets;
  }

  /** @throws Error when a URL leaves this machine. */
  setTargets(targets: readonly WebhookTarget[]): void {
    this.#targets = targets.map(({ url, secret }) => ({ url: loopbackUrl(url), secret }));
  }

  /** Queues an event; without an address there is no queue. */
  push(event: WebhookEvent): void {
    if (this.#targets.length === 0) return;
    this.#waiting.push({ event, tries: 0, sendAtMs: this.#parts.now() });
  }

  /** What waits to be sent or tried again. */
  list(): readonly Waiting[] {
    return this.#waiting;
  }

  clear(): void {
    this.#waiting = [];
  }

  /** Nothing is sent after this. */
  stop(): void {
    this.#stopped.abort();
  }

  /** When the first of them is due; undefined: nothing waits. */
  get firstDueMs(): number | undefined {
    if (this.#waiting.length === 0) return undefined;
    return Math.min(...this.#waiting.map(({ sendAtMs }) => sendAtMs));
  }

  /** Sends what is due by this time; with `Infinity`, everything. */
  send(nowMs: number): Promise<void> {
    const sending = this.#sendDue(nowMs);
    this.#sending = Promise.all([this.#sending, sending]);
    return sending;
  }

  /** Waits until what has been sent is taken, or waits for its next try. */
  async settle(): Promise<void> {
    await this.#sending;
  }

  async #sendDue(nowMs: number): Promise<void> {
    const due = this.#waiting.filter(({ sendAtMs }) => sendAtMs <= nowMs);
    this.#waiting = this.#waiting.filter(({ sendAtMs }) => sendAtMs > nowMs);
    const { batchSize } = this.#parts;
    for (let at = 0; at < due.length; at += batchSize) {
      await this.#sendBatch(due.slice(at, at + batchSize));
    }
  }

  async #sendBatch(batch: readonly Waiting[]): Promise<void> {
    const { write, isTaken, maxTries, retryMs, now } = this.#parts;
    const body = JSON.stringify(
      batch.map(({ event, tries, sendAtMs }) => write(event, tries, sendAtMs)),
    );
    const answers = await Promise.all(
      this.#targets.map(({ url, secret }) => {
        const headers = secret === undefined ? {} : { "x-webhook-secret": secret };
        return post({ url, body, headers }, this.#stopped.signal);
      }),
    );
    if (answers.some((answer) => answer !== undefined && isTaken(answer.response.status))) return;
    if (this.#stopped.signal.aborted) return;
    const again = batch
      .map(({ event, tries }) => ({ event, tries: tries + 1, sendAtMs: now() + retryMs }))
      .filter(({ tries }) => tries < maxTries);
    this.#waiting.push(...again);
  }
}
