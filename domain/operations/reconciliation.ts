import { type Currency, decimalOf, type Money, money } from "../money.ts";
import type {
  GatewayEvent,
  GatewayReport,
  PaymentId,
  PaymentOrder,
  PaymentState,
} from "../payments/payment.ts";
import { type Instant, minuteMs, msBetween } from "../time.ts";

/** What the books say about a charge that a gateway reports. */
export interface BookedCharge {
  readonly reference: string;
  /** Its payment; undefined: unmatched. */
  readonly paymentId?: PaymentId | undefined;
  /** False: only its return has been reported. */
  readonly paid: boolean;
  readonly returnedMinor: number;
}

/** What a statement line is about, as gateways report it. */
type Subject =
  | { readonly kind: "payment"; readonly id: PaymentId }
  | { readonly kind: "memo"; readonly memo: string }
  | { readonly kind: "nobody" };

interface ReportWithState {
  readonly report: GatewayReport;
  /** The state of the order that this is about; undefined: not about an order of ours. */
  readonly state: PaymentState | undefined;
}

/**
 * Returns the gateway's lines that are new to the books: money that came, money that was returned,
 * an open order that has ended. Progress changes nothing and is left out;
 * a repeated line is returned once.
 */
export function newsOf<ReportedLine extends ReportWithState>(
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

/** A charge may be booked twice, as a customer's and as unmatched: either entry counts. */
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

function withoutRepeats<Line extends ReportWithState>(lines: readonly Line[]): readonly Line[] {
  const keys = new Set<string>();
  return lines.filter(({ report }) => {
    const key = JSON.stringify(report);
    return !keys.has(key) && keys.add(key);
  });
}

/**
 * Below these amounts, money that does not name an order of ours is dust: about two cents, less
 * than any plan costs. Sending it costs a stranger next to nothing, so it must not cost us a
 * workflow each. Stars come by invoice only.
 */
const dustBelowMinor = {
  XTR: 1,
  RUB: 200,
  USD: 2,
  EUR: 2,
  USDT: 20_000,
  GRAM: 10_000_000,
} as const satisfies Record<Currency, number>;

/** The least amount of this currency that is not dust. */
export const leastOf = (currency: Currency): Money => money(dustBelowMinor[currency], currency);

const isDust = ({ minor, currency }: Money): boolean => minor < dustBelowMinor[currency];

/** The amount that a report moves; undefined: it does not move money. */
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

interface DatedReport extends ReportWithState {
  /** When it happened, where the gateway says so. */
  readonly at?: Instant;
}

/**
 * Decides what becomes of a line. It is skipped when it is from before this installation first used
 * the account (`past`) or when it is dust; a line about an order or a charge
 * of ours is always reported.
 */
export function fateOf(
  { report, state, at }: DatedReport,
  { isKnown, startedAt }: { readonly isKnown: boolean; readonly startedAt: Instant },
): "reported" | "past" | "dust" {
  if (state !== undefined || isKnown) return "reported";
  const moment = at ?? (report.kind === "paid" ? report.at : undefined);
  if (moment !== undefined && msBetween(startedAt, moment) < 0) return "past";
  const amount = amountIn(report);
  return amount !== undefined && isDust(amount) ? "dust" : "reported";
}

/**
 * How long after a lookup an invoice is looked up again, if only lookups tell its state. 0, i.e. in
 * each pass, while it can be paid; after that ever more rarely, because money may still be
 * returned. The lookups never stop.
 */
export const nextLookupMs = (ageMs: number, state: PaymentState = "open"): number =>
  state === "open" ? 0 : Math.max(minuteMs, Math.floor(ageMs / 8));

const longestPauseMs = { line: 6 * 60 * minuteMs, lookup: 15 * minuteMs, event: 6 * 60 * minuteMs };

/** What can be put aside: a statement line, the lookup of an invoice, an event. */
export type QuarantineKind = keyof typeof longestPauseMs;

/** How long after its `tries`-th try something in quarantine is tried again. */
export const nextTryMs = (kind: QuarantineKind, tries: number): number =>
  Math.min(longestPauseMs[kind], minuteMs * 2 ** Math.min(20, Math.max(0, tries - 1)));

/** After how many tries a person is notified: a lookup may fail once or twice. */
export const triesBeforeHelp = { line: 1, event: 1, lookup: 3 } as const satisfies Record<
  QuarantineKind,
  number
>;

/** Until it is this old, what is under way is left to its workflow and not resumed. */
export const unattendedAfterMs = 2 * minuteMs;

/** What stops a gateway's reconciler, or waits for a person. */
export const gatewayTroubles = ["refused", "away", "quarantine"] as const;
/** One of `gatewayTroubles`. */
export type GatewayTrouble = (typeof gatewayTroubles)[number];

interface Line {
  readonly about: Subject;
  readonly report: GatewayReport;
  readonly evidence: string;
}

/**
 * Returns the events to decide after the gateway was asked about a payment that it had reported:
 * its own lines for this charge where it has any; the reported event where it cannot say; where it
 * says that no money came, a note of the contradiction, which moves nothing. An event that is not a
 * payment needs no confirmation.
 */
export function eventsToDecide(
  order: Pick<PaymentOrder, "id" | "memo">,
  event: GatewayEvent,
  lines: readonly Line[],
): readonly GatewayEvent[] {
  const { report: reported } = event;
  if (reported.kind !== "paid") return [event];
  const own = lines.filter(({ about }) => isAbout(about, order));
  const ofCharge = own.filter(({ report }) => {
    return "reference" in report && report.reference === reported.reference;
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
  // A return for this charge proves its payment. Lines for other charges prove nothing: this charge
  // may be listed elsewhere.
  const knowsMoney = own.some(({ report }) => amountIn(report) !== undefined);
  if (
    own.length === 0 ||
    (knowsMoney && !ofCharge.some(({ report }) => report.kind === "declined"))
  ) {
    return [event];
  }
  const amount = `${decimalOf(reported.paid)} ${reported.paid.currency}`;
  const status = `the gateway does not confirm ${amount}`;
  return [{ ...event, report: { kind: "progress", status } }];
}

const isAbout = (about: Subject, { id, memo }: Pick<PaymentOrder, "id" | "memo">): boolean =>
  (about.kind === "payment" && about.id === id) || (about.kind === "memo" && about.memo === memo);
