import { Calls } from "../kit/calls.ts";
import { Journal, type Table } from "../kit/journal.ts";
import { loopbackUrl } from "../kit/loopback.ts";
import type { RecordedCall } from "./calls.ts";
import { Faults } from "./faults.ts";
import { Form } from "./form.ts";
import { Notifications } from "./notifications.ts";
import { type Payment, Payments } from "./payments.ts";
import { payloadOf, sbpTrouble } from "./sbp.ts";
import { isHeld, isOpen, isTold } from "./statuses.ts";
import { Till } from "./till.ts";

export interface WorldOptions {
  readonly terminalKey: string;
  readonly password: string;
  readonly webhookUrl: string | undefined;
  readonly publicUrl: string;
  readonly dataFile: string | undefined;
  readonly webhookRetryMs: number;
  readonly webhookTries: number;
  readonly payType: "O" | "T";
  readonly firstPaymentId: string;
  readonly orderIdRepeat: "accept" | "refuse";
  readonly cashRegister: boolean;
  readonly sbp: boolean;
  readonly sbpAttempts: number;
  readonly sbpRefunds: "at-once" | "when-told";
  readonly balance: number | undefined;
  readonly tellDeadlines: boolean;
  readonly now: () => number;
}

const hourMs = 3_600_000;
/** How long a payer may look at the page of their bank, and how long money is held. */
const longest3dsMs = 36 * hourMs;
const longestHoldMs = 7 * 24 * hourMs;
const lookMs = 1_000;

/** One terminal, its payments and everything its shop is told. */
export class World {
  readonly options: WorldOptions;
  readonly faults = new Faults();
  readonly payments: Payments;
  readonly form: Form;
  readonly till: Till;
  readonly calls: Calls<RecordedCall>;
  readonly notifications: Notifications;
  readonly #journal: Journal;
  readonly #settings: Table<string>;
  #clock: NodeJS.Timeout | undefined;

  constructor(options: WorldOptions) {
    this.options = options;
    const { now, firstPaymentId: firstId, sbpRefunds, sbpAttempts } = options;
    this.#journal = new Journal(options.dataFile);
    const settings = (this.#settings = this.#journal.table<string>("settings"));
    if (options.webhookUrl !== undefined) this.setWebhook(options.webhookUrl);
    this.#open();
    const rows = this.#journal.table<Payment>("payments");
    const onStatus = (payment: Payment) => this.#tell(payment);
    this.payments = new Payments({ rows, settings, firstId, now, onStatus });
    const { payments, faults } = this;
    this.form = new Form({ payments, faults, sbpAttempts, now });
    const balance = () => this.balance;
    const setBalance = (kopecks: number) => this.setBalance(kopecks);
    this.till = new Till({ payments, balance, setBalance, sbpRefunds, now });
    this.calls = new Calls(this.#journal.table("calls"));
    this.notifications = this.#openNotifications();
    // A deadline that the shop is to hear of passes also while nobody asks for anything.
    if (options.tellDeadlines) this.#clock = setInterval(() => this.look(), lookMs).unref();
  }

  /** Undefined takes the terminal's webhook away. Throws when the URL leaves this machine. */
  setWebhook(url: string | undefined): void {
    if (url === undefined) this.#settings.delete("webhook");
    else this.#settings.set("webhook", loopbackUrl(url));
  }

  /** Kopecks the shop has for refunds; undefined is enough for all of them. */
  get balance(): number | undefined {
    const kopecks = this.#settings.get("balance");
    return kopecks === undefined ? undefined : Number(kopecks);
  }

  setBalance(kopecks: number | undefined): void {
    if (kopecks === undefined) this.#settings.delete("balance");
    else this.#settings.set("balance", String(kopecks));
  }

  linkOf({ key }: Payment): string {
    return `${this.options.publicUrl}/pay/${key}`;
  }

  /** Throws a `Refusal` where SBP cannot pay this. */
  showQr(payment: Payment): { payment: Payment; qr: string } {
    const trouble = sbpTrouble(payment, this.options.sbp);
    if (trouble !== undefined) throw trouble;
    const qr = payloadOf(payment, this.options.publicUrl);
    return { payment: this.form.show(this.payments.note(payment, { qr })), qr };
  }

  /** Time passes for whatever waits for it. */
  look(): void {
    const nowMs = this.options.now();
    for (const payment of this.payments.unsettled()) {
      const { status, dueAt, statusAt, heldAt = nowMs } = payment;
      const isOver = isOpen(status) ? dueAt <= nowMs : statusAt + longest3dsMs <= nowMs;
      if (!isHeld(status) && isOver) this.form.expire(payment);
      if (isHeld(status) && heldAt + longestHoldMs <= nowMs) this.till.lapse(payment);
    }
    this.save();
  }

  /** Nothing was asked, nothing misbehaves; the webhook stays where it was, and ids go on. */
  reset(): void {
    this.#settings.delete("opened");
    this.#open();
    for (const part of [this.faults, this.notifications, this.payments, this.calls]) part.clear();
  }

  save(): void {
    this.#journal.flush();
  }

  stop(): void {
    clearInterval(this.#clock);
    this.notifications.stop();
    this.#journal.close();
  }

  #open(): void {
    if (this.#settings.get("opened") !== undefined) return;
    this.#settings.set("opened", "yes");
    this.setBalance(this.options.balance);
  }

  #tell(payment: Payment): void {
    const { status } = payment;
    if (status === "DEADLINE_EXPIRED" && !this.options.tellDeadlines) return;
    if (isTold(status)) this.notifications.announce(payment);
  }

  #openNotifications(): Notifications {
    const { terminalKey, password, webhookRetryMs: retryMs, webhookTries: tries } = this.options;
    return new Notifications({
      rows: this.#journal.table("webhooks"),
      terminalKey,
      password,
      faults: this.faults,
      url: () => this.#settings.get("webhook"),
      retryMs,
      tries,
      save: () => this.save(),
      now: this.options.now,
    });
  }
}
