import { difference, type Money, money } from "../money.ts";
import { msBetween } from "../time.ts";
import { type Balances, type Charge, upTo } from "./charge.ts";
import type { CreditReason, Effect, PricePart } from "./effect.ts";
import type { PaymentFacts } from "./payment-facts.ts";
import {
  balanceGateway,
  type GatewayReport,
  nextState,
  type PaymentOrder,
  type PaymentState,
} from "./payment.ts";
import { decideReturn } from "./return.ts";

type PaidReport = Extract<GatewayReport, { kind: "paid" }>;
type DeclineReport = Extract<GatewayReport, { kind: "declined" }>;

/** The outcome of deciding a batch of events of one payment. */
export interface DecisionOutcome {
  readonly state: PaymentState;
  /** The effects of each event, also of those decided before. */
  readonly effects: readonly Effect[];
  /** The calendar's timer is later than the next notice: it has to be woken. */
  readonly wakesCalendar: boolean;
  readonly subscriptionId: PaymentOrder["subscriptionId"];
  readonly telegramId: PaymentOrder["telegramId"];
}

/**
 * Decides what an event means for a payment. Pure, so that an event that is repeated, late or out
 * of order is decided alike whether it comes from webhook, chat or statement.
 */
export function decide(
  order: PaymentOrder,
  facts: PaymentFacts,
  report: GatewayReport,
): readonly Effect[] {
  switch (report.kind) {
    case "progress":
      return [{ kind: "noted", status: report.status }];
    case "declined":
      return [decideDecline(facts, report)];
    case "refunded":
    case "chargedBack":
      return [decideReturn(facts, report)];
    case "paid":
      return decidePayment(order, facts, report);
  }
}

/**
 * Once money has come, a decline is meaningless: gateways report out of order. A decline that
 * concerns another invoice than the one shown, or does not say which, does not close the payment.
 */
function decideDecline(
  { charges, invoiceReference: shown }: PaymentFacts,
  report: DeclineReport,
): Effect {
  const { final, reason, invoiceReference } = report;
  if (charges.some(({ paid }) => paid !== undefined)) return { kind: "duplicate" };
  const isOurs = shown !== undefined && invoiceReference === shown;
  return final && isOurs ? { kind: "declined", reason } : { kind: "noted", status: reason };
}

function decidePayment(
  order: PaymentOrder,
  facts: PaymentFacts,
  report: PaidReport,
): readonly Effect[] {
  const charge = facts.charges.find(({ reference }) => reference === report.reference);
  if (charge?.paid !== undefined) return [{ kind: "duplicate" }];
  const shortage = shortageOf(order, facts, report);
  if (shortage !== undefined) return [{ kind: "declined", reason: shortage }];
  const use = useOf(order, facts, report);
  if (charge === undefined || charge.returnedMinor === 0) return [use];
  // Its return was reported before its payment: book it in and out.
  const { kind, returned: back } = { kind: "refunded", returned: charge.returnedMinor } as const;
  const returnedThen = {
    kind,
    reference: charge.reference,
    returned: money(back, report.paid.currency),
  };
  return [use, decideReturn(factsAfter(facts, use), returnedThen)];
}

/** Why it cannot be paid from the balance; undefined: it can, or another gateway is used. */
function shortageOf(
  { gateway }: PaymentOrder,
  { balances, mayGrant }: PaymentFacts,
  { paid: amount }: PaidReport,
): string | undefined {
  if (gateway !== balanceGateway) return undefined;
  if (mayGrant !== "yes") return "the customer may not be given time";
  const isEnough = (balances[amount.currency] ?? 0) >= amount.minor;
  return isEnough ? undefined : "the balance is too small";
}

type Use = Extract<Effect, { kind: "granted" | "credited" }>;

function useOf(order: PaymentOrder, facts: PaymentFacts, report: PaidReport): Use {
  const { price } = order;
  const { paid: amount, reference, at } = report;
  const creditFor = (why: CreditReason | "topUp") =>
    ({ kind: "credited", reference, paid: amount, why }) as const;
  if (amount.currency !== price.currency) return creditFor("wrongCurrency");
  if (isPaid(order, facts)) return creditFor("paidTwice");
  if (facts.mayGrant !== "yes") return creditFor(facts.mayGrant);
  const neededMinor = Math.max(0, price.minor - amount.minor);
  if (order.extra?.kind === "topUp") {
    const rest = neededMinor - creditedFor(order, facts);
    if (rest <= 0) return creditFor("topUp");
    return { ...creditFor("underpaid"), missing: money(rest, price.currency) };
  }
  const parts = partsOf(order, facts, neededMinor);
  const fromParts = sumOf(parts);
  const missing = neededMinor - fromParts;
  if (missing > 0) return { ...creditFor("underpaid"), missing: money(missing, price.currency) };
  return {
    kind: "granted",
    reference,
    paid: amount,
    late: msBetween(order.lapsesAt, at) > 0,
    ofPrice: money(Math.min(amount.minor, price.minor), price.currency),
    parts,
    surplus: atLeastZero(difference(amount, price)),
    ...leftOverOf(order, facts, fromParts),
  };
}

/** What earlier charges for this order have brought beyond the parts that its price takes. */
function leftOverOf(
  order: PaymentOrder,
  facts: PaymentFacts,
  fromParts: number,
): { readonly leftOver?: Money } {
  const all = sumOf(partsOf(order, facts, Number.MAX_SAFE_INTEGER));
  return all > fromParts ? { leftOver: money(all - fromParts, order.price.currency) } : {};
}

/** A top-up leaves no charge that bought time: its order is settled by what became balance. */
const isPaid = ({ extra }: PaymentOrder, { charges, state }: PaymentFacts): boolean =>
  extra?.kind === "topUp"
    ? state === "settled" || state === "refunded"
    : charges.some(({ use }) => use === "grant");

/** What earlier charges for a top-up have brought, spent or not, without what is returned. */
const creditedFor = (
  { price: { currency } }: PaymentOrder,
  { charges, pending }: PaymentFacts,
): number =>
  charges
    .filter(({ use, paid }) => use === "credit" && paid?.currency === currency)
    .reduce((sum, { reference, paid, returnedMinor }) => {
      return sum + Math.max(0, (paid?.minor ?? 0) - upTo(pending, reference, returnedMinor));
    }, 0);

/** What earlier charges for this order can add to its price, limited by the balance. */
function partsOf(
  { price: { currency } }: PaymentOrder,
  { charges, pending, balances }: PaymentFacts,
  neededMinor: number,
): readonly PricePart[] {
  let left = Math.min(neededMinor, Math.max(0, balances[currency] ?? 0));
  const parts: PricePart[] = [];
  for (const { reference, paid: amount, returnedMinor, use } of charges) {
    if (left === 0) break;
    if (use !== "credit" || amount?.currency !== currency) continue;
    const goesBack = upTo(pending, reference, returnedMinor);
    const minor = Math.min(left, Math.max(0, amount.minor - goesBack));
    if (minor > 0) parts.push({ reference, minor });
    left -= minor;
  }
  return parts;
}

const sumOf = (parts: readonly PricePart[]): number =>
  parts.reduce((sum, { minor }) => sum + minor, 0);

const atLeastZero = ({ minor, currency }: Money): Money => money(Math.max(0, minor), currency);

/** The facts after an effect is booked: the next event of a batch is decided over them. */
export function factsAfter(facts: PaymentFacts, effect: Effect): PaymentFacts {
  const state = nextState(facts.state, effect);
  switch (effect.kind) {
    case "granted":
      return afterGrant({ ...facts, state }, effect);
    case "credited": {
      const { reference, paid: amount } = effect;
      const charge = { ...unpricedCharge, reference, paid: amount, use: "credit" } as const;
      return { ...withCharge(facts, charge), balances: withMoved(facts.balances, amount), state };
    }
    case "returned": {
      const { reference, total, ofBalance, ofReserve } = effect;
      const taken = new Map(ofReserve.map(({ requestId, minor }) => [requestId, minor]));
      const pending = facts.pending.map((refund) => ({
        ...refund,
        reservedMinor: refund.reservedMinor - (taken.get(refund.requestId) ?? 0),
      }));
      const charges = facts.charges.map((one) =>
        one.reference === reference ? { ...one, returnedMinor: total.minor } : one,
      );
      const balances = withMoved(facts.balances, money(-ofBalance.minor, ofBalance.currency));
      return { ...facts, charges, pending, balances, state };
    }
    case "returnNoted": {
      const { reference, returned: back } = effect;
      const charge = { ...unpricedCharge, reference, returnedMinor: back.minor };
      return { ...withCharge(facts, charge), state };
    }
    case "declined":
    case "noted":
    case "inconsistent":
    case "duplicate":
      return { ...facts, state };
  }
}

const unpricedCharge = {
  paid: undefined,
  returnedMinor: 0,
  priceMinor: 0,
  returnedBeforeMinor: 0,
  use: "none",
} as const;

function afterGrant(
  facts: PaymentFacts,
  effect: Extract<Effect, { kind: "granted" }>,
): PaymentFacts {
  const { reference, paid: amount, ofPrice, parts, surplus } = effect;
  const partOf = new Map(parts.map((part) => [part.reference, part.minor]));
  const charges = facts.charges.map((one) => {
    const priceMinor = partOf.get(one.reference);
    if (priceMinor === undefined) return one;
    const returnedBeforeMinor = upTo(facts.pending, one.reference, one.returnedMinor);
    return { ...one, priceMinor, returnedBeforeMinor, use: "grant" } as const;
  });
  const charge = {
    reference,
    paid: amount,
    returnedMinor: 0,
    priceMinor: ofPrice.minor,
    returnedBeforeMinor: 0,
    use: "grant",
  } as const;
  const fromCredit = parts.reduce((sum, { minor }) => sum + minor, 0);
  const balances = withMoved(facts.balances, money(surplus.minor - fromCredit, surplus.currency));
  return { ...withCharge({ ...facts, charges }, charge), balances };
}

const withCharge = (facts: PaymentFacts, charge: Charge): PaymentFacts => ({
  ...facts,
  charges: [...facts.charges.filter(({ reference }) => reference !== charge.reference), charge],
});

const withMoved = (balances: Balances, { minor, currency }: Money): Balances => ({
  ...balances,
  [currency]: (balances[currency] ?? 0) + minor,
});
