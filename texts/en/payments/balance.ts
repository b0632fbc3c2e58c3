export const balance = {
  title: "💰 <b>Your balance</b>",
  none: "Your balance is empty. What you pay too much, or too late to be used, is kept here.",
  use: "Where it covers a price, /plans offers to pay from it.",
  owed: (amounts: string) =>
    `⚠️ <b>You owe ${amounts}</b>: a payment was charged back after its money had been used. What comes to your balance goes there first. Questions: /paysupport`,
  underpaid: (paid: string, missing: string) =>
    `⚠️ ${paid} has arrived, which is ${missing} too little. It is kept on your /balance: pay the rest by the same invoice, or pay from the balance when it is enough.`,
  credited: (amount: string, why: string) => `💰 ${amount} is now on your /balance: ${why}.`,
  surplus: (amount: string) => `💰 You paid ${amount} more: it is on your /balance.`,
  tooSmall: (amount: string) =>
    `⚠️ Your /balance does not hold ${amount} any more. Nothing was taken and nothing was bought: /plans`,
  ofCustomer: (balance: string) => `Balance: ${balance}`,
  empty: "empty",
  debtOfCustomer: (amounts: string) => `⚠️ Debt, after a chargeback: ${amounts}`,
};

export const creditReasons = {
  underpaid: "it was less than the price",
  wrongCurrency: "it came in another currency than the invoice",
  paidTwice: "this invoice was paid before",
  blocked: "your access is blocked; write to /support",
  noAccess: "your subscription has ended; write to /support",
  found: "an administrator found your payment",
};
