import type { Payments } from "../db/payments.ts";
import type { PlansForSale } from "../db/readers/plans-for-sale.ts";
import type { Addressee, Language } from "../domain/customer.ts";
import type { PaymentId, PaymentOrder, PaymentState } from "../domain/payment.ts";
import type { Keyboard, TextMessage } from "../gateways/messenger.ts";
import type { Invoice, Wording } from "../gateways/payment-gateway.ts";
import { momentIn, textsIn } from "../texts/index.ts";
import { moneyIn } from "../texts/money.ts";
import type { Outbox } from "./outbox.ts";

export interface InvoicePorts {
  readonly payments: Payments;
  readonly plans: PlansForSale;
  readonly outbox: Outbox;
}

/** Invoices as their customers see them: a message that changes with what becomes of them. */
export class InvoiceDesk {
  readonly #ports: InvoicePorts;

  constructor(ports: InvoicePorts) {
    this.#ports = ports;
  }

  async wording(order: PaymentOrder, { language }: Addressee): Promise<Wording> {
    const title = await this.#planName(order, language);
    return { title, description: textsIn(language).invoiceDescription(title, order.terms.days) };
  }

  async show(order: PaymentOrder, invoice: Invoice, customer: Addressee): Promise<void> {
    const { outbox, payments } = this.#ports;
    const { language } = customer;
    const texts = textsIn(language);
    if (invoice.kind === "transfer") {
      const captionHtml = texts.transferQr(moneyIn(language, order.price));
      await outbox.send(customer, { kind: "qr", text: invoice.url, captionHtml }, "qr");
    }
    const message = await this.#message(order, language, { state: "open", invoice });
    const told = await outbox.send(customer, message, "invoice");
    if (told.kind === "sent") await payments.setMessage(order.id, told.messageId);
    if (invoice.kind === "chat") {
      const { title, description } = await this.wording(order, customer);
      const { minor: price } = order.price;
      const { payload } = invoice;
      const bill = { kind: "invoice", title, description, payload, price } as const;
      await outbox.send(customer, bill, "bill");
    }
  }

  async showAgain(id: PaymentId): Promise<void> {
    const found = await this.#ports.payments.findWithOwner(id);
    if (found?.known.state !== "open" || found.known.invoice === undefined) return;
    const { order, invoice } = found.known;
    await this.show(order, invoice as unknown as Invoice, found.owner);
  }

  async showState(id: PaymentId, state: PaymentState): Promise<void> {
    const { outbox, payments } = this.#ports;
    const found = await payments.findWithOwner(id);
    if (found?.known.messageId === undefined) return;
    const { order, messageId } = found.known;
    const message = await this.#message(order, found.owner.language, { state });
    await outbox.edit(found.owner, messageId, message);
  }

  async #message(
    order: PaymentOrder,
    language: Language,
    { state, invoice }: { readonly state: PaymentState; readonly invoice?: Invoice },
  ): Promise<TextMessage> {
    const texts = textsIn(language);
    const html = texts.invoice({
      plan: await this.#planName(order, language),
      days: order.terms.days,
      price: moneyIn(language, order.price),
      gateway: texts.gatewayName(order.gateway),
      until: momentIn(language, order.lapsesAt),
      state,
      ...(invoice?.kind === "transfer"
        ? { address: invoice.address, comment: invoice.comment }
        : {}),
    });
    if (invoice === undefined) return { kind: "text", html, keyboard: [] };
    const cancel = { text: texts.cancelPayment, data: `cancel-payment:${order.id}` };
    const pay = "url" in invoice ? [{ text: texts.payButton, url: invoice.url }] : [];
    const keyboard: Keyboard = [...(pay.length > 0 ? [pay] : []), [cancel]];
    return { kind: "text", html, keyboard };
  }

  async #planName({ terms }: PaymentOrder, language: Language): Promise<string> {
    const plan = await this.#ports.plans.version(terms.code, terms.version);
    return plan?.names[language] ?? terms.code;
  }
}
