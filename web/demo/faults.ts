import { type Guard, isNumber, isText, listOf, optional, shape } from "./guards.ts";

/** The gateways that can be emulated, as people call them. */
export const gatewayTitles = {
  stars: "Telegram Stars",
  cryptobot: "CryptoBot",
  tbank: "T-Bank",
  ton: "TON",
} as const;

export type Gateway = keyof typeof gatewayTitles;

/** Whether the api's name of a gateway is one that this page knows. */
export const isGateway = (name: string): name is Gateway => Object.hasOwn(gatewayTitles, name);

/**
 * The side of a gateway that a fault affects: its notices of payments, or its answers to calls. An
 * emulator applies the first rule that fits, so each side has one fault at a time.
 */
export type Side = "notices" | "answers";

export type Fault = "off" | "twice" | "late" | "forged" | "lost" | "down" | "busy";

/** The body of a new rule; the emulator fills in the defaults. */
type RuleBody = Readonly<Record<string, unknown>>;

/** A rule as an emulator lists it. */
export interface Rule {
  readonly id: number;
  readonly webhook?: string | undefined;
  readonly updates?: string | undefined;
  readonly page?: string | undefined;
  readonly kind?: string | undefined;
}

export const isRules: Guard<readonly Rule[]> = listOf(
  shape<Rule>({
    id: isNumber,
    webhook: optional(isText),
    updates: optional(isText),
    page: optional(isText),
    kind: optional(isText),
  }),
);

const lateMs = 20_000;
/** How often a block of the emulated chain is made. */
const blockMs = 400;

const webhooks: Partial<Record<Fault, readonly RuleBody[]>> = {
  off: [{ webhook: "drop" }],
  twice: [{ webhook: "duplicate" }],
  late: [{ webhook: "delay", delay_ms: lateMs }],
  forged: [{ webhook: "wrong-signature" }],
};

const updates = (rule: RuleBody): RuleBody[] =>
  ["successful_payment", "refunded_payment"].map((about) => ({ ...rule, about }));

/** A chain sends no notices; late or repeated listings come nearest. */
const notices: Record<Gateway, Partial<Record<Fault, readonly RuleBody[]>>> = {
  cryptobot: webhooks,
  tbank: webhooks,
  stars: {
    off: updates({ updates: "drop" }),
    twice: updates({ updates: "duplicate" }),
    late: updates({ updates: "delay", delay_ms: lateMs }),
  },
  ton: {
    twice: [{ page: "repeat", probability: 0.5 }],
    late: [{ page: "lag", blocks: lateMs / blockMs }],
  },
};

/** The calls that a fault affects; an empty list means all. */
interface AffectedCalls {
  /** Those that change something, so that a lost answer matters. */
  readonly changing: readonly string[];
  readonly all: readonly string[];
}

const calls: Record<Gateway, AffectedCalls> = {
  cryptobot: { changing: ["createInvoice", "transfer"], all: [] },
  tbank: { changing: ["Init", "Cancel"], all: [] },
  ton: { changing: [], all: [] },
  // Only the calls that concern Stars.
  stars: {
    changing: ["sendInvoice", "refundStarPayment"],
    all: ["sendInvoice", "answerPreCheckoutQuery", "refundStarPayment", "getStarTransactions"],
  },
};

function answers({ changing, all }: AffectedCalls): Partial<Record<Fault, readonly RuleBody[]>> {
  const forMethods = (methods: readonly string[], rule: RuleBody): readonly RuleBody[] =>
    methods.length === 0 ? [rule] : methods.map((method) => ({ ...rule, method }));
  return {
    lost: forMethods(changing, { kind: "timeout-after-success" }),
    down: forMethods(all, { kind: "500" }),
    busy: forMethods(all, { kind: "429", probability: 0.5 }),
  };
}

const rules: Record<Gateway, Record<Side, Partial<Record<Fault, readonly RuleBody[]>>>> = {
  stars: { notices: notices.stars, answers: answers(calls.stars) },
  cryptobot: { notices: notices.cryptobot, answers: answers(calls.cryptobot) },
  tbank: { notices: notices.tbank, answers: answers(calls.tbank) },
  ton: { notices: notices.ton, answers: answers(calls.ton) },
};

/** What a side of a gateway can do wrong, in the order in which it is offered. */
export const faultsOf = (gateway: Gateway, side: Side): readonly Fault[] =>
  Object.keys(rules[gateway][side]) as Fault[];

/** The rules that make an emulator show this fault. */
export const rulesFor = (gateway: Gateway, side: Side, fault: Fault): readonly RuleBody[] =>
  rules[gateway][side][fault] ?? [];

/** Undefined: a rule of another kind, which no choice on this page replaces. */
export function sideOf({ webhook, updates, page, kind }: Rule): Side | undefined {
  if (kind !== undefined) return "answers";
  return (webhook ?? updates ?? page) === undefined ? undefined : "notices";
}

const faultNames: Readonly<Record<string, Fault>> = {
  drop: "off",
  duplicate: "twice",
  repeat: "twice",
  delay: "late",
  lag: "late",
  "wrong-signature": "forged",
  "timeout-after-success": "lost",
  "500": "down",
  "429": "busy",
};

/** `other`: a rule from elsewhere, of a kind that this page does not offer. */
export type ActiveFault = Fault | "other";

/** The fault in force on a side: that of its first rule. */
export function faultNow(listed: readonly Rule[], side: Side): ActiveFault | undefined {
  const rule = listed.find((one) => sideOf(one) === side);
  if (rule === undefined) return undefined;
  const name = rule.kind ?? rule.webhook ?? rule.updates ?? rule.page ?? "";
  return faultNames[name] ?? "other";
}

const subjects: Record<Gateway, string> = {
  stars: "Payment messages",
  cryptobot: "Webhooks",
  tbank: "Webhooks",
  ton: "Lists of transfers",
};

/** What a fault of this side is said of: "Webhooks", "Answers". */
export const subjectOf = (gateway: Gateway, side: Side): string =>
  side === "notices" ? subjects[gateway] : "Answers";

export const faultWords: Record<ActiveFault, string> = {
  off: "are off",
  twice: "come twice",
  late: "come 20 s late",
  forged: "have a wrong signature",
  lost: "time out after success",
  down: "are errors (500)",
  busy: "are 429 half the time",
  other: "misbehave in another way",
};

/** "CryptoBot: webhooks are off", for everything that a gateway does wrong now. */
export function describeFaults(gateway: Gateway, listed: readonly Rule[]): readonly string[] {
  const title = gatewayTitles[gateway];
  const bySide = (["notices", "answers"] as const).flatMap((side) => {
    const fault = faultNow(listed, side);
    if (fault === undefined) return [];
    return [`${title}: ${subjectOf(gateway, side).toLowerCase()} ${faultWords[fault]}`];
  });
  const hasOthers = listed.some((rule) => sideOf(rule) === undefined);
  return hasOthers ? [...bySide, `${title}: other rules are on`] : bySide;
}
