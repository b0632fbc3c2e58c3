import { Deliveries, type Delivery, post } from "../kit/deliveries.ts";
import type { Table } from "../kit/journal.ts";
import { parseAmount, writeAmount } from "./amounts.ts";
import type { Faults } from "./faults.ts";
import { signatureOf } from "./signature.ts";

/** `update_type` has this one value. */
export interface Update {
  readonly update_id: number;
  readonly update_type: "invoice_paid";
  readonly request_date: string;
  readonly payload: Readonly<Record<string, unknown>> & { readonly invoice_id: number };
}

/** What webhooks are kept in, signed with and sent to. */
export interface WebhookParts {
  readonly rows: Table<Delivery<Update>>;
  readonly token: string;
  readonly faults: Faults;
  readonly url: () => string | undefined;
  /**
   * The pause after the first failure, doubling up to an hour, and how often a webhook is tried in
   * all. Crypto Pay's own schedule is unverified.
   */
  readonly retryMs: number;
  readonly tries: number;
  readonly save: () => void;
  readonly now: () => number;
}

const maxPauseMs = 3_600_000;

/** Announces paid invoices to the shop, signed, at least once: until it answers 2xx. */
export class Webhook {
  readonly #parts: WebhookParts;
  readonly deliveries: Deliveries<Update>;
  /** Restarts from 1 with each start: Crypto Pay documents that `update_id` is not unique. */
  #lastUpdate = 0;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
    const { rows, save, now, retryMs, tries: most } = parts;
    const pauseMs = (tries: number) =>
      tries < most ? Math.min(maxPauseMs, retryMs * 2 ** (tries - 1)) : undefined;
    const send = (update: Update, stopped: AbortSignal) => this.#post(update, stopped);
    this.deliveries = new Deliveries({ rows, save, now, pauseMs, post: send });
  }

  /** Does nothing without a webhook. */
  announcePaid(payload: Update["payload"]): void {
    if (this.#parts.url() === undefined) return;
    this.#lastUpdate += 1;
    const request_date = new Date(this.#parts.now()).toISOString();
    const update_id = this.#lastUpdate;
    const update: Update = { update_id, update_type: "invoice_paid", request_date, payload };
    const fault = this.#parts.faults.forSending(payload.invoice_id);
    void this.deliveries.push(update, fault);
  }

  async #post(update: Update, stopped: AbortSignal): Promise<boolean> {
    const url = this.#parts.url();
    // The webhook was removed meanwhile.
    if (url === undefined) return true;
    const { body, signature } = this.#sign(update);
    const headers = { "crypto-pay-api-signature": signature };
    const answer = await post({ url, body, headers }, stopped);
    return answer !== undefined && answer.status >= 200 && answer.status < 300;
  }

  #sign(update: Update): { body: string; signature: string } {
    const { token, faults } = this.#parts;
    const forgery = faults.forTry(update.payload.invoice_id);
    if (forgery?.webhook === "wrong-signature") {
      const body = JSON.stringify(update);
      return { body, signature: signatureOf(body, `${token}, but not quite`) };
    }
    if (forgery === undefined) return sign(update, token);
    const amount = forgery.amount ?? twice(String(update.payload["amount"]));
    return sign({ ...update, payload: { ...update.payload, amount } }, token);
  }
}

function sign(update: Update, token: string): { body: string; signature: string } {
  const body = JSON.stringify(update);
  return { body, signature: signatureOf(body, token) };
}

const twice = (amount: string): string => writeAmount(2n * (parseAmount(amount) ?? 0n));
