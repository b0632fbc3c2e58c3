import { Calls, type RecordedCall as AnyCall } from "../kit/calls.ts";
import { Journal, type Table } from "../kit/journal.ts";
import type { User } from "./bot-api.ts";
import { Bills } from "./bills.ts";
import { Callbacks } from "./callbacks.ts";
import { Chats } from "./chats.ts";
import { Checkouts } from "./checkouts.ts";
import { Commands } from "./commands.ts";
import { Faults } from "./faults.ts";
import { Files } from "./files.ts";
import { Groups } from "./groups.ts";
import type { Settings } from "./options.ts";
import { People } from "./people.ts";
import { Stars } from "./stars.ts";
import { Subscriptions } from "./subscriptions.ts";
import { Updates } from "./updates.ts";
import { Webhook, type WebhookError, type WebhookSettings } from "./webhook.ts";

/** A Bot API call, and the chat it was about. */
export interface RecordedCall extends AnyCall {
  readonly chat_id?: number | undefined;
  /** Whether it took effect, even if a fault kept the answer back. */
  readonly ok: boolean;
  readonly error_code?: number | undefined;
}

type OnWebhookReply = (reply: Record<string, unknown>) => void;

/** One bot, the people it talks to and everything between them. */
export class State {
  readonly bot: User;
  readonly journal: Journal;
  readonly faults = new Faults();
  readonly people: People;
  readonly groups: Groups;
  readonly chats: Chats;
  readonly files: Files;
  readonly updates: Updates;
  readonly callbacks: Callbacks;
  readonly calls: Calls<RecordedCall>;
  readonly commands: Commands;
  readonly bills: Bills;
  readonly checkouts = new Checkouts();
  readonly stars: Stars;
  readonly subscriptions: Subscriptions;
  /** Whether the bot is asked before a subscription renews. */
  readonly renewalCheckout: boolean;
  /** What the bot set about itself: descriptions, menu, the kinds of update it wants. */
  readonly settings: Table<unknown>;
  readonly #webhookRetryMs: number;
  readonly #onWebhookReply: OnWebhookReply;
  #webhook: Webhook | undefined;

  constructor(options: Settings, onWebhookReply: OnWebhookReply) {
    const { token, dataFile } = options;
    this.#webhookRetryMs = options.webhookRetryMs;
    this.renewalCheckout = options.renewalCheckout;
    this.#onWebhookReply = onWebhookReply;
    const id = Number(token.split(":")[0]);
    this.bot = { id, is_bot: true, first_name: "Tollgate", username: "tollgate_demo_bot" };
    this.journal = new Journal(dataFile);
    this.people = new People(this.journal.table("people"));
    this.groups = new Groups(this.journal.table("groups"));
    this.chats = new Chats(this.journal);
    this.files = new Files(this.journal.table("files"));
    this.updates = new Updates(this.journal, this.faults);
    this.callbacks = new Callbacks(this.journal.table("callbacks"));
    this.calls = new Calls(this.journal.table("calls"), sameMethod);
    this.commands = new Commands(this.journal.table("commands"));
    this.bills = new Bills(this.journal, this.chats);
    this.stars = new Stars(this.journal);
    this.subscriptions = new Subscriptions(this.journal.table("star-subscriptions"));
    this.settings = this.journal.table("settings");
    this.updates.onQueued = (queue) => this.#webhook?.announce(queue);
    this.#callWebhook();
  }

  /** The webhook in force. */
  get webhook(): WebhookSettings | undefined {
    return this.settings.get("webhook") as WebhookSettings | undefined;
  }

  /** Why the last webhook failed; undefined when none has since it was set. */
  get webhookError(): WebhookError | undefined {
    return this.settings.get("webhook-trouble") as WebhookError | undefined;
  }

  /** Undefined removes the webhook. */
  setWebhook(settings: WebhookSettings | undefined): void {
    this.settings.delete("webhook-trouble");
    if (settings) this.settings.set("webhook", settings);
    else this.settings.delete("webhook");
    this.#callWebhook();
  }

  /** Queues an update for the bot, unless it did not ask for this kind. */
  queueForBot(body: Record<string, unknown>, chatId: number): void {
    const wanted = (this.settings.get("allowed-updates") ?? []) as readonly string[];
    const kind = Object.keys(body)[0] ?? "";
    if (wanted.length > 0 && !wanted.includes(kind)) return;
    this.updates.push(body, chatId, kind === "pre_checkout_query" ? "checkout" : "chat");
  }

  /** Forgets everything, faults included. */
  reset(): void {
    this.faults.clear();
    this.updates.clear();
    this.chats.clear();
    const { people, groups, files, callbacks, calls, commands, settings } = this;
    for (const part of [people, groups, files, callbacks, calls, commands, settings]) part.clear();
    for (const part of [this.bills, this.stars, this.subscriptions]) part.clear();
    this.#callWebhook();
  }

  /** Makes what changed outlive the process. */
  save(): void {
    this.journal.flush();
  }

  /** Nothing is kept or sent after this. */
  stop(): void {
    this.#webhook?.stop();
    this.updates.endPoll("closed");
    this.updates.stop();
    this.journal.close();
  }

  #callWebhook(): void {
    this.#webhook?.stop();
    this.#webhook = undefined;
    const settings = this.webhook;
    if (settings === undefined) return;
    this.#webhook = new Webhook({
      settings,
      updates: this.updates,
      retryMs: this.#webhookRetryMs,
      save: () => this.save(),
      onError: (error) => this.settings.set("webhook-trouble", error),
      onReply: this.#onWebhookReply,
    });
  }
}

/** Telegram ignores the case of method names. */
const sameMethod = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();
