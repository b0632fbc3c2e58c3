import { difference, type Money, money } from "./money.ts";
import type { GatewayReport, PaymentOrder } from "./payment.ts";
import { msBetween } from "./time.ts";

type Paid = Extract<GatewayReport, { kind: "paid" }>;
type Returned = Extract<GatewayReport, { kind: "refunded" | "chargedBack" }>;

/** One movement of money at the gateway, as it stands in the books. */
export interface Charge {
  readonly reference: string;
  /** Undefined while only its return has been heard of: gateways reorder. */
  readonly paid: Money | undefined;
  readonly returnedMinor: number;
  readonly use: "grant" | "credit" | "none";
}

/** What the books know when a report is decided. */
export interface KnownOfPayment {
  readonly charges: readonly Charge[];
  /** What is left of money that came for this order and was too little, in the order's currency. */
  readonly creditMinor: number;
  /** False: an admin has blocked the customer. */
  readonly mayGrant: boolean;
  /** The gateway's name of the invoice that the customer is shown. */
  readonly invoiceReference?: string | undefined;
}

export const creditReasons = ["underpaid", "wrongCurrency", "paidTwice", "blocked"] as const;
export type CreditReason = (typeof creditReasons)[number];

/** What a report leads to. Every amount in it is to be booked. */
export type Consequence =
  | {
      readonly kind: "grant";
      readonly paid: Money;
      readonly late: boolean;
      /** Of earlier, smaller payments for the same order. */
      readonly fromCredit: Money;
      readonly surplus: Money;
    }
  | {
      readonly kind: "credit";
      readonly paid: Money;
      readonly why: CreditReason;
      readonly missing?: Money;
    }
  | {
      readonly kind: "takeBack";
      /** What has newly gone back, and all of it so far. */
      readonly returned: Money;
      readonly total: Money;
      /** The part of it that had bought time, and the part that was credit. */
      readonly ofPrice: Money;
      readonly ofCredit: Money;
      /** What time goes with it now, and of this charge in all. */
      readonly days: number;
      readonly daysInAll: number;
      readonly forced: boolean;
      /** True: all of the charge that had bought the time is back. */
      readonly whole: boolean;
    }
  /** A return that was told before its payment. */
  | { readonly kind: "remember"; readonly returned: Money }
  | { readonly kind: "listenOn"; readonly reason: string }
  | { readonly kind: "end"; readonly reason: string }
  /** Cannot be right: an operator has to look. */
  | { readonly kind: "puzzle"; readonly reason: string }
  | { readonly kind: "duplicate" };

/**
 * Decides what a report means for a payment. Pure, so that a report that comes twice, late or out of order is
 * decided alike wherever it comes from: webhook, chat or statement.
 */
export function consequencesOf(
  order: PaymentOrder,
  known: KnownOfPayment,
  report: GatewayReport,
): readonly Consequence[] {
  switch (report.kind) {
    case "progress":
      return [{ kind: "listenOn", reason: report.status }];
    case "declined":
      return [declined(known, report)];
    case "refunded":
    case "chargedBack":
      return [returned(order, known, report)];
    case "paid":
      return paid(order, known, report);
  }
}

/**
 * After money has come a decline says nothing any more: gateways reorder. Before, it ends the order only where
 * it is about the invoice that the customer is shown: that an older link is over closes nothing.
 */
function declined(
  { charges, invoiceReference: shown }: KnownOfPayment,
  { final, reason, invoiceReference }: Extract<GatewayReport, { kind: "declined" }>,
): Consequence {
  if (charges.some(({ paid }) => paid !== undefined)) return { kind: "duplicate" };
  const isOfShown = shown !== undefined && invoiceReference === shown;
  return final && isOfShown ? { kind: "end", reason } : { kind: "listenOn", reason };
}

function paid(order: PaymentOrder, known: KnownOfPayment, report: Paid): readonly Consequence[] {
  const charge = known.charges.find(({ reference }) => reference === report.reference);
  if (charge?.paid !== undefined) return [{ kind: "duplicate" }];
  const use = useOf(order, known, report);
  if (charge === undefined || charge.returnedMinor === 0) return [use];
  // It was returned before we heard that it was paid: booked in and out.
  const bookedUse = use.kind === "grant" ? "grant" : "credit";
  const booked: Charge = { ...charge, paid: report.paid, returnedMinor: 0, use: bookedUse };
  const back = money(charge.returnedMinor, report.paid.currency);
  return [use, takenBack(order, booked, { returned: back, forced: false })];
}

function useOf(
  order: PaymentOrder,
  { charges, creditMinor, mayGrant }: KnownOfPayment,
  { paid: amount, at }: Paid,
): Extract<Consequence, { kind: "grant" | "credit" }> {
  const { price } = order;
  const credit = (why: CreditReason) => ({ kind: "credit", paid: amount, why }) as const;
  if (amount.currency !== price.currency) return credit("wrongCurrency");
  if (charges.some(({ use }) => use === "grant")) return credit("paidTwice");
  if (!mayGrant) return credit("blocked");
  const missing = price.minor - amount.minor - creditMinor;
  if (missing > 0) {
    return { ...credit("underpaid"), missing: money(missing, price.currency) };
  }
  return {
    kind: "grant",
    paid: amount,
    late: msBetween(order.lapsesAt, at) > 0,
    fromCredit: atLeastZero(difference(price, amount)),
    surplus: atLeastZero(difference(amount, price)),
  };
}

function returned(
  order: PaymentOrder,
  { charges }: KnownOfPayment,
  { reference, returned: total, kind }: Returned,
): Consequence {
  const charge = charges.find((one) => one.reference === reference);
  if (total.minor <= (charge?.returnedMinor ?? 0)) return { kind: "duplicate" };
  if (charge?.paid === undefined) return { kind: "remember", returned: total };
  if (total.currency !== charge.paid.currency || total.minor > charge.paid.minor) {
    const reason = `${reference}: more was returned than paid, or in another currency`;
    return { kind: "puzzle", reason };
  }
  return takenBack(order, charge, { returned: total, forced: kind === "chargedBack" });
}

/** Time is taken in the proportion in which the price has gone back; what was credit leaves the credit. */
function takenBack(
  { price, terms }: PaymentOrder,
  charge: Charge,
  { returned: total, forced }: { returned: Money; forced: boolean },
): Consequence {
  const { paid: amount, returnedMinor, use } = charge;
  if (amount === undefined) return { kind: "remember", returned: total };
  const capped = Math.min(total.minor, amount.minor);
  const newly = (share: (minor: number) => number) => share(capped) - share(returnedMinor);
  const shareOfPrice = (minor: number) =>
    use === "grant" ? Math.round(minor * Math.min(1, price.minor / amount.minor)) : 0;
  const ofPrice = newly(shareOfPrice);
  const back = newly((minor) => minor);
  const daysOf = (minor: number) => (price.minor === 0 ? 0 : (terms.days * minor) / price.minor);
  return {
    kind: "takeBack",
    returned: money(back, amount.currency),
    total: money(capped, amount.currency),
    ofPrice: money(ofPrice, amount.currency),
    ofCredit: money(back - ofPrice, amount.currency),
    days: daysOf(ofPrice),
    daysInAll: daysOf(shareOfPrice(capped)),
    forced,
    whole: use === "grant" && capped === amount.minor,
  };
}

const atLeastZero = ({ minor, currency }: Money): Money => money(Math.max(0, minor), currency);

/** The days that go with `amount` of a charge when it is given back, and those that are then back in all. */
export function refundOf(
  order: PaymentOrder,
  charge: Charge,
  amount: Money,
): { readonly days: number; readonly daysInAll: number } {
  const total = money(charge.returnedMinor + amount.minor, amount.currency);
  const back = takenBack(order, charge, { returned: total, forced: false });
  if (back.kind !== "takeBack") return { days: 0, daysInAll: 0 };
  const { days, daysInAll } = back;
  return { days, daysInAll };
}

/** The days of a charge that are back when so much of it is. */
export const daysReturned = (order: PaymentOrder, charge: Charge): number =>
  refundOf(order, charge, money(0, order.price.currency)).daysInAll;
