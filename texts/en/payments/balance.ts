/** What customers and admins read about a balance. */
export const balance = {
  title: "💰 <b>Your balance</b>",
  none: "Your balance is empty. You can top it up and pay for plans with it.",
  use: "When it covers the price of a plan, you can pay with it.",
  owed: (amounts: string) =>
    `⚠️ <b>You owe ${amounts}</b>: your bank took back a payment that you had already used. Money on your balance pays this first. Questions? Open Help.`,
  underpaid: (paid: string, missing: string) =>
    `⚠️ ${paid} has arrived, and ${missing} is missing. The money is on your balance: pay the rest by the same invoice, or buy with the balance once it is enough.`,
  credited: (amount: string, why: string) => `💰 ${amount} is now on your balance: ${why}.`,
  surplus: (amount: string) => `💰 You paid ${amount} too much: it is on your balance.`,
  tooSmall: (amount: string) =>
    `⚠️ There is no longer ${amount} on your balance. Nothing was charged or bought.`,
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
  noUse: "what you paid for cannot be used any more; you can spend the money on something else",
  topUp: "you have topped up your balance",
  found: "we have found your payment",
};
