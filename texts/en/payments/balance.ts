/** What customers and admins read about a balance. */
export const balance = {
  title: "💰 <b>Your balance</b>",
  none: "Your balance is empty. Overpayments and payments that came too late are kept here.",
  use: "Where it covers a price, you can pay from it.",
  owed: (amounts: string) =>
    `⚠️ <b>You owe ${amounts}</b>: a payment was charged back after it had been spent. Whatever reaches your balance pays this first. Questions? Open Help.`,
  underpaid: (paid: string, missing: string) =>
    `⚠️ ${paid} has arrived, which is ${missing} too little. It is on your balance: pay the rest by the same invoice, or pay from the balance once it is enough.`,
  credited: (amount: string, why: string) => `💰 ${amount} is now on your balance: ${why}.`,
  surplus: (amount: string) => `💰 You paid ${amount} too much: it is on your balance.`,
  tooSmall: (amount: string) =>
    `⚠️ Your balance no longer has ${amount}. Nothing was charged and nothing was bought.`,
  ofCustomer: (balance: string) => `Balance: ${balance}`,
  empty: "empty",
  debtOfCustomer: (amounts: string) => `⚠️ Debt after a chargeback: ${amounts}`,
};

/** Why money is on the balance and has bought no time. */
export const creditReasons = {
  underpaid: "it was less than the price",
  wrongCurrency: "it came in a different currency from the invoice",
  paidTwice: "this invoice had already been paid",
  blocked: "your access is blocked; write to us in Help",
  noAccess: "your subscription has ended; write to us in Help",
  found: "an administrator found your payment",
};
