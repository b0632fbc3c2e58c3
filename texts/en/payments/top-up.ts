/** What customers read where they top up their balance. */
export const topUp = {
  /** The name of such a payment. */
  title: "Balance top-up",
  choose:
    "➕ <b>Top up the balance</b>\nThe money waits on your balance, and you can pay for any plan with it. What you have not spent can be given back: write to us in Help.\n\nHow much?",
  howToPay: (amount: string) =>
    `➕ <b>Top up by ${amount}</b>\nIt is on your balance as soon as the payment arrives.\n\nHow would you like to pay?`,
  other: "✏️ Another amount",
  inCurrency: (currency: string) => (currency === "XTR" ? "In Stars" : `In ${currency}`),
  ask: (least: string, most: string) => `✏️ How much? Send an amount from ${least} to ${most}.`,
  field: "The amount",
  notAmount: (least: string, most: string) =>
    `⚠️ This is not an amount. Send a number from ${least} to ${most}.`,
  tooSmall: (least: string, most: string) =>
    `⚠️ This is too little. The least is ${least}, the most is ${most}.`,
  tooLarge: (least: string, most: string) =>
    `⚠️ This is too much at once. The least is ${least}, the most is ${most}.`,
  off: "The balance cannot be topped up right now. You can still pay for a plan directly.",
  done: (amount: string) => `✅ ${amount} is on your balance. You can pay for a plan with it.`,
};
