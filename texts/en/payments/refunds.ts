import type { RefundRequestFacts } from "../../facts.ts";
import { escapeHtml, isolated } from "../../html.ts";

/** What customers read about refunds, and how admins make them. */
export const refund = {
  underWay: (amount: string) => `↩️ You paid twice: ${amount} is on its way back to you.`,
  began: (amount: string, until?: string) =>
    `↩️ We are refunding ${amount} to you.${until === undefined ? "" : ` Your access now runs until <b>${until}</b>.`}`,
  returned: (amount: string, until?: string) =>
    `↩️ ${amount} has been refunded to you.${until === undefined ? "" : ` Your access now runs until <b>${until}</b>.`}`,
  failed: (amount: string, isOnBalance: boolean) =>
    `⚠️ ${amount} could not be refunded to you${isOnBalance ? ": it is on your balance" : ""}. Questions? Open Help.`,
  button: "↩️ Refund",
  sure: (amount: string, name: string, gateway: string) =>
    `Refund ${amount} to ${isolated(name)} by ${gateway}? What it bought is taken back.`,
  yes: "Yes, refund",
  part: "Only a part",
  askPart: (left: string) => `How much is refunded? At most ${left}. Send the amount.`,
  partField: "Amount",
  surePart: (amount: string, name: string, gateway: string) =>
    `Refund ${amount} to ${isolated(name)} by ${gateway}? As much of what it bought is taken back.`,
  sureByHand: (amount: string, name: string, gateway: string) =>
    `${gateway} cannot send money back by itself. Send ${amount} to the wallet of ${isolated(name)} (“Everything” in the payment's card has its address), then press the button. What it bought is taken back.`,
  sentByHand: "I have sent it",
  hashNext: "↩️ The hash of the transaction comes next: send it as a message.",
  askTransaction: "Send the hash of the transaction in which you returned the money.",
  transactionField: "Transaction hash",
  badTransaction:
    "That is not the hash of a transaction: 64 hexadecimal digits or 44 characters of base64, alone or in an explorer's link. Send it again.",
  sureBook: (amount: string, name: string, hash: string) =>
    `Book ${amount} as returned to ${isolated(name)} in this transaction?\n<code>${hash}</code>\nWhat it bought is taken back, and they are told. The chain is not looked at: check that the transaction went through.`,
  book: "Yes, book it",
  defaultReason: "an administrator's decision",
  taken: (amount: string, name: string, gateway: string) =>
    `↩️ The refund of ${amount} to ${isolated(name)} by ${gateway} has started. The result will arrive here.`,
  how: "Send <code>/refund &lt;number&gt; &lt;amount&gt; &lt;reason&gt;</code>, e.g. <code>/refund 1a2b3c4d 99.50 slow server</code>; the amount is in the payment's own currency.",
  badAmount: (currency: string) =>
    `That is not an amount in ${currency}. Write it with a decimal point and without a currency sign, e.g. 99.5`,
  ambiguous: "More than one payment starts with this: send the full number.",
  ask: (facts: RefundRequestFacts) =>
    `↩️ <b>Refund of ${facts.amount}</b> by ${facts.gateway}\nTo: ${isolated(facts.name)} (<code>${facts.id}</code>)\nReason: ${escapeHtml(facts.reason)}\nRequested: ${facts.at}`,
};

/** Why a refund was not started. */
export const refundNotOpened = {
  notAdmin: "Only administrators may do that.",
  noPayment: "There is no paid payment with this number.",
  nothingLeft: "It has already been refunded in full.",
  tooMuch: "That is more than is left of this payment, or a different currency.",
  underWay: "A refund of this payment is already in progress.",
  onlyWhole: "This gateway refunds payments only in full.",
  notPossible:
    "This gateway cannot refund. Send the money by hand, then open the payment and press Refund.",
  possible: "This gateway refunds by itself: no need to send money by hand.",
  sameTransaction: "Another refund was sent in this transaction already.",
  spent: "This money went to the customer's balance and has been spent: the balance is too small.",
};
