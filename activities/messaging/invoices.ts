import type { InvoiceFacts } from "../../db/messaging/message-facts.ts";
import {
  addOnButton,
  cancelPaymentButton,
  homeButton,
  invoiceQrButton,
  plansButton,
  topUpButton,
} from "../../domain/messaging/buttons.ts";
import { type Money, money } from "../../domain/money.ts";
import type { Language } from "../../domain/people/customer.ts";
import type { Keyboard, Message, TextMessage } from "../../gateways/messenger/port.ts";
import type { Invoice } from "../../gateways/payments/port.ts";
import { extraName } from "../../texts/extra-name.ts";
import { momentIn, type ReaderLocale, type Texts, textsIn } from "../../texts/index.ts";
import { moneyIn } from "../../texts/money.ts";

/** An open order's invoice as its gateway's port returned it; it is stored as JSON. */
const invoiceOf = ({ state, invoice }: InvoiceFacts): Invoice | undefined =>
  state === "open" ? (invoice as Invoice | undefined) : undefined;

/** What is still missing of the price; undefined: nothing has come yet. */
function missingOf({ price: { currency }, invoice }: InvoiceFacts): Money | undefined {
  const minor = invoice?.["missing"];
  return minor === undefined ? undefined : money(Number(minor), currency);
}

/** What is bought, in this language. */
function itemNameOf(facts: InvoiceFacts, locale: ReaderLocale): string {
  const { extra, planNames, planCode, about } = facts;
  const item =
    extra === undefined
      ? (planNames[locale.language] ?? planCode)
      : extraName(locale.language, extra, (at) => momentIn(locale, at));
  const { subscriptions } = textsIn(locale.language).access;
  if (about === undefined) return item;
  return about === "new" ? subscriptions.newOne(item) : subscriptions.name(item, about);
}

/** The order with its buttons while it is open; then its outcome. */
export function invoiceText(facts: InvoiceFacts, locale: ReaderLocale): TextMessage {
  const { language } = locale;
  const texts = textsIn(language);
  const invoice = invoiceOf(facts);
  const missing = facts.state === "open" ? missingOf(facts) : undefined;
  const html = texts.payments.invoice.message({
    plan: itemNameOf(facts, locale),
    days: facts.extra === undefined ? facts.days : undefined,
    price: moneyIn(language, facts.price),
    ...(missing === undefined ? {} : { missing: moneyIn(language, missing) }),
    gateway: texts.payments.gateway.name(facts.gateway),
    until: momentIn(locale, facts.lapsesAt),
    state: facts.state,
    isIssued: invoice !== undefined,
    isBlocked: facts.isBlocked,
    ...(facts.savedCard === undefined ? {} : { savedCard: facts.savedCard }),
    ...(invoice?.kind === "transfer" ? { address: invoice.address, comment: invoice.comment } : {}),
  });
  return { kind: "text", html, keyboard: keyboardOf(facts, language) };
}

/** The way on opens in a new message: this one stays as the order's record. */
function keyboardOf(facts: InvoiceFacts, language: Language): Keyboard {
  const { messaging, payments } = textsIn(language);
  const { id, state } = facts;
  const home = { text: messaging.menu.home, data: homeButton.data({ place: "new" }) };
  if (state === "settled" || state === "refunded") return [[home]];
  if (state !== "open") {
    return [facts.isBlocked ? [home] : [againButton(facts, messaging.menu), home]];
  }
  const invoice = invoiceOf(facts);
  const cancel = { text: payments.invoice.cancel, data: cancelPaymentButton.data({ id }) };
  const pay =
    invoice !== undefined && "url" in invoice
      ? [
          [
            {
              text: payments.invoice.pay(moneyIn(language, missingOf(facts) ?? facts.price)),
              url: invoice.url,
            },
          ],
        ]
      : [];
  const qr =
    invoice?.kind === "transfer"
      ? [[{ text: payments.invoice.qr, data: invoiceQrButton.data({ id }) }]]
      : [];
  return [...pay, ...qr, [cancel, home]];
}

/** Where the same is ordered anew. */
function againButton({ extra }: InvoiceFacts, menu: Texts["messaging"]["menu"]) {
  const place = "new" as const;
  switch (extra?.kind) {
    case undefined:
      return { text: menu.choosePlan, data: plansButton.data({ place }) };
    case "topUp":
      return { text: menu.topUp, data: topUpButton.data({ place }) };
    case "traffic":
      return { text: menu.moreTraffic, data: addOnButton.data({ kind: "traffic", place }) };
    case "device":
      return { text: menu.moreDevices, data: addOnButton.data({ kind: "device", place }) };
  }
}

/** The QR picture for a wallet; undefined: the order has ended, or is not paid by a transfer. */
export function invoiceQr(facts: InvoiceFacts, language: Language): Message | undefined {
  const invoice = invoiceOf(facts);
  if (invoice?.kind !== "transfer") return undefined;
  const captionHtml = textsIn(language).payments.invoice.transferQr(
    moneyIn(language, missingOf(facts) ?? facts.price),
    invoice.comment,
  );
  return { kind: "qr", text: invoice.url, captionHtml };
}
