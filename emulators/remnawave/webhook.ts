import { createHmac } from "node:crypto";
import type { Deliveries } from "../kit/deliveries.ts";
import type { GatewayStore } from "../kit/gateway-store.ts";
import { post } from "../kit/post.ts";
import type { DeviceEvent, UserEvent } from "./events.ts";
import type { Faults } from "./faults.ts";
import type { Settings } from "./options.ts";
import type { RecordedCall } from "./recorded-call.ts";

/** An announcement, as it is signed and sent. */
export interface Announcement {
  /** JSON. */
  readonly body: string;
  readonly timestamp: string;
  /** What faults may be limited to. */
  readonly event: string;
  readonly username: string;
}

/** What a webhook is made of. */
export interface WebhookParts {
  readonly store: GatewayStore<RecordedCall>;
  readonly faults: Faults;
  readonly settings: Pick<Settings, "webhookSecret" | "webhookRetryMs">;
  readonly now: () => number;
}

/** The signature of an announcement: hex HMAC-SHA256 over the raw body. */
export const signatureOf = (body: string, secret: string): string =>
  createHmac("sha256", secret).update(body).digest("hex");

/**
 * Announces events: one request each, independently of the others, so in no order; three more tries
 * after the first, five seconds apart, then the event is lost.
 */
export class Webhook {
  readonly #parts: WebhookParts;
  readonly deliveries: Deliveries<Announcement>;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
    this.deliveries = parts.store.openDeliveries({
      post: (announcement, stopped) => this.#post(announcement, stopped),
      pauseMs: () => parts.settings.webhookRetryMs,
    });
  }

  /** Does nothing without a webhook. */
  announce(event: UserEvent | DeviceEvent, username: string, data: object): void {
    const { store, faults, now } = this.#parts;
    if (store.webhookUrl === undefined) return;
    const timestamp = new Date(now()).toISOString();
    const scope = event.slice(0, event.indexOf("."));
    // Events of users have a meta, which all of those here leave empty.
    const meta = scope === "user" ? { meta: null } : {};
    const body = JSON.stringify({ scope, event, timestamp, data, ...meta });
    const fault = faults.forSending({ event, username });
    void this.deliveries.push({ body, timestamp, event, username }, fault);
  }

  async #post(announcement: Announcement, stopped: AbortSignal): Promise<boolean> {
    const { store, settings, faults } = this.#parts;
    const url = store.webhookUrl;
    // The webhook was removed meanwhile.
    if (url === undefined) return true;
    const { body, timestamp, event, username } = announcement;
    const isForged = faults.forTry({ event, username }) !== undefined;
    const secret = isForged ? `${settings.webhookSecret}x` : settings.webhookSecret;
    const headers = {
      "x-remnawave-signature": signatureOf(body, secret),
      "x-remnawave-timestamp": timestamp,
      "user-agent": "Remnawave",
    };
    const answer = await post({ url, body, headers }, stopped);
    return answer?.response.ok ?? false;
  }
}
