export const unmatched = {
  listTitle: (n: number) => `❓ <b>Money that nobody was asked for: ${n}</b>`,
  digest: (n: number) =>
    `❓ ${n === 1 ? "One sum of money that no invoice asked for waits" : `${n} sums of money that no invoice asked for wait`} for a decision: /unmatched`,
  none: "There is no money without an owner.",
  line: (n: number, amount: string, at: string) => `${n}. <b>${amount}</b>, ${at}`,
  how: "To put it on a customer's balance, send /give, the line below the amount and the customer's number:\n<code>/give &lt;gateway&gt; &lt;reference&gt; &lt;customer&gt;</code>",
  ignore: (n: number, amount: string) => `🙈 Ignore ${n}: ${amount}`,
  askReason: (amount: string) => `Why may ${amount} be left alone? Send the reason as a message.`,
  reasonField: "Reason",
  return: (n: number) => `↩️ Send back ${n}`,
  askReturn: (amount: string, gateway: string) =>
    `Send ${amount} back to whoever paid it by ${gateway}? This cannot be undone.`,
  yesReturn: "↩️ Yes, send it back",
  taken: "Noted. You will be told here how it ends.",
};

export const unmatchedResolved = {
  done: "✅ Booked.",
  notAdmin: "Only administrators may do that.",
  noCustomer: "There is no such customer.",
  notOpen: "Somebody has decided over this money already.",
  notPossible: "This gateway cannot send money back. Give it to a customer, or send it by hand.",
  returned: "✅ It is back with whoever paid it.",
  refused: "⚠️ The gateway would not send it back. It is where it was: /unmatched",
};
