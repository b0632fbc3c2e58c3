import { type Guard, isNumber, isText, listOf, optional, shape } from "./guards.ts";

/** Rules of an emulator by the fault that they make; in the order in which the page offers them. */
type FaultRules = Readonly<Record<string, readonly RuleBody[]>>;

/** An emulated gateway as the api describes it: its name, title, and what it can do wrong. */
export interface Gateway {
  readonly name: string;
  readonly title: string;
  /** What a fault of its notices is said of, as "Webhooks". */
  readonly noticesTitle: string;
  readonly notices: FaultRules;
  readonly answers: FaultRules;
}

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

const isBody: Guard<RuleBody> = (value): value is RuleBody =>
  typeof value === "object" && value !== null;
const isFaultRules: Guard<FaultRules> = (value): value is FaultRules =>
  isBody(value) && Object.values(value).every(listOf(isBody));

export const isGateway: Guard<Gateway> = shape<Gateway>({
  name: isText,
  title: isText,
  noticesTitle: isText,
  notices: isFaultRules,
  answers: isFaultRules,
});

const isFault = (name: string): name is Fault =>
  Object.hasOwn(faultWords, name) && name !== "other";

/** What a side of a gateway can do wrong, in the order in which it is offered. */
export const faultsOf = (gateway: Gateway, side: Side): readonly Fault[] =>
  Object.keys(gateway[side]).filter(isFault);

/** The rules that make an emulator show this fault. */
export const rulesFor = (gateway: Gateway, side: Side, fault: Fault): readonly RuleBody[] =>
  gateway[side][fault] ?? [];

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

/** What a fault of this side is said of: "Webhooks", "Answers". */
export const subjectOf = (gateway: Gateway, side: Side): string =>
  side === "notices" ? gateway.noticesTitle : "Answers";

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
  const { title } = gateway;
  const bySide = (["notices", "answers"] as const).flatMap((side) => {
    const fault = faultNow(listed, side);
    if (fault === undefined) return [];
    return [`${title}: ${subjectOf(gateway, side).toLowerCase()} ${faultWords[fault]}`];
  });
  const hasOthers = listed.some((rule) => sideOf(rule) === undefined);
  return hasOthers ? [...bySide, `${title}: other rules are on`] : bySide;
}
