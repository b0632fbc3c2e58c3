import type { RefundRequestFacts } from "../../facts.ts";
import { escapeHtml, isolated } from "../../html.ts";

export const refund = {
  underWay: (amount: string) => `↩️ ${amount} that came twice is on its way back to you.`,
  returned: (amount: string) => `↩️ ${amount} has been paid back to you.`,
  failed: (amount: string, isOnBalance: boolean) =>
    `⚠️ ${amount} could not be paid back to you${isOnBalance ? ": it is on your /balance" : ""}. Questions: /paysupport`,
  button: "↩️ Refund",
  sure: (amount: string, name: string, gateway: string) =>
    `Return ${amount} to ${isolated(name)} by ${gateway}? The time that it bought goes with it. For a part: <code>/refund &lt;number&gt; &lt;amount&gt; &lt;reason&gt;</code>`,
  yes: "Yes, return it",
  defaultReason: "an administrator decided so",
  taken: "Noted. You will be told here how it ends.",
  how: "Send <code>/refund &lt;number&gt; &lt;amount&gt; &lt;reason&gt;</code>, e.g. <code>/refund 1a2b3c4d 99.50 slow server</code>; the amount is in the payment's own currency.",
  badAmount: (currency: string) =>
    `That is no amount in ${currency}. Write it with a point and no sign, e.g. 99.5`,
  ambiguous: "More than one payment begins like this: send its whole number.",
  ask: (facts: RefundRequestFacts) =>
    `↩️ <b>Refund of ${facts.amount}</b> by ${facts.gateway}\nTo: ${isolated(facts.name)} (<code>${facts.id}</code>)\nReason: ${escapeHtml(facts.reason)}\nAsked: ${facts.at}`,
};

export const refundNotOpened = {
  notAdmin: "Only administrators may do that.",
  noPayment: "There is no such paid charge.",
  nothingLeft: "All of it has been returned already.",
  tooMuch: "That is more than is left of this payment, or another currency.",
  underWay: "A refund of this charge is under way already.",
  onlyWhole: "This gateway returns a payment as a whole or not at all.",
  notPossible: "This gateway cannot return money. Send it by hand.",
  spent: "This money went to the customer's balance and has been spent: the balance is smaller.",
};
