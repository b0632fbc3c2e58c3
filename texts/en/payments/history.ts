import { daysInWords } from "../counts.ts";
import type { ChargeFacts, PaymentCardFacts, RefundFacts } from "../../facts.ts";
import { isolated } from "../../html.ts";

const refundStates = {
  asked: "asked for",
  approved: "agreed to",
  rejected: "turned down",
  returned: "returned",
  refused: "refused by the gateway",
} as const;

export const payment = {
  how: "Send /payment and what you know: its number, a memo, the reference of an invoice or of a charge, or a customer's number or name, e.g. <code>/payment 5001</code>",
  none: "No payment found. Money that nobody was asked for is in /unmatched",
  found: (n: number) => `Found ${n}; the newest first:`,
  ofCustomer: (name: string) => `🧾 Payments of ${isolated(name)}, the newest first:`,
  card: (c: PaymentCardFacts) =>
    `🧾 <b>Payment</b> <code>${c.number}</code>\nCustomer: ${c.customer} (<code>${c.telegramId}</code>)\nPlan: ${c.plan}\nPrice: ${c.price} by ${c.gateway}\nState: <b>${c.state}</b>\nMemo: <code>${c.memo}</code>\nInvoice: ${c.invoice}`,
  orderLine: (at: string, price: string, state: string) => `${at}: ${price}, ${state}`,
  chargeLine: ({ reference, paid, returned }: ChargeFacts) =>
    `Charge <code>${reference}</code>: ${paid ?? "its payment is not known yet"}${returned ? `, ${returned} of it returned` : ""}`,
  refundLine: ({ amount, state, by, reason }: RefundFacts) =>
    `Refund of ${amount}: ${refundStates[state]}; ${by === undefined ? "by itself" : `by ${by}`}: ${reason}`,
  download: "📄 Everything (JSON)",
  last: "<b>Last payments</b>",
  all: "🧾 Payments",
};

export const orderStates = {
  open: "waits for money",
  settled: "paid",
  lapsed: "lapsed unpaid",
  declined: "declined",
  cancelled: "cancelled by the customer",
  refused: "not taken by the gateway",
  refunded: "returned",
};

export const moment = {
  ordered: "order made",
  closed: (state: string) => `order closed: ${state}`,
  reported: (gateway: string, what: string, wasFound: boolean) =>
    `${gateway} reports: ${what}${wasFound ? " (found by reconciliation)" : ""}`,
  paid: (amount: string, reference: string) => `paid ${amount}, ${reference}`,
  progress: (status: string) => `under way: ${status}`,
  declined: (reason: string, final: boolean) => `declined${final ? " for good" : ""}: ${reason}`,
  refunded: (amount: string, reference: string) => `${amount} returned so far, ${reference}`,
  chargedBack: (amount: string, reference: string) => `${amount} charged back so far, ${reference}`,
  given: (d: number, until: string) => `${daysInWords(d)} given, access until ${until}`,
  taken: (d: number, until: string) => `${daysInWords(d)} taken, access until ${until}`,
  refundAsked: (amount: string, by: number | undefined) =>
    `refund of ${amount} asked ${by === undefined ? "by itself" : `by ${by}`}`,
  refundClosed: (amount: string, state: keyof typeof refundStates, why: string) =>
    `refund of ${amount}: ${refundStates[state]}${why && `, ${why}`}`,
  booked: (fact: string, entries: string) => `booked ${fact}: ${entries}`,
  earlier: (n: number) => `… ${n} earlier, in the document`,
};

export const effects = {
  granted: (paid: string, late: boolean) =>
    `decided: ${paid} buys the time${late ? ", though it came late" : ""}`,
  credited: (paid: string, why: string) => `decided: ${paid} goes to the balance, ${why}`,
  returned: (returned: string) => `decided: ${returned} went back`,
  returnNoted: (returned: string) =>
    `decided: ${returned} went back before it was reported as paid`,
  noted: (status: string) => `decided: nothing changes, ${status}`,
  declined: (reason: string) => `decided: over, ${reason}`,
  inconsistent: (reason: string) => `decided: cannot be right, ${reason}`,
  duplicate: "decided: known already, nothing changes",
};
