import { type Currency, decimalOf, type Money } from "../money.ts";
import type {
  GatewayEvent,
  GatewayReport,
  PaymentId,
  PaymentOrder,
  PaymentState,
} from "../payments/payment.ts";
import { type Instant, minuteMs, msBetween } from "../time.ts";

/** What the books know of a charge that a gateway reports. */
export interface BookedCharge {
  readonly reference: string;
  /** Whose it is; undefined: nobody's. */
  readonly paymentId?: PaymentId | undefined;
  /** False: only its return has been reported. */
  readonly paid: boolean;
  readonly returnedMinor: number;
}

/** Whose money a line is about, as gateways answer it. */
type Subject =
  | { readonly kind: "payment"; readonly id: PaymentId }
  | { readonly kind: "memo"; readonly memo: string }
  | { readonly kind: "nobody" };

interface Reported {
  readonly report: GatewayReport;
  /** How the order stands that this is about; undefined: it is about none of ours. */
  readonly state: PaymentState | undefined;
}

/**
 * Which of a gateway's lines are news to the books: money that came, money that went back, an open order that is
 * over. What is on its way changes nothing and is left out; a line that comes twice is one.
 */
export function newsOf<ReportedLine extends Reported>(
  lines: readonly ReportedLine[],
  charges: readonly BookedCharge[],
): readonly ReportedLine[] {
  const known = byReference(charges);
  const news = lines.filter(({ report, state }) => {
    switch (report.kind) {
      case "progress":
        return false;
      case "declined":
        return report.final && state === "open";
      case "paid":
        return known.get(report.reference)?.paid !== true;
      case "refunded":
      case "chargedBack":
        return report.returned.minor > (known.get(report.reference)?.returnedMinor ?? 0);
    }
  });
  return withoutRepeats(news);
}

/** A charge may be in the books twice, as a customer's and as unmatched: what either says counts. */
function byReference(charges: readonly BookedCharge[]): ReadonlyMap<string, BookedCharge> {
  const known = new Map<string, BookedCharge>();
  for (const { reference, paid, returnedMinor } of charges) {
    const before = known.get(reference);
    known.set(reference, {
      reference,
      paid: paid || before?.paid === true,
      returnedMinor: Math.max(returnedMinor, before?.returnedMinor ?? 0),
    });
  }
  return known;
}

function withoutRepeats<Line extends Reported>(lines: readonly Line[]): readonly Line[] {
  const keys = new Set<string>();
  return lines.filter(({ report }) => {
    const key = JSON.stringify(report);
    return !keys.has(key) && keys.add(key);
  });
}

/**
 * Below these amounts money that names no order of ours is dust: about two cents, less than any plan costs. Sending
 * it costs a stranger next to nothing, so it must not cost us a workflow each. Stars come by invoice only.
 */
const dustBelowMinor = {
  XTR: 1,
  RUB: 200,
  USD: 2,
  EUR: 2,
  USDT: 20_000,
  GRAM: 10_000_000,
} as const satisfies Record<Currency, number>;

const isDust = ({ minor, currency }: Money): boolean => minor < dustBelowMinor[currency];

/** The amount that a report moves; undefined: it moves none. */
export function amountIn(report: GatewayReport): Money | undefined {
  switch (report.kind) {
    case "paid":
      return report.paid;
    case "refunded":
    case "chargedBack":
      return report.returned;
    case "declined":
    case "progress":
      return undefined;
  }
}

interface Dated extends Reported {
  /** When it happened, where the gateway says so. */
  readonly at?: Instant;
}

/**
 * What becomes of a line: it is reported, or passed over because it is from before the shop first used the account, or
 * because it is dust. What is about an order or a charge of ours is always reported.
 */
export function fateOf(
  { report, state, at }: Dated,
  { isKnown, startedAt }: { readonly isKnown: boolean; readonly startedAt: Instant },
): "reported" | "past" | "dust" {
  if (state !== undefined || isKnown) return "reported";
  const moment = at ?? (report.kind === "paid" ? report.at : undefined);
  if (moment !== undefined && msBetween(startedAt, moment) < 0) return "past";
  const amount = amountIn(report);
  return amount !== undefined && isDust(amount) ? "dust" : "reported";
}

/**
 * How long after a look an invoice is looked at again, where only a look tells. 0: in each pass, as long as it can
 * be paid; after that ever more rarely, for what may still go back, and never not at all.
 */
export const nextLookMs = (ageMs: number, state: PaymentState = "open"): number =>
  state === "open" ? 0 : Math.max(minuteMs, Math.floor(ageMs / 8));

const longestPauseMs = { line: 6 * 60 * minuteMs, lookup: 15 * minuteMs, event: 6 * 60 * minuteMs };

export type QuarantineKind = keyof typeof longestPauseMs;

/** When what was put aside is tried again after so many tries. */
export const nextTryMs = (kind: QuarantineKind, tries: number): number =>
  Math.min(longestPauseMs[kind], minuteMs * 2 ** Math.min(20, Math.max(0, tries - 1)));

/** After so many tries it needs a person: a look that fails once or twice is nothing to tell of. */
export const triesBeforeHelp = { line: 1, event: 1, lookup: 3 } as const satisfies Record<
  QuarantineKind,
  number
>;

/** What keeps a gateway's reconciler from its work, or waits for a person. */
export const gatewayTroubles = ["refused", "away", "quarantine"] as const;
export type GatewayTrouble = (typeof gatewayTroubles)[number];

interface Line {
  readonly about: Subject;
  readonly report: GatewayReport;
  readonly evidence: string;
}

/**
 * Which events to decide when the gateway was asked about a payment that it had pushed: its own lines of this charge
 * where it has any; the pushed event where it cannot say; a noted contradiction, which moves nothing, where it
 * says that no money came. What is not a payment needs no confirmation.
 */
export function confirmed(
  order: Pick<PaymentOrder, "id" | "memo">,
  event: GatewayEvent,
  lines: readonly Line[],
): readonly GatewayEvent[] {
  const { report: pushed } = event;
  if (pushed.kind !== "paid") return [event];
  const own = lines.filter(({ about }) => isAbout(about, order));
  const ofCharge = own.filter(({ report }) => {
    return "reference" in report && report.reference === pushed.reference;
  });
  if (ofCharge.some(({ report }) => report.kind === "paid")) {
    return ofCharge
      .filter(({ report }) => amountIn(report) !== undefined)
      .map(({ report, evidence }) => ({
        gateway: event.gateway,
        report,
        evidence,
        source: event.source,
      }));
  }
  // Money went back of it, so it came. Of another charge alone: this one may be listed elsewhere.
  const knowsMoney = own.some(({ report }) => amountIn(report) !== undefined);
  if (
    own.length === 0 ||
    (knowsMoney && !ofCharge.some(({ report }) => report.kind === "declined"))
  ) {
    return [event];
  }
  const amount = `${decimalOf(pushed.paid)} ${pushed.paid.currency}`;
  const status = `the gateway does not confirm ${amount}`;
  return [{ ...event, report: { kind: "progress", status } }];
}

const isAbout = (about: Subject, { id, memo }: Pick<PaymentOrder, "id" | "memo">): boolean =>
  (about.kind === "payment" && about.id === id) || (about.kind === "memo" && about.memo === memo);
