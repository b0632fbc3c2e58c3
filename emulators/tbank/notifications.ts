import { Deliveries, type Delivery, post } from "../kit/deliveries.ts";
import type { Table } from "../kit/journal.ts";
import type { Faults } from "./faults.ts";
import { readWritten } from "./literals.ts";
import { currentAmount, type Payment } from "./payments.ts";
import { tokenOf } from "./token.ts";

/** A notification without its Token: names and values, each value as its JSON is written. */
export interface Notification {
  readonly paymentId: string;
  readonly status: string;
  readonly url: string;
  readonly fields: readonly (readonly [name: string, json: string])[];
}

/** What notifications are kept in, signed with and sent to; pauses are in milliseconds. */
export interface NotificationsParts {
  readonly rows: Table<Delivery<Notification>>;
  readonly terminalKey: string;
  readonly password: string;
  readonly faults: Faults;
  /** The URL for payments without a NotificationURL of their own. */
  readonly url: () => string | undefined;
  /** The pause between tries on the first day; after that they come 24 times slower. */
  readonly retryMs: number;
  readonly tries: number;
  readonly save: () => void;
  readonly now: () => number;
}

const triesPerDay = 24;

/** Notifies the shop of each status, until it answers 200 with exactly `OK`. */
export class Notifications {
  readonly #parts: NotificationsParts;
  readonly deliveries: Deliveries<Notification>;
  readonly #firstTries = new Map<string, Promise<unknown>>();

  constructor(parts: NotificationsParts) {
    this.#parts = parts;
    const { rows, save, now, retryMs, tries: most } = parts;
    const pauseMs = (tries: number) => {
      if (tries >= most) return undefined;
      return tries <= triesPerDay ? retryMs : retryMs * triesPerDay;
    };
    const send = (notification: Notification, stopped: AbortSignal) =>
      this.#post(notification, stopped);
    this.deliveries = new Deliveries({ rows, save, now, pauseMs, post: send });
  }

  /** Does nothing when neither the payment nor the terminal has a URL. */
  announce(payment: Payment): void {
    const url = payment.notificationUrl ?? this.#parts.url();
    if (url === undefined) return;
    const { id: paymentId, status } = payment;
    const fields = fieldsOf(payment, this.#parts.terminalKey);
    const fault = this.#parts.faults.forSending({ paymentId, status });
    const tried = this.deliveries.push({ paymentId, status, url, fields }, fault);
    const all = Promise.all([this.#firstTries.get(paymentId), tried]).then(() => {
      if (this.#firstTries.get(paymentId) === all) this.#firstTries.delete(paymentId);
    });
    this.#firstTries.set(paymentId, all);
  }

  /** Resolves after the first try of each queued notification of a payment. */
  async whenSent(paymentId: string): Promise<void> {
    await this.#firstTries.get(paymentId);
  }

  async #post(notification: Notification, stopped: AbortSignal): Promise<boolean> {
    const answer = await post({ url: notification.url, body: this.#sign(notification) }, stopped);
    return answer?.status === 200 && answer.text === "OK";
  }

  #sign(notification: Notification): string {
    const { password, faults } = this.#parts;
    const forgery = faults.forTry(notification);
    if (forgery === undefined) return sign(notification.fields, password);
    if (forgery.webhook === "wrong-signature")
      return sign(notification.fields, `${password}, not quite`);
    const forged = notification.fields.map(([name, json]) => {
      return [name, name === "Amount" ? String(forgery.amount ?? 2 * Number(json)) : json] as const;
    });
    return sign(forged, password);
  }
}

/** `PaymentId` and the others go out as number literals, more digits than a double holds. */
function fieldsOf(payment: Payment, terminalKey: string): Notification["fields"] {
  const { id, orderId, status, card, rebillId, data, means } = payment;
  const failed = status === "REJECTED" || status === "AUTH_FAIL";
  const fields: [string, string | undefined][] = [
    ["TerminalKey", JSON.stringify(terminalKey)],
    ["OrderId", JSON.stringify(orderId)],
    ["Success", String(!failed)],
    ["Status", JSON.stringify(status)],
    ["PaymentId", id],
    ["ErrorCode", JSON.stringify(failed ? (payment.errorCode ?? "99") : "0")],
    ["Amount", String(currentAmount(payment))],
    ["CardId", card && String(card.id)],
    ["Pan", means === "sbp" ? JSON.stringify(payersPhone) : card && JSON.stringify(card.pan)],
    ["ExpDate", card && JSON.stringify(card.expDate)],
    ["RebillId", rebillId === undefined ? undefined : String(rebillId)],
    ["Data", data && JSON.stringify(data)],
  ];
  return fields.flatMap(([name, json]) => (json === undefined ? [] : [[name, json] as const]));
}

/** With SBP, `Pan` is a masked telephone number. */
const payersPhone = "+790******01";

function sign(fields: Notification["fields"], password: string): string {
  const written = fields.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(",");
  const token = tokenOf(readWritten(`{${written}}`).scalars, password);
  return `{${written},"Token":"${token}"}`;
}
