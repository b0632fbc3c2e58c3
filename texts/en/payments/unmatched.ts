import { isolated } from "../../html.ts";
import { counted } from "../counts.ts";

/** Payments that belong to no order, and how admins decide on them. */
export const unmatched = {
  listTitle: (n: number) => `❓ <b>Unmatched payments: ${n}</b>`,
  digest: (n: number) =>
    `❓ ${counted(n, "unmatched payment is", "unmatched payments are")} waiting for a decision.`,
  none: "There are no unmatched payments.",
  line: (n: number, amount: string, at: string) => `${n}. <b>${amount}</b>, ${at}`,
  one: (amount: string, at: string, gateway: string) =>
    `❓ <b>Unmatched payment: ${amount}</b>\n${at}, ${gateway}`,
  choice: (amount: string) => `❓ ${amount}`,
  open: (n: number) => `🔎 Look at ${n}`,
  openThis: "🔎 Look at it",
  giveThis: "🎁 Give to…",
  ignoreThis: "🙈 Ignore",
  returnThis: "↩️ Return",
  how: "To credit a payment to a customer's balance, send /give, the line below the amount and the customer's number:\n<code>/give &lt;gateway&gt; &lt;reference&gt; &lt;customer&gt;</code>",
  give: (n: number) => `🎁 Give ${n} to…`,
  askWhom: (amount: string) =>
    `Whose is ${amount}? Send a name, an @username, a Telegram number or a payment's number.`,
  field: "Name, @username, number…",
  choose: "Whose is it?",
  sureGive: (amount: string, name: string, id: number) =>
    `Put ${amount} on the balance of ${isolated(name)} (<code>${id}</code>)?`,
  yesGive: "🎁 Yes, give it",
  from: (name: string) => `from ${isolated(name)}`,
  ignore: (n: number, amount: string) => `🙈 Ignore ${n}: ${amount}`,
  askReason: (amount: string) => `Why can ${amount} be ignored? Send the reason as a message.`,
  reasonField: "Reason",
  return: (n: number) => `↩️ Return ${n}`,
  askReturn: (amount: string, gateway: string) =>
    `Return ${amount} to the payer by ${gateway}? This cannot be undone.`,
  yesReturn: "↩️ Yes, return it",
};

/** Where money came from. The wallet is safe in HTML already. */
export const transfer = {
  wallet: (address: string) => `From wallet: <code>${address}</code>`,
  comment: (text: string) => `Sender's comment: ${isolated(text)}`,
};

/** The outcome of such a decision. */
export const unmatchedResolved = {
  done: "✅ Booked.",
  notAdmin: "Only administrators may do that.",
  noCustomer: "There is no such customer.",
  notOpen: "This payment has already been decided on.",
  notPossible: "This gateway cannot return money. Credit it to a customer, or return it by hand.",
  given: (amount: string, name: string, balance: string) =>
    `✅ ${amount} is now on the balance of ${isolated(name)}, which is ${balance}.`,
  ignored: (amount: string, gateway: string, reason: string) =>
    `🙈 ${amount} by ${gateway} is ignored.${reason && `\nReason: ${isolated(reason)}`}`,
  underWay: (amount: string, gateway: string) =>
    `⏳ ${gateway} is returning ${amount} to the payer. The result will arrive here.`,
  returned: (amount: string, gateway: string) =>
    `✅ ${amount} was returned to the payer by ${gateway}.`,
  refused: (amount: string, gateway: string) =>
    `⚠️ ${gateway} refused to return ${amount}. It waits for a decision again.`,
};
