import { type CallOutcome, Calls } from "../kit/calls.ts";
import { Journal, type Table } from "../kit/journal.ts";
import { loopbackUrl } from "../kit/loopback.ts";
import { Account } from "./account.ts";
import { Faults } from "./faults.ts";
import { Form } from "./form.ts";
import { Notifications } from "./notifications.ts";
import type { Settings } from "./options.ts";
import { type Payment, Payments } from "./payments.ts";
import { payloadOf, sbpRefusal } from "./sbp.ts";
import { isAnnounced, isHeld, isOpen } from "./statuses.ts";

/** An API call, and the payment it was about. */
export interface RecordedCall extends CallOutcome {
  readonly payment_id?: string | undefined;
  readonly order_id?: string | undefined;
}

const hourMs = 3_600_000;
/** How long a payer may look at the page of their bank, and how long money is held. */
const max3dsMs = 36 * hourMs;
const maxHoldMs = 7 * 24 * hourMs;
const clockStepMs = 1_000;

/** One terminal: its payments, its account, its notifications. */
export class State {
  readonly options: Settings;
  readonly faults = new Faults();
  readonly payments: Payments;
  readonly form: Form;
  readonly account: Account;
  readonly calls: Calls<RecordedCall>;
  readonly notifications: Notifications;
  readonly #journal: Journal;
  readonly #settings: Table<string>;
  #clock: NodeJS.Timeout | undefined;

  constructor(options: Settings) {
    this.options = options;
    const { now, firstPaymentId: firstId, sbpRefunds, sbpAttempts } = options;
    this.#journal = new Journal(options.dataFile);
    const settings = (this.#settings = this.#journal.table<string>("settings"));
    if (options.webhookUrl !== undefined) this.setWebhook(options.webhookUrl);
    this.#open();
    const rows = this.#journal.table<Payment>("payments");
    const onStatus = (payment: Payment) => this.#announce(payment);
    this.payments = new Payments({ rows, settings, firstId, now, onStatus });
    const { payments, faults } = this;
    this.form = new Form({ payments, faults, sbpAttempts, now });
    const balance = () => this.balance;
    const setBalance = (kopecks: number) => this.setBalance(kopecks);
    this.account = new Account({ payments, balance, setBalance, sbpRefunds, now });
    this.calls = new Calls(this.#journal.table("calls"));
    this.notifications = this.#openNotifications();
    // Deadlines that are announced must pass without a request, too.
    if (options.tellDeadlines)
      this.#clock = setInterval(() => this.passTime(), clockStepMs).unref();
  }

  /** Undefined removes the terminal's webhook. @throws Error when the URL leaves this machine. */
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

  /** @throws Refusal when SBP cannot pay this. */
  showQr(payment: Payment): { payment: Payment; qr: string } {
    const refusal = sbpRefusal(payment, this.options.sbp);
    if (refusal !== undefined) throw refusal;
    const qr = payloadOf(payment, this.options.publicUrl);
    return { payment: this.form.show(this.payments.note(payment, { qr })), qr };
  }

  /** Expires payments and holds whose time is over. */
  passTime(): void {
    const nowMs = this.options.now();
    for (const payment of this.payments.unsettled()) {
      const { status, dueAt, statusAt, heldAt = nowMs } = payment;
      const isOver = isOpen(status) ? dueAt <= nowMs : statusAt + max3dsMs <= nowMs;
      if (!isHeld(status) && isOver) this.form.expire(payment);
      if (isHeld(status) && heldAt + maxHoldMs <= nowMs) this.account.lapse(payment);
    }
    this.save();
  }

  /** Forgets everything, faults included; the webhook's URL stays, and ids continue. */
  reset(): void {
    this.#settings.delete("opened");
    this.#open();
    for (const part of [this.faults, this.notifications.deliveries, this.payments, this.calls])
      part.clear();
  }

  save(): void {
    this.#journal.flush();
  }

  stop(): void {
    clearInterval(this.#clock);
    this.notifications.deliveries.stop();
    this.#journal.close();
  }

  #open(): void {
    if (this.#settings.get("opened") !== undefined) return;
    this.#settings.set("opened", "yes");
    this.setBalance(this.options.balance);
  }

  #announce(payment: Payment): void {
    const { status } = payment;
    if (status === "DEADLINE_EXPIRED" && !this.options.tellDeadlines) return;
    if (isAnnounced(status)) this.notifications.announce(payment);
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
