import {
  answerFaults,
  type FaultRule,
  type FaultRules,
  type GatewayDemo,
  lateMs,
} from "../demo.ts";

/** Only the messages that concern Stars. */
const updates = (rule: FaultRule) =>
  ["successful_payment", "refunded_payment"].map((about) => ({ ...rule, about }));

const notices: FaultRules = {
  off: updates({ updates: "drop" }),
  twice: updates({ updates: "duplicate" }),
  late: updates({ updates: "delay", delay_ms: lateMs }),
};

/** Telegram Stars in the demo: Telegram's emulator has them. */
export const starsDemo: GatewayDemo = {
  title: "Telegram Stars",
  noticesTitle: "Payment messages",
  notices,
  answers: answerFaults({
    changing: ["sendInvoice", "refundStarPayment"],
    all: ["sendInvoice", "answerPreCheckoutQuery", "refundStarPayment", "getStarTransactions"],
  }),
};
