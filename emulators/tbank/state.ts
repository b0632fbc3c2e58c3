import type { CallOutcome, Calls } from "../kit/calls.ts";
import { GatewayStore } from "../kit/gateway-store.ts";
import { Account } from "./account.ts";
import { Faults } from "./faults.ts";
import { Form } from "./form.ts";
import { Notifications } from "./notifications.ts";
import type { Settings } from "./options.ts";
import { type Payment, Payments } from "./payments.ts";
import { type SavedCard, SavedCards } from "./saved-cards.ts";
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
  readonly store: GatewayStore<RecordedCall>;
  readonly faults = new Faults();
  readonly payments: Payments;
  readonly form: Form;
  readonly account: Account;
  readonly cards: SavedCards;
  readonly calls: Calls<RecordedCall>;
  readonly notifications: Notifications;
  #clock: NodeJS.Timeout | undefined;

  constructor(options: Settings) {
    this.options = options;
    const { now, firstPaymentId: firstId, sbpRefunds, sbpAttempts } = options;
    const { faults } = this;
    const store = (this.store = new GatewayStore(options));
    this.calls = store.calls;
    store.beginOnce(() => this.setBalance(options.balance));
    const rows = store.table<Payment>("payments");
    this.cards = new SavedCards(store.table<SavedCard>("cards"));
    const onStatus = (payment: Payment) => this.#announce(payment);
    const { settings } = store;
    const payments = new Payments({ rows, settings, firstId, now, onStatus });
    this.payments = payments;
    this.form = new Form({ payments, faults, sbpAttempts, now });
    const balance = () => this.balance;
    const setBalance = (kopecks: number) => this.setBalance(kopecks);
    this.account = new Account({ payments, balance, setBalance, sbpRefunds, now });
    this.notifications = new Notifications({ store, faults, settings: options });
    // Deadlines that are announced must pass without a request, too.
    if (options.tellDeadlines)
      this.#clock = setInterval(() => this.passTime(), clockStepMs).unref();
  }

  /** Kopecks the shop has for refunds; undefined is enough for all of them. */
  get balance(): number | undefined {
    const kopecks = this.store.settings.get("balance");
    return kopecks === undefined ? undefined : Number(kopecks);
  }

  /** Kopecks; undefined is enough for all refunds. */
  setBalance(kopecks: number | undefined): void {
    const { settings } = this.store;
    if (kopecks === undefined) settings.delete("balance");
    else settings.set("balance", String(kopecks));
  }

  /** The URL of a payment's form. */
  linkOf({ key }: Payment): string {
    return `${this.options.publicUrl}/pay/${key}`;
  }

  /** Opens the form with a QR of SBP. @throws Refusal when SBP cannot pay this. */
  showQr(payment: Payment): { payment: Payment; qr: string } {
    const refusal = sbpRefusal(payment, this.options.sbp);
    if (refusal !== undefined) throw refusal;
    const qr = payloadOf(payment, this.options.publicUrl);
    return { payment: this.form.show(this.payments.update(payment, { qr })), qr };
  }

  /** Expires payments and holds whose time is over. */
  passTime(): void {
    const nowMs = this.options.now();
    for (const payment of this.payments.unsettled()) {
      const { status, dueAt, statusAt, heldAt = nowMs } = payment;
      const isOver = isOpen(status) ? dueAt <= nowMs : statusAt + max3dsMs <= nowMs;
      if (!isHeld(status) && isOver) this.form.expire(payment);
      if (isHeld(status) && heldAt + maxHoldMs <= nowMs) this.account.releaseExpired(payment);
    }
    this.save();
  }

  /** Forgets everything, faults included; the webhook's URL stays, and ids continue. */
  reset(): void {
    this.setBalance(this.options.balance);
    const { faults, notifications, payments, calls, cards } = this;
    for (const part of [faults, notifications.deliveries, payments, calls, cards]) part.clear();
  }

  /** Makes what changed outlive the process. */
  save(): void {
    this.store.save();
  }

  /** Nothing is kept or sent after this. */
  stop(): void {
    clearInterval(this.#clock);
    this.notifications.deliveries.stop();
    this.store.close();
  }

  #announce(payment: Payment): void {
    const { status } = payment;
    if (status === "AUTHORIZED") this.cards.bind(payment);
    if (status === "DEADLINE_EXPIRED" && !this.options.tellDeadlines) return;
    if (isAnnounced(status)) this.notifications.announce(payment);
  }
}
