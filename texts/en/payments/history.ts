import type { ChargeFacts, PaymentCardFacts, RefundFacts } from "../../facts.ts";
import { escapeHtml, isolated } from "../../html.ts";
import { daysInWords } from "../counts.ts";

const refundStates = {
  asked: "requested",
  approved: "approved",
  rejected: "rejected",
  returned: "completed",
  refused: "refused by the gateway",
} as const;

/** What admins read about a payment: the search, its card, its lines. */
export const payment = {
  how: "Send /payment and what you know: its number, a memo, the reference of an invoice or a charge, or a customer's number or name, e.g. <code>/payment 5001</code>",
  none: "No payment found. For unmatched payments, see /unmatched",
  found: (n: number) => `Found ${n}; newest first:`,
  ofCustomer: (name: string) => `🧾 Payments of ${isolated(name)}, newest first`,
  card: (c: PaymentCardFacts) =>
    `🧾 <b>Payment</b> <code>${c.number}</code>\nCustomer: ${c.customer} (<code>${c.telegramId}</code>)\nPlan: ${c.plan}\nPrice: ${c.price} by ${c.gateway}\nState: <b>${c.state}</b>\nMemo: <code>${c.memo}</code>\nInvoice: ${c.invoice}`,
  orderLine: (at: string, price: string, state: string) => `${at}: ${price}, ${state}`,
  chargeLine: ({ reference, paid, returned }: ChargeFacts) =>
    `Charge <code>${reference}</code>: ${paid ?? "not reported as paid yet"}${returned ? `, ${returned} refunded` : ""}`,
  refundLine: ({ amount, state, by, reason }: RefundFacts) =>
    `Refund of ${amount}: ${refundStates[state]}; ${by === undefined ? "automatic" : `by ${isolated(by)}`}: ${reason}`,
  workflow: (url: string) => `<a href="${escapeHtml(url)}">Workflow in Temporal</a>`,
  download: "📄 Everything (JSON)",
  all: "🧾 Payments",
  open: "🧾 Payment",
  history: (number: string) =>
    `🕘 <b>History of the payment</b> <code>${number}</code>, newest first`,
};

/** The states of an order, as admins read them. */
export const orderStates = {
  open: "waiting for payment",
  settled: "paid",
  lapsed: "expired unpaid",
  declined: "declined",
  cancelled: "cancelled by the customer",
  refused: "refused by the gateway",
  refunded: "refunded",
};

/** A cancelled order that an admin's act has closed. */
export const closedBy = {
  block: "closed by a block",
  revoke: "closed with the end of access",
  undo: "closed by an undone approval",
};

/** Lines of a payment's timeline. Arguments are safe in HTML already. */
export const moment = {
  ordered: "order created",
  closed: (state: string) => `order closed: ${state}`,
  reported: (gateway: string, what: string, wasFound: boolean) =>
    `${gateway} reports: ${what}${wasFound ? " (found by reconciliation)" : ""}`,
  paid: (amount: string, reference: string) => `paid ${amount}, ${reference}`,
  progress: (status: string) => `in progress: ${status}`,
  invoiceClosed: (reason: string) => `invoice closed: ${reason}`,
  declined: (reason: string, final: boolean) => `declined${final ? " for good" : ""}: ${reason}`,
  refunded: (amount: string, reference: string) => `${amount} refunded so far, ${reference}`,
  chargedBack: (amount: string, reference: string) => `${amount} charged back so far, ${reference}`,
  given: (d: number, until: string) => `${daysInWords(d)} added, access until ${until}`,
  taken: (d: number, until: string) => `${daysInWords(d)} taken back, access until ${until}`,
  refundAsked: (amount: string, by: string | undefined) =>
    `refund of ${amount} requested ${by === undefined ? "automatically" : `by ${isolated(by)}`}`,
  refundClosed: (amount: string, state: keyof typeof refundStates, why: string) =>
    `refund of ${amount}: ${refundStates[state]}${why && `, ${why}`}`,
  booked: (moves: string) => `in the books: ${moves}`,
  /** What an entry of the ledger says, by its account: money that came to it, or went from it. */
  moves: {
    gateway: (amount: string, isIn: boolean) => (isIn ? `${amount} came in` : `${amount} went out`),
    customer: (amount: string, isIn: boolean) =>
      isIn ? `${amount} taken from the balance` : `${amount} put on the balance`,
    reserved: (amount: string, isIn: boolean) =>
      isIn ? `${amount} no longer set aside` : `${amount} set aside for the refund`,
    revenue: (amount: string, isIn: boolean) =>
      isIn ? `${amount} not earned` : `${amount} earned`,
    refunds: (amount: string, isIn: boolean) =>
      isIn ? `${amount} refunded` : `${amount} not refunded`,
    fees: (amount: string, isIn: boolean) =>
      isIn ? `${amount} of fees` : `${amount} of fees back`,
    unmatched: (amount: string, isIn: boolean) =>
      isIn ? `${amount} matched` : `${amount} not matched`,
  },
  earlier: (n: number) => `… and ${n} earlier: History`,
};

/** The effects of an event, in the timeline. */
export const effects = {
  granted: (paid: string, late: boolean) =>
    `decided: ${paid} buys what was ordered${late ? ", although it came late" : ""}`,
  credited: (paid: string, why: string) => `decided: ${paid} goes to the balance, ${why}`,
  returned: (returned: string) => `decided: ${returned} was returned`,
  returnNoted: (returned: string) =>
    `decided: ${returned} was returned before it was reported as paid`,
  noted: (status: string) => `decided: nothing changes, ${status}`,
  declined: (reason: string) => `decided: closed, ${reason}`,
  inconsistent: (reason: string) => `decided: impossible, ${reason}`,
  duplicate: "decided: already known, nothing changes",
};
