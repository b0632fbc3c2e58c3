import type { InvoiceFacts } from "../../db/messaging/message-facts.ts";
import { cancelPaymentButton } from "../../domain/messaging/buttons.ts";
import type { Language } from "../../domain/people/customer.ts";
import type { Keyboard, Message, TextMessage } from "../../gateways/messenger/port.ts";
import type { Invoice, InvoiceText } from "../../gateways/payments/port.ts";
import { momentIn, textsIn } from "../../texts/index.ts";
import { moneyIn } from "../../texts/money.ts";

/** An open order's invoice as its gateway's port returned it; it is stored as JSON. */
const invoiceOf = ({ state, invoice }: InvoiceFacts): Invoice | undefined =>
  state === "open" ? (invoice as Invoice | undefined) : undefined;

/** The plan's name in this language, or its code. */
export function planNameOf({ planNames, planCode }: InvoiceFacts, language: Language): string {
  return planNames[language] ?? planCode;
}

/** The text of an invoice where it is paid. */
export function invoiceWording(
  plan: { readonly name: string; readonly days: number },
  language: Language,
): InvoiceText {
  const description = textsIn(language).payments.invoice.description(plan.name, plan.days);
  return { title: plan.name, description };
}

/** The order with its buttons while it is open; then its outcome. */
export function invoiceText(facts: InvoiceFacts, language: Language): TextMessage {
  const texts = textsIn(language);
  const invoice = invoiceOf(facts);
  const html = texts.payments.invoice.message({
    plan: planNameOf(facts, language),
    days: facts.days,
    price: moneyIn(language, facts.price),
    gateway: texts.payments.gateway.name(facts.gateway),
    until: momentIn(language, facts.lapsesAt),
    state: facts.state,
    ...(invoice?.kind === "transfer" ? { address: invoice.address, comment: invoice.comment } : {}),
  });
  if (facts.state !== "open") return { kind: "text", html, keyboard: [] };
  const cancel = {
    text: texts.payments.invoice.cancel,
    data: cancelPaymentButton.data({ id: facts.id }),
  };
  const pay =
    invoice !== undefined && "url" in invoice
      ? [{ text: texts.payments.invoice.pay, url: invoice.url }]
      : [];
  const keyboard: Keyboard = [...(pay.length > 0 ? [pay] : []), [cancel]];
  return { kind: "text", html, keyboard };
}

/** The QR picture for a wallet; undefined: the order has ended, or is not paid by a transfer. */
export function invoiceQr(facts: InvoiceFacts, language: Language): Message | undefined {
  const invoice = invoiceOf(facts);
  if (invoice?.kind !== "transfer") return undefined;
  return { kind: "qr", text: invoice.url, captionHtml: qrCaption(facts, language) };
}

/** The picture's caption: the amount, or the order's outcome. */
export function qrCaption(facts: InvoiceFacts, language: Language): string {
  if (facts.state !== "open") return invoiceText(facts, language).html;
  return textsIn(language).payments.invoice.transferQr(moneyIn(language, facts.price));
}

/** The bill to pay in the chat; undefined: the order has ended, or is paid elsewhere. */
export function bill(facts: InvoiceFacts, language: Language): Message | undefined {
  const invoice = invoiceOf(facts);
  if (invoice?.kind !== "chat") return undefined;
  const plan = { name: planNameOf(facts, language), days: facts.days };
  const { payload } = invoice;
  const { minor: price } = facts.price;
  return { kind: "invoice", ...invoiceWording(plan, language), payload, price };
}

/**
 * Whether a bill has to be removed: a paid bill stays as its receipt,
 * an ended one must not be paid.
 */
export const isBillOver = ({ state }: InvoiceFacts): boolean =>
  state !== "open" && state !== "settled" && state !== "refunded";
