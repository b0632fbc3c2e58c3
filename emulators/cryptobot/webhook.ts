import type { RecordedCall } from "../kit/calls.ts";
import type { Deliveries } from "../kit/deliveries.ts";
import type { GatewayStore } from "../kit/gateway-store.ts";
import { post } from "../kit/post.ts";
import { parseAmount, writeAmount } from "./amounts.ts";
import type { Faults } from "./faults.ts";
import type { Settings } from "./options.ts";
import { signatureOf } from "./signature.ts";

/** `update_type` has this one value. */
export interface Update {
  readonly update_id: number;
  readonly update_type: "invoice_paid";
  readonly request_date: string;
  readonly payload: Readonly<Record<string, unknown>> & { readonly invoice_id: number };
}

/** What a webhook is made of. */
export interface WebhookParts {
  readonly store: GatewayStore<RecordedCall>;
  readonly faults: Faults;
  readonly settings: Pick<Settings, "token" | "webhookRetryMs" | "now">;
}

const maxPauseMs = 3_600_000;

/**
 * Announces paid invoices to the shop, signed, at least once: until it answers 2xx. The pause after
 * the first failure doubles up to an hour; Crypto Pay's own schedule is unverified.
 */
export class Webhook {
  readonly #parts: WebhookParts;
  readonly deliveries: Deliveries<Update>;
  /** Restarts from 1 with each start: Crypto Pay documents that `update_id` is not unique. */
  #lastUpdate = 0;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
    const { webhookRetryMs } = parts.settings;
    this.deliveries = parts.store.openDeliveries({
      post: (update, stopped) => this.#post(update, stopped),
      pauseMs: (tries) => Math.min(maxPauseMs, webhookRetryMs * 2 ** (tries - 1)),
    });
  }

  /** Does nothing without a webhook. */
  announcePaid(payload: Update["payload"]): void {
    const { store, faults, settings } = this.#parts;
    if (store.webhookUrl === undefined) return;
    this.#lastUpdate += 1;
    const request_date = new Date(settings.now()).toISOString();
    const update_id = this.#lastUpdate;
    const update: Update = { update_id, update_type: "invoice_paid", request_date, payload };
    const fault = faults.forSending({ invoice_id: payload.invoice_id });
    void this.deliveries.push(update, fault);
  }

  async #post(update: Update, stopped: AbortSignal): Promise<boolean> {
    const url = this.#parts.store.webhookUrl;
    // The webhook was removed meanwhile.
    if (url === undefined) return true;
    const { body, signature } = this.#sign(update);
    const headers = { "crypto-pay-api-signature": signature };
    const answer = await post({ url, body, headers }, stopped);
    return answer?.response.ok ?? false;
  }

  #sign(update: Update): { body: string; signature: string } {
    const { faults, settings } = this.#parts;
    const { token } = settings;
    const forgery = faults.forTry({ invoice_id: update.payload.invoice_id });
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
