import { Calls, type RecordedCall } from "./calls.ts";
import { Deliveries, type DeliveriesParts } from "./deliveries.ts";
import { Journal, type Table } from "./journal.ts";
import { loopbackUrl } from "./loopback.ts";

/** The start options that a store reads; an emulator's own options have them among others. */
export interface StoreOptions {
  readonly dataFile?: string | undefined;
  /** Where webhooks go, on this machine. Unset, what the data file has stays in force. */
  readonly webhookUrl?: string | undefined;
  /** How often a webhook is tried before it is given up. */
  readonly webhookTries: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How a gateway sends its webhooks. */
export interface Sending<Message> extends Pick<DeliveriesParts<Message>, "post"> {
  /** The pause in milliseconds after the nth failed try. */
  readonly pauseMs: (tries: number) => number;
}

/**
 * What a payment gateway's emulator keeps: settings, the calls it answered, webhooks that wait, and
 * tables of its own. With a data file all of it outlives the process.
 */
export class GatewayStore<Call extends RecordedCall> {
  readonly settings: Table<string>;
  readonly calls: Calls<Call>;
  readonly #journal: Journal;
  readonly #options: StoreOptions;

  /** @throws Error when the data file is damaged, or the webhook's URL leaves this machine. */
  constructor(options: StoreOptions) {
    this.#options = options;
    this.#journal = new Journal(options.dataFile);
    this.settings = this.#journal.table("settings");
    this.calls = new Calls(this.#journal.table("calls"));
    if (options.webhookUrl !== undefined) this.setWebhookUrl(options.webhookUrl);
  }

  /** A table of the emulator's own. */
  table<Value>(name: string): Table<Value> {
    return this.#journal.table(name);
  }

  /** Where webhooks go; undefined when none are wanted. */
  get webhookUrl(): string | undefined {
    return this.settings.get("webhook");
  }

  /** Undefined removes the webhook. @throws Error when the URL leaves this machine. */
  setWebhookUrl(url: string | undefined): void {
    if (url === undefined) this.settings.delete("webhook");
    else this.settings.set("webhook", loopbackUrl(url));
  }

  /** Runs `begin` at the first start with this data file, at each start without one. */
  beginOnce(begin: () => void): void {
    if (this.settings.has("opened")) return;
    this.settings.set("opened", "yes");
    begin();
  }

  /** Sends webhooks, and goes on with those that waited when the last process ended. */
  openDeliveries<Message>({ post, pauseMs }: Sending<Message>): Deliveries<Message> {
    const { webhookTries, now } = this.#options;
    return new Deliveries<Message>({
      rows: this.table("webhooks"),
      post,
      pauseMs: (tries) => (tries < webhookTries ? pauseMs(tries) : undefined),
      save: () => this.save(),
      now,
    });
  }

  /** Makes everything changed so far outlive the process. */
  save(): void {
    this.#journal.flush();
  }

  /** What changes after this is not kept. */
  close(): void {
    this.#journal.close();
  }
}
