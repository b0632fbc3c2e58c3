import { Batches, type WebhookEvent } from "../panel-kit/batches.ts";
import type { Status } from "../panel-kit/user.ts";
import { viewCaller } from "./admin-view.ts";
import type { Caller } from "./admins.ts";
import type { Settings } from "./options.ts";

const actionsOf: Readonly<Record<Status, string>> = {
  limited: "user_limited",
  expired: "user_expired",
  disabled: "user_disabled",
  active: "user_enabled",
  on_hold: "user_enabled",
};

type View = Readonly<Record<string, unknown>>;

/** Webhooks of what happens to users, with the time of each event. */
export class Events {
  readonly batches: Batches;
  readonly #now: () => number;

  /** @throws Error when a webhook's URL leaves this machine. */
  constructor(options: Settings, now: () => number) {
    this.#now = now;
    this.batches = new Batches({
      now,
      retryMs: options.webhookRetryMs,
      maxTries: 3,
      batchSize: 50,
      isTaken: (status) => [200, 201, 202, 204].includes(status),
      write: (event) => event,
    });
    this.batches.setTargets(
      options.webhookUrls.map((url) => ({ url, secret: options.webhookSecret })),
    );
  }

  /** Whether anybody listens: the panel reminds of limits only then. */
  get areSent(): boolean {
    return this.batches.targets.length > 0;
  }

  /** Something that an administrator did: created, updated, deleted, reset or revoked a user. */
  tell(action: string, user: View, by?: Caller): void {
    const who = by === undefined ? {} : { by: viewCaller(by) };
    this.#push({ username: user["username"], action, ...who, user });
  }

  /** A change of status; whose doing it was is not told. */
  tellStatus(status: Status, user: View): void {
    const isByHand = status === "active" || status === "disabled" || status === "on_hold";
    const why = status === "disabled" ? { reason: null } : {};
    const who = isByHand ? { by: null } : {};
    this.#push({ username: user["username"], action: actionsOf[status], ...who, user, ...why });
  }

  /** A limit or an end is near: `used_percent` or `days_left`. */
  remind(action: string, user: View, measure: Readonly<Record<string, number>>): void {
    this.#push({ username: user["username"], action, user, ...measure });
  }

  #push(event: WebhookEvent): void {
    const nowS = this.#now() / 1_000;
    this.batches.push({ enqueued_at: nowS, send_at: nowS, tries: 0, ...event });
  }
}
