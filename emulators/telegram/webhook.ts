import { nowSeconds } from "./bot-api.ts";
import type { Updates } from "./updates.ts";

/** Where the bot wants its updates. */
export interface WebhookSettings {
  readonly url: string;
  readonly secret_token?: string | undefined;
  readonly max_connections: number;
}

/** The last failure of a webhook; its moment is in Unix seconds. */
export interface WebhookError {
  readonly last_error_date: number;
  readonly last_error_message: string;
}

/** What a webhook sends, to where, and whom it tells. */
export interface WebhookParts {
  readonly updates: Updates;
  readonly settings: WebhookSettings;
  /** The wait after the second failure of an update; it doubles from there. */
  readonly retryMs: number;
  /** Makes what changed outlive the process. */
  readonly save: () => void;
  readonly onError: (error: WebhookError) => void;
  /** A bot may answer a webhook with a method call of its own. */
  readonly onReply: (reply: Record<string, unknown>) => void;
}

type Outcome = { delivered: true } | { delivered: false; retryAfterMs: number };

/** Methods that a webhook's reply cannot call: they need an answer or change the webhook. */
const notByReply = /^(?:get.*|setwebhook|deletewebhook|close|logout)$/iu;
const answerMs = 60_000;
const maxAskedMs = 3_600_000;

/**
 * Posts each update until the bot answers 2xx: at once, once more at once, then with doubling waits
 * up to a minute or two; a Retry-After of up to an hour is honoured. One queue keeps its order,
 * queues run in parallel. Source: WebhookActor of the Bot API server.
 */
export class Webhook {
  readonly #parts: WebhookParts;
  readonly #due = new Set<string>();
  readonly #taken = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** How often each update failed, by its key. */
  readonly #failures = new Map<string, number>();
  readonly #ended = new AbortController();
  #connections = 0;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
    for (const queue of parts.updates.queues()) this.announce(queue);
  }

  /** Call it when a queue got something new. */
  announce(queue: string): void {
    if (this.#taken.has(queue)) return;
    this.#due.add(queue);
    this.#fillConnections();
  }

  stop(): void {
    this.#ended.abort();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #fillConnections(): void {
    for (const queue of this.#due) {
      if (this.#connections >= this.#parts.settings.max_connections) return;
      this.#due.delete(queue);
      this.#taken.add(queue);
      this.#connections += 1;
      void this.#drain(queue).finally(() => {
        this.#connections -= 1;
        if (!this.#ended.signal.aborted) this.#fillConnections();
      });
    }
  }

  async #drain(queue: string): Promise<void> {
    const head = this.#parts.updates.head(queue);
    if (head === undefined) {
      this.#taken.delete(queue);
      return;
    }
    const outcome = await this.#post(JSON.stringify(head.update));
    if (this.#ended.signal.aborted) return;
    if (outcome.delivered) {
      this.#failures.delete(head.key);
      this.#parts.updates.done(head.key);
      this.#parts.save();
      this.#again(queue, 0);
    } else {
      this.#again(queue, Math.max(outcome.retryAfterMs, this.#pauseMs(head.key, outcome)));
    }
  }

  #pauseMs(key: string, { retryAfterMs }: { retryAfterMs: number }): number {
    const failed = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failed + 1);
    if (failed === 0 || retryAfterMs > 0) return 0;
    const capMs = 60_000 * (1 + Math.random());
    return Math.min(capMs, this.#parts.retryMs * 2 ** (failed - 1));
  }

  #again(queue: string, afterMs: number): void {
    const go = () => {
      this.#taken.delete(queue);
      this.announce(queue);
    };
    if (afterMs === 0) {
      go();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      go();
    }, afterMs).unref();
    this.#timers.add(timer);
  }

  async #post(body: string): Promise<Outcome> {
    const { url, secret_token } = this.#parts.settings;
    const secret = secret_token ? { "x-telegram-bot-api-secret-token": secret_token } : {};
    const headers = { "content-type": "application/json", ...secret };
    const signal = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(answerMs)]);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers,
        body,
        signal,
        redirect: "manual",
      });
      const text = await response.text();
      if (response.ok) {
        this.#takeReply(text);
        return { delivered: true };
      }
      this.#reportError(
        `Wrong response from the webhook: ${response.status} ${response.statusText}`,
      );
      return { delivered: false, retryAfterMs: askedMs(response.headers.get("retry-after")) };
    } catch {
      if (!this.#ended.signal.aborted) this.#reportError("Connection refused or closed");
      return { delivered: false, retryAfterMs: 0 };
    }
  }

  #reportError(last_error_message: string): void {
    this.#parts.onError({ last_error_date: nowSeconds(), last_error_message });
    this.#parts.save();
  }

  #takeReply(text: string): void {
    if (!text.startsWith("{")) return;
    try {
      const reply = JSON.parse(text) as Record<string, unknown>;
      const { method } = reply;
      if (typeof method === "string" && !notByReply.test(method)) this.#parts.onReply(reply);
    } catch {
      // A body that is not JSON calls no method; the update still counts as delivered.
    }
  }
}

function askedMs(header: string | null): number {
  const seconds = Number(header ?? 0);
  return Number.isFinite(seconds) ? Math.min(maxAskedMs, Math.max(0, seconds * 1_000)) : 0;
}
