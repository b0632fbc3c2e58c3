import * as z from "zod";
import type { Invoice } from "./bot-api.ts";
import { type Call, json, read, whole, words } from "./params.ts";
import { badRequest } from "./refusal.ts";

/** An invoice with what its buyer does not see. */
export interface Bill {
  readonly invoice: Invoice;
  /** The bot's own: people never see it. */
  readonly payload: string;
  /** In seconds: the invoice is a subscription's, and is paid again each time it has passed. */
  readonly subscription_period?: number | undefined;
}

const price = z.object({ label: words, amount: whole });
const parameters = z.object({
  title: words.default(""),
  description: words.default(""),
  payload: words.default(""),
  currency: words.default(""),
  start_parameter: words.default(""),
  prices: json(z.array(price), "can't parse prices JSON object").default([]),
});
const period = z.object({ subscription_period: whole.default(0) });

/** The only period that Telegram offers: 30 days, in seconds. */
const monthSeconds = 2_592_000;
/** Stars. The first limit is documented, both were measured by others at the real server. */
const mostPerMonth = 10_000;
const mostAtOnce = 100_000;

/**
 * The invoice that a call describes: in Telegram Stars (`XTR`) alone, since digital goods in
 * Telegram are sold for nothing else.
 * @throws Refusal 400 as Telegram words it.
 */
export function readInvoice(call: Call): Bill {
  const given = read(parameters, call);
  const { title, description, payload, start_parameter, currency } = given;
  checkWords(given);
  if (currency !== "XTR") throw badRequest("CURRENCY_INVALID");
  const total_amount = readPrice(given.prices);
  return { invoice: { title, description, start_parameter, currency, total_amount }, payload };
}

/** The same for a link, which may sell a subscription. @throws Refusal 400 as Telegram words it. */
export function readLinkInvoice(call: Call): Bill {
  const bill = readInvoice(call);
  const { subscription_period } = read(period, call);
  if (subscription_period === 0) return bill;
  if (subscription_period !== monthSeconds) throw badRequest("SUBSCRIPTION_PERIOD_INVALID");
  if (bill.invoice.total_amount > mostPerMonth) throw badRequest("SUBSCRIPTION_AMOUNT_INVALID");
  return { ...bill, subscription_period };
}

/** Lengths as the Bot API's reference gives them: characters, of the payload bytes. */
function checkWords({ title, description, payload }: z.infer<typeof parameters>): void {
  if (title.length < 1 || title.length > 32) throw badRequest("INVOICE_TITLE_INVALID");
  if (description.length < 1 || description.length > 255) {
    throw badRequest("INVOICE_DESCRIPTION_INVALID");
  }
  const bytes = Buffer.byteLength(payload);
  if (bytes < 1 || bytes > 128) throw badRequest("INVOICE_PAYLOAD_INVALID");
}

/** Stars come in whole numbers and in one price. */
function readPrice([only, ...more]: readonly z.infer<typeof price>[]): number {
  if (only === undefined) throw badRequest("there must be at least one price");
  if (only.label === "") throw badRequest("LabeledPrice label must be non-empty");
  if (more.length > 0 || only.amount < 1) throw badRequest("STARS_INVOICE_INVALID");
  if (only.amount > mostAtOnce) throw badRequest("CURRENCY_TOTAL_AMOUNT_INVALID");
  return only.amount;
}
