import type { GatewayName, PaymentOrder } from "../../../domain/payments/payment.ts";
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
import { type TBankAccess, TBankApi, TBankRefusal } from "./api.ts";
import {
  called,
  opened,
  orderState,
  paymentIn,
  paymentState,
  type ReportedPayment,
  reportedPayment,
} from "./payments.ts";
import { hasMoney, isUntouched, returnedOf, tbankReports } from "./protocol.ts";
import { cut, receiptOver, type ReceiptSettings } from "./receipt.ts";

export interface TBankSettings extends TBankAccess {
  /** Where payments are announced; without it, where the terminal's owner has set in the bank's cabinet. */
  readonly notificationUrl?: string | undefined;
  /** Where a person goes from the form when they have paid, or failed to. */
  readonly returnUrl?: string | undefined;
  readonly receipt?: ReceiptSettings | undefined;
}

/** Codes of an order or a payment that T-Bank does not know; which one it answers is unverified. */
const unknown = new Set(["255", "335"]);

const invoiceTtlMs = dayMs;
/** Less than a minute ahead is refused, and clocks differ. */
const leastTtlMs = 2 * minuteMs;

/**
 * T-Bank's internet acquiring, cards and SBP, in one stage: what is CONFIRMED is paid. A payment's link is told
 * once, by `Init`. When that answer was lost, nobody has the link, and the order gets a second payment with
 * another; money of either settles it.
 */
export class TBankGateway implements PaymentGateway {
  readonly capabilities: GatewayCapabilities;
  readonly #settings: TBankSettings;
  readonly #api: TBankApi;
  readonly #asked = new SingleFlight();

  constructor(settings: TBankSettings) {
    this.#settings = settings;
    this.#api = new TBankApi(settings);
    this.capabilities = {
      name: "tbank" as GatewayName,
      account: `tbank/${settings.terminalKey}`,
      currencies: ["RUB"],
      refunds: "partial",
      invoiceTtlMs,
      delivery: "pushes",
      hasStatement: false,
      // Two calls each: ten calls a second at most.
      lookupsPerPass: 300,
    };
  }

  async issueInvoice(
    order: PaymentOrder,
    wording: InvoiceText,
    asking?: IssueOptions,
  ): Promise<Invoice> {
    if (order.price.currency !== "RUB") throw new Refused("T-Bank takes roubles only");
    return this.#asked.ask(order.id, async () => {
      const before = asking?.isFirst ? undefined : await this.#findSettled(order);
      return before ?? this.#open(order, wording);
    });
  }

  /** Of other payments of the order money alone is told: that they end is not the invoice's end. */
  async lookup(order: PaymentOrder, invoiceReference: string): Promise<readonly StatementLine[]> {
    const own = await this.#state(order, invoiceReference).catch(undefinedIfUnknown);
    const all = await this.#paymentsOf(order);
    const others = all.filter(({ paymentId }) => paymentId !== invoiceReference);
    const about = { kind: "payment", id: order.id } as const;
    const lines = (seen: ReportedPayment) =>
      tbankReports(seen, order.price).map((report): StatementLine => {
        return { about, report, evidence: seen.evidence };
      });
    const ofOwn = own === undefined || isUntouched(own.status) ? [] : lines(own);
    return [...ofOwn, ...others.flatMap((seen) => lines(seen).filter(isMoney))];
  }

  async refund(request: RefundRequest): Promise<RefundAnswer> {
    checkRefund(request);
    const before = await this.#standing(request);
    if (before !== "open") return before;
    try {
      return await this.#cancel(request);
    } catch (error) {
      // It may stand in the way of itself: the first try of this refund got through meanwhile.
      const after = error instanceof TBankRefusal ? await this.#standing(request) : "open";
      if (after === "open") throw error;
      return after;
    }
  }

  async statement(): Promise<Statement> {
    throw new Refused("T-Bank has no statement: each payment is looked up");
  }

  /** A payment of this order that somebody has paid already: then nobody is asked for money once more. */
  async #findSettled(order: PaymentOrder): Promise<Invoice | undefined> {
    const paid = (await this.#paymentsOf(order)).find(({ status }) => hasMoney(status));
    if (paid === undefined) return undefined;
    const url = this.#settings.returnUrl ?? this.#settings.url;
    return { kind: "page", reference: paid.paymentId, url };
  }

  async #open(order: PaymentOrder, { title, description }: InvoiceText): Promise<Invoice> {
    const { notificationUrl, returnUrl, receipt } = this.#settings;
    const lapsesMs = Math.max(toMs(order.lapsesAt), Date.now() + leastTtlMs);
    const { fields } = await this.#api.ask(
      "Init",
      {
        OrderId: order.id,
        Amount: order.price.minor,
        PayType: "O",
        Description: cut(description, 140),
        RedirectDueDate: moscowTime(lapsesMs),
        ...(notificationUrl === undefined ? {} : { NotificationURL: notificationUrl }),
        ...(returnUrl === undefined ? {} : { SuccessURL: returnUrl, FailURL: returnUrl }),
        ...(receipt === undefined ? {} : { Receipt: receiptOver(receipt, title, order.price) }),
      },
      opened,
    );
    return { kind: "page", reference: fields.PaymentId, url: fields.PaymentURL };
  }

  async #state(
    order: Pick<PaymentOrder, "id"> | undefined,
    reference: string,
  ): Promise<ReportedPayment & { isCard: boolean }> {
    const { fields, text } = await this.#api.ask(
      "GetState",
      { PaymentId: reference },
      paymentState,
    );
    if (order !== undefined && fields.OrderId !== order.id) {
      throw new Error(`T-Bank's payment ${reference} is of another order than ${order.id}`);
    }
    const source = fields.Params.find(({ Key }) => Key === "Source")?.Value;
    return { ...reportedPayment(fields, text), isCard: source === "cards" };
  }

  async #paymentsOf({ id }: PaymentOrder): Promise<ReportedPayment[]> {
    const found = await this.#api
      .ask("CheckOrder", { OrderId: id }, orderState)
      .catch(undefinedIfUnknown);
    return found?.fields.Payments.flatMap((one) => paymentIn(one, found.text) ?? []) ?? [];
  }

  /**
   * How a refund stands: `open` when it has not moved money yet. Cards know a refund by its key; SBP does not, so
   * that a refund is recognised by what is back.
   */
  async #standing(request: RefundRequest): Promise<RefundAnswer | "open"> {
    const { order, reference, paid, alreadyReturned, amount } = request;
    const seen = await this.#state(order, reference).catch(notSaidUnlessUnknown);
    const { status, amount: told, isCard } = seen;
    if (status === "REFUNDING" || status === "ASYNC_REFUNDING") return "underWay";
    const back = returnedOf(status, told, paid);
    if (back !== undefined) {
      if (back.minor >= alreadyReturned.minor + amount.minor) return "returned";
      if (back.minor === alreadyReturned.minor) return "open";
      throw new Refused(`T-Bank and our books differ in what of payment ${reference} is back`);
    }
    if (status !== "PARTIAL_REFUNDED") throw new Refused(`payment ${reference} is ${status}`);
    if (isCard) return "open";
    // Neither yes nor no: asking again may move money twice, and giving up may hide that it moved.
    throw new Error(
      `T-Bank does not say how much of payment ${reference} is back: see its cabinet`,
    );
  }

  async #cancel({ key, order, reference, paid, amount }: RefundRequest): Promise<RefundAnswer> {
    const { receipt } = this.#settings;
    // A whole return needs no receipt of its own: the bank takes the one of the payment.
    const isPart = amount.minor < paid.minor;
    const { fields } = await this.#api.ask(
      "Cancel",
      {
        PaymentId: reference,
        Amount: amount.minor,
        ExternalRequestId: key,
        ...(receipt && order && isPart
          ? { Receipt: receiptOver(receipt, order.terms.code, amount) }
          : {}),
      },
      called,
    );
    return /^(?:PARTIAL_)?REFUNDED$/u.test(fields.Status) ? "returned" : "underWay";
  }
}

const isMoney = ({ report }: StatementLine): boolean => "reference" in report;

/** A bank that will not say how a payment stands has not refused to return it: it may have done so already. */
function notSaidUnlessUnknown(error: unknown): never {
  if (!(error instanceof TBankRefusal) || unknown.has(error.code)) throw error;
  throw new Error(`T-Bank does not say how the payment stands: ${error.message}`);
}

function undefinedIfUnknown(error: unknown): undefined {
  if (error instanceof TBankRefusal && unknown.has(error.code)) return undefined;
  throw error;
}

/** T-Bank reads no `Z`. */
const moscowTime = (ms: number): string =>
  `${new Date(ms + 3 * hourMs).toISOString().slice(0, 19)}+03:00`;
