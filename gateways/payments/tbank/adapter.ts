import { gatewayName, type PaymentOrder } from "../../../domain/payments/payment.ts";
import type { RefundAnswer } from "../../../domain/payments/refund.ts";
import { dayMs, hourMs, minuteMs, toMs } from "../../../domain/time.ts";
import { Refused } from "../../refused.ts";
import { checkRefund } from "../check-refund.ts";
import type {
  GatewayCapabilities,
  Invoice,
  InvoiceText,
  IssueOptions,
  PaymentGateway,
  RefundRequest,
  Statement,
  StatementLine,
} from "../port.ts";
import { SingleFlight } from "../single-flight.ts";
import type { SavedCards } from "../saved-cards.ts";
import { type TBankAccess, TBankApi, TBankRefusal } from "./api.ts";
import { TBankCards } from "./cards.ts";
import {
  cancelAnswer,
  initAnswer,
  orderState,
  paymentIn,
  type ReportedPayment,
} from "./payments.ts";
import { hasMoney, isUntouched, returnedOf } from "./protocol.ts";
import { cut, receiptOver, type ReceiptSettings } from "./receipt.ts";
import { getState, linesOf, undefinedIfUnknown, unknownCodes } from "./states.ts";

/** How the gateway reaches T-Bank, and what it tells it. */
export interface TBankSettings extends TBankAccess {
  /** Where T-Bank sends notifications; if unset, the address in the bank's cabinet. */
  readonly notificationUrl?: string | undefined;
  /** Where the form sends a person after they paid, or failed to. */
  readonly returnUrl?: string | undefined;
  readonly receipt?: ReceiptSettings | undefined;
  /** Whether the bank lets this terminal charge saved cards, which it does on request only. */
  readonly recurring?: boolean | undefined;
}

const invoiceTtlMs = dayMs;
/** T-Bank refuses less than a minute, and clocks differ. */
const leastTtlMs = 2 * minuteMs;

/**
 * T-Bank's internet acquiring, cards and SBP, in one stage: CONFIRMED means paid. Only `Init` tells
 * a payment's link. When its answer was lost, the link is lost too, and the order gets a second
 * payment; money of either one closes the order.
 */
export class TBankGateway implements PaymentGateway {
  readonly capabilities: GatewayCapabilities;
  readonly savedCards?: SavedCards;
  readonly #settings: TBankSettings;
  readonly #api: TBankApi;
  readonly #issuing = new SingleFlight();

  constructor(settings: TBankSettings) {
    this.#settings = settings;
    this.#api = new TBankApi(settings);
    this.capabilities = {
      name: gatewayName("tbank"),
      account: `tbank/${settings.terminalKey}`,
      currencies: ["RUB"],
      refunds: "partial",
      invoiceTtlMs,
      icon: "💳",
      notifies: true,
      hasStatement: false,
      // Two calls each, at most ten calls a second.
      lookupsPerPass: 300,
      ...(settings.recurring === true ? { recurring: "card" } : {}),
    };
    if (settings.recurring === true) this.savedCards = new TBankCards(this.#api);
  }

  async issueInvoice(
    order: PaymentOrder,
    text: InvoiceText,
    options?: IssueOptions,
  ): Promise<Invoice> {
    if (order.price.currency !== "RUB") throw new Refused("T-Bank takes roubles only");
    return this.#issuing.issueOnce(order.id, async () => {
      const existing = options?.isFirst ? undefined : await this.#findExisting(order);
      return existing ?? this.#init(order, text);
    });
  }

  /**
   * `Cancel` would return money that has come, so that only an untouched payment is cancelled. One
   * that its customer pays between the two calls is returned whole by the bank, and reported so.
   */
  async cancelInvoice(order: PaymentOrder, invoiceReference: string): Promise<void> {
    const state = await getState(this.#api, order, invoiceReference).catch(undefinedIfUnknown);
    if (state === undefined || !isUntouched(state.status)) return;
    await this.#api.call("Cancel", { PaymentId: invoiceReference }, cancelAnswer);
  }

  /** For the order's other payments report only money; their end does not close this invoice. */
  async lookup(order: PaymentOrder, invoiceReference: string): Promise<readonly StatementLine[]> {
    const own = await getState(this.#api, order, invoiceReference).catch(undefinedIfUnknown);
    const all = await this.#listPayments(order);
    const others = all.filter(({ paymentId }) => paymentId !== invoiceReference);
    const ofOwn = own === undefined || isUntouched(own.status) ? [] : linesOf(order, own);
    return [...ofOwn, ...others.flatMap((state) => linesOf(order, state).filter(isMoney))];
  }

  async refund(request: RefundRequest): Promise<RefundAnswer> {
    checkRefund(request);
    const existing = await this.#refundState(request);
    if (existing !== "open") return existing;
    try {
      return await this.#cancel(request);
    } catch (error) {
      // The first try of this refund may have got through, and then blocks this one.
      const after = error instanceof TBankRefusal ? await this.#refundState(request) : "open";
      if (after === "open") throw error;
      return after;
    }
  }

  async statement(): Promise<Statement> {
    throw new Refused("T-Bank has no statement: each payment is looked up");
  }

  /**
   * A paid payment of this order: then nobody is asked for money again. A renewal needs no link, so
   * any payment of it will do.
   */
  async #findExisting(order: PaymentOrder): Promise<Invoice | undefined> {
    const all = await this.#listPayments(order);
    const isCharge = order.recurs === "renews";
    const found = all.find(({ status }) => hasMoney(status)) ?? (isCharge ? all[0] : undefined);
    if (found === undefined) return undefined;
    const url = this.#settings.returnUrl ?? this.#settings.url;
    return { kind: "page", reference: found.paymentId, url };
  }

  async #init(
    order: PaymentOrder,
    { title, description, language }: InvoiceText,
  ): Promise<Invoice> {
    const { notificationUrl, returnUrl, receipt } = this.#settings;
    const lapsesMs = Math.max(toMs(order.lapsesAt), Date.now() + leastTtlMs);
    const { fields } = await this.#api.call(
      "Init",
      {
        OrderId: order.id,
        Amount: order.price.minor,
        PayType: "O",
        ...this.#recurrenceOf(order),
        Description: cut(description, 140),
        ...(language === undefined ? {} : { Language: language }),
        RedirectDueDate: moscowTime(lapsesMs),
        ...(notificationUrl === undefined ? {} : { NotificationURL: notificationUrl }),
        ...(returnUrl === undefined ? {} : { SuccessURL: returnUrl, FailURL: returnUrl }),
        ...(receipt === undefined ? {} : { Receipt: receiptOver(receipt, title, order.price) }),
      },
      initAnswer,
    );
    return { kind: "page", reference: fields.PaymentId, url: fields.PaymentURL };
  }

  /** Who begins the payment, which the bank compares with `Charge`: the customer, or we. */
  #recurrenceOf({ id, recurs }: PaymentOrder) {
    if (this.savedCards === undefined || recurs === undefined) return {};
    return recurs === "renews"
      ? { DATA: { OperationInitiatorType: "R" } }
      : { Recurrent: "Y", CustomerKey: id, DATA: { OperationInitiatorType: "1" } };
  }

  async #listPayments({ id }: PaymentOrder): Promise<ReportedPayment[]> {
    const found = await this.#api
      .call("CheckOrder", { OrderId: id }, orderState)
      .catch(undefinedIfUnknown);
    return found?.fields.Payments.flatMap((one) => paymentIn(one, found.text) ?? []) ?? [];
  }

  /**
   * The state of a refund: `open` while it has moved no money. Cards know a refund by its key; SBP
   * does not, so a refund is recognised by the amount that was returned.
   */
  async #refundState(request: RefundRequest): Promise<RefundAnswer | "open"> {
    const { order, reference, paid, alreadyReturned, amount } = request;
    const state = await getState(this.#api, order, reference).catch(asOutageUnlessUnknown);
    const { status, amount: reported, isCard } = state;
    if (status === "REFUNDING" || status === "ASYNC_REFUNDING") return "underWay";
    const back = returnedOf(status, reported, paid);
    if (back !== undefined) {
      if (back.minor >= alreadyReturned.minor + amount.minor) return "returned";
      if (back.minor === alreadyReturned.minor) return "open";
      throw new Refused(
        `T-Bank and our books disagree on what was refunded of payment ${reference}`,
      );
    }
    if (status !== "PARTIAL_REFUNDED") throw new Refused(`payment ${reference} is ${status}`);
    if (isCard) return "open";
    // Unclear: asking again may move money twice, and giving up may hide that it moved.
    throw new Error(
      `T-Bank does not say how much of payment ${reference} was refunded: see its cabinet`,
    );
  }

  async #cancel({ key, order, reference, paid, amount }: RefundRequest): Promise<RefundAnswer> {
    const { receipt } = this.#settings;
    // A whole refund needs no receipt: the bank uses the one of the payment.
    const isPart = amount.minor < paid.minor;
    const { fields } = await this.#api.call(
      "Cancel",
      {
        PaymentId: reference,
        Amount: amount.minor,
        ExternalRequestId: key,
        ...(receipt && order && isPart
          ? { Receipt: receiptOver(receipt, order.terms?.code ?? "balance", amount) }
          : {}),
      },
      cancelAnswer,
    );
    return /^(?:PARTIAL_)?REFUNDED$/u.test(fields.Status) ? "returned" : "underWay";
  }
}

const isMoney = ({ report }: StatementLine): boolean => "reference" in report;

/**
 * A bank that does not tell a payment's state has not refused the refund: it may already be done.
 */
function asOutageUnlessUnknown(error: unknown): never {
  if (!(error instanceof TBankRefusal) || unknownCodes.has(error.code)) throw error;
  throw new Error(`T-Bank does not tell the payment's state: ${error.message}`);
}

/** Moscow's time: T-Bank does not read `Z`. */
const moscowTime = (ms: number): string =>
  `${new Date(ms + 3 * hourMs).toISOString().slice(0, 19)}+03:00`;
