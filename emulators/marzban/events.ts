import { Batches, type WebhookEvent } from "../panel-kit/batches.ts";
import type { Status } from "../panel-kit/user.ts";
import { type Admin, viewAdmin } from "./admins.ts";
import type { Settings } from "./options.ts";

/** What webhooks tell of a change of status; of `on_hold` they tell nothing. */
const actionsOf: Readonly<Partial<Record<Status, string>>> = {
  limited: "user_limited",
  expired: "user_expired",
  disabled: "user_disabled",
  active: "user_enabled",
};

type View = Readonly<Record<string, unknown>>;

/**
 * Webhooks of what happens to users. All events carry the time at which the process started, as the
 * panel computes it once; only a retry has a new `send_at`.
 */
export class Events {
  readonly batches: Batches;
  readonly #startedS: number;

  /** @throws Error when a webhook's URL leaves this machine. */
  constructor(options: Settings, now: () => number) {
    this.#startedS = now() / 1_000;
    this.batches = new Batches({
      now,
      retryMs: options.webhookRetryMs,
      maxTries: 4,
      batchSize: Infinity,
      isTaken: (status) => status < 400,
      write: (event, tries, sendAtMs) => ({
        enqueued_at: this.#startedS,
        send_at: tries === 0 ? this.#startedS : sendAtMs / 1_000,
        tries,
        ...event,
      }),
    });
    this.batches.setTargets(
      options.webhookUrls.map((url) => ({ url, secret: options.webhookSecret })),
    );
  }

  /** Whether anybody listens: the panel reminds of limits only then. */
  get areSent(): boolean {
    return this.batches.targets.length > 0;
  }

  /** Something that an administrator did: created, updated, reset or revoked a user. */
  tell(action: string, user: View, by?: Admin): void {
    this.#push({ username: user["username"], action, ...(by && { by: viewAdmin(by) }), user });
  }

  tellDeleted(username: string, by: Admin): void {
    this.#push({ username, action: "user_deleted", by: viewAdmin(by) });
  }

  tellStatus(status: Status, user: View, by?: Admin): void {
    const action = actionsOf[status];
    if (action === undefined) return;
    const isByHand = status === "active" || status === "disabled";
    const who = isByHand ? { by: by === undefined ? null : viewAdmin(by) } : {};
    const why = status === "disabled" ? { reason: null } : {};
    this.#push({ username: user["username"], action, ...who, user, ...why });
  }

  /** A limit or an end is near: `used_percent` or `days_left`. */
  remind(action: string, user: View, measure: Readonly<Record<string, number>>): void {
    this.#push({ username: user["username"], action, user, ...measure });
  }

  #push(event: WebhookEvent): void {
    this.batches.push(event);
  }
}
