import { daysInWords } from "../en-days.ts";
import { isolated } from "../html.ts";
import type { ChargeWords, PaymentCardWords, RefundWords } from "./desk-words.ts";

const refundStates = {
  asked: "asked for",
  approved: "agreed to",
  rejected: "turned down",
  returned: "returned",
  refused: "refused by the gateway",
} as const;

/** What admins read of money. What comes in as a string is safe in HTML already. */
export const enDesk = {
  paymentHow:
    "Send /payment and what you know: its number, a memo, the reference of an invoice or of a charge, or a customer's number or name, e.g. <code>/payment 5001</code>",
  paymentNone: "No payment found. Money that nobody was asked for is in /unmatched",
  paymentsFound: (n: number) => `Found ${n}; the newest first:`,
  paymentsOf: (name: string) => `🧾 Payments of ${isolated(name)}, the newest first:`,
  paymentCard: (c: PaymentCardWords) =>
    `🧾 <b>Payment</b> <code>${c.number}</code>\nCustomer: ${c.customer} (<code>${c.telegramId}</code>)\nPlan: ${c.plan}\nPrice: ${c.price} by ${c.gateway}\nState: <b>${c.state}</b>\nMemo: <code>${c.memo}</code>\nInvoice: ${c.invoice}`,
  orderStates: {
    open: "waits for money",
    settled: "paid",
    lapsed: "lapsed unpaid",
    declined: "declined",
    cancelled: "cancelled by the customer",
    refused: "not taken by the gateway",
    refunded: "returned",
  },
  orderLine: (at: string, price: string, state: string) => `${at}: ${price}, ${state}`,
  chargeLine: ({ reference, paid, returned }: ChargeWords) =>
    `Charge <code>${reference}</code>: ${paid ?? "its payment is not known yet"}${returned ? `, ${returned} of it returned` : ""}`,
  refundLine: ({ amount, state, by, reason }: RefundWords) =>
    `Refund of ${amount}: ${refundStates[state]}; ${by === undefined ? "by itself" : `by ${by}`}: ${reason}`,
  momentEarlier: (n: number) => `… ${n} earlier, in the document`,
  moment: {
    ordered: "order made",
    closed: (state: string) => `order closed: ${state}`,
    reported: (gateway: string, what: string, wasFound: boolean) =>
      `${gateway} reports: ${what}${wasFound ? " (found by reconciliation)" : ""}`,
    paid: (amount: string, reference: string) => `paid ${amount}, ${reference}`,
    progress: (status: string) => `under way: ${status}`,
    declined: (reason: string, final: boolean) => `declined${final ? " for good" : ""}: ${reason}`,
    refunded: (amount: string, reference: string) => `${amount} returned so far, ${reference}`,
    chargedBack: (amount: string, reference: string) =>
      `${amount} charged back so far, ${reference}`,
    given: (d: number, until: string) => `${daysInWords(d)} given, access until ${until}`,
    taken: (d: number, until: string) => `${daysInWords(d)} taken, access until ${until}`,
    refundAsked: (amount: string, by: number | undefined) =>
      `refund of ${amount} asked ${by === undefined ? "by itself" : `by ${by}`}`,
    refundClosed: (amount: string, state: keyof typeof refundStates, why: string) =>
      `refund of ${amount}: ${refundStates[state]}${why && `, ${why}`}`,
    booked: (fact: string, entries: string) => `booked ${fact}: ${entries}`,
  },
  effects: {
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
  },
  wholeStory: "📄 Everything (JSON)",
  refundWhole: "↩️ Refund",
  sureRefund: (amount: string, name: string, gateway: string) =>
    `Return ${amount} to ${isolated(name)} by ${gateway}? The time that it bought goes with it. For a part: <code>/refund &lt;number&gt; &lt;amount&gt; &lt;reason&gt;</code>`,
  yesRefund: "Yes, return it",
  refundReason: "an administrator decided so",
  refundTaken: "Noted. You will be told here how it ends.",
  refundHow:
    "Send <code>/refund &lt;number&gt; &lt;amount&gt; &lt;reason&gt;</code>, e.g. <code>/refund 1a2b3c4d 99.50 slow server</code>; the amount is in the payment's own currency.",
  refundAmount: (currency: string) =>
    `That is no amount in ${currency}. Write it with a point and no sign, e.g. 99.5`,
  refundAmbiguous: "More than one payment begins like this: send its whole number.",

  unmatchedTitle: (n: number) => `❓ <b>Money that nobody was asked for: ${n}</b>`,
  unmatchedDigest: (n: number) =>
    `❓ ${n === 1 ? "One sum of money that no invoice asked for waits" : `${n} sums of money that no invoice asked for wait`} for a decision: /unmatched`,
  unmatchedNone: "There is no money without an owner.",
  unmatchedLine: (n: number, amount: string, at: string) => `${n}. <b>${amount}</b>, ${at}`,
  unmatchedHow:
    "To put it on a customer's balance, send /give, the line below the amount and the customer's number:\n<code>/give &lt;gateway&gt; &lt;reference&gt; &lt;customer&gt;</code>",
  ignoreUnmatched: (n: number, amount: string) => `🙈 Ignore ${n}: ${amount}`,
  returnUnmatched: (n: number) => `↩️ Send back ${n}`,
  askReturn: (amount: string, gateway: string) =>
    `Send ${amount} back to whoever paid it by ${gateway}? This cannot be undone.`,
  confirmReturn: "↩️ Yes, send it back",
  askIgnoreReason: (amount: string) =>
    `Why may ${amount} be left alone? Send the reason as a message.`,
  ignoreWord: "Reason",
  resolutionTaken: "Noted. You will be told here how it ends.",

  moneyNumbers: (n: { paid: string; unmatched: number; found: number }) =>
    `Paid today: ${n.paid}\nMoney without an owner: ${n.unmatched}\nFound and fixed today: ${n.found}`,
  nothingPaid: "nothing yet",
  customerMoney: (balance: string) => `Balance: ${balance}`,
  balanceEmpty: "empty",
  customerDebt: (amounts: string) => `⚠️ Debt, after a chargeback: ${amounts}`,
  lastPayments: "<b>Last payments</b>",
  allPayments: "🧾 Payments",
};
