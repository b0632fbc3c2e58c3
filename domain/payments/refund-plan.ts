import { type Money, money } from "../money.ts";
import { type Charge, type PendingRefund, priceShare } from "./charge.ts";
import {
  type ApprovalLimits,
  needsApproval,
  type RefundCapability,
  type RefundCommand,
  type RefundRefusal,
} from "./refund.ts";

/** What the books know that decides over a refund. */
export interface RefundFacts {
  readonly charges: readonly Charge[];
  readonly pending: readonly PendingRefund[];
  /** The customer's balance by currency, in minor units. */
  readonly balances: Readonly<Record<string, number>>;
  /** What was paid became balance because the customer wanted it there. */
  readonly isTopUp?: boolean;
}

/** What the gateway and the owner permit. */
export interface RefundPermissions {
  readonly capability: RefundCapability;
  readonly limits: ApprovalLimits;
}

/** A refund that may be opened. Amounts are minor units. */
export interface RefundPlan {
  readonly kind: "planned";
  readonly amount: Money;
  /** What the refund reserves of the balance, and up to where its charge is then returned. */
  readonly pending: PendingRefund;
  /** The part of it that had bought time; the rest had become balance. */
  readonly priceMinor: number;
  readonly state: "asked" | "approved";
}

/** A refund that must not be opened, and why. */
export interface RefundRefused {
  readonly kind: "refused";
  readonly why: RefundRefusal;
}

const refuse = (why: RefundRefusal): RefundRefused => ({ kind: "refused", why });

/**
 * Decides whether a refund may be opened, of which charge, and what it takes: a charge has one open
 * refund at a time, never more than is left of it goes back, and what had become balance goes back
 * only as far as the balance still holds it.
 */
export function planRefund(
  command: RefundCommand,
  facts: RefundFacts,
  { capability, limits }: RefundPermissions,
): RefundPlan | RefundRefused {
  const { requestId, by } = command;
  const charge = chargeFor(facts, command);
  if (charge?.paid === undefined) return refuse("noPayment");
  const { reference, paid, returnedMinor } = charge;
  if (facts.pending.some((refund) => refund.reference === reference)) return refuse("underWay");
  const leftMinor = paid.minor - returnedMinor;
  const amount = command.amount ?? money(leftMinor, paid.currency);
  const isByHand = command.transaction !== undefined;
  const why = refusalOf(amount, { paid, leftMinor, capability, isByHand });
  if (why !== undefined) return refuse(why);
  const upToMinor = returnedMinor + amount.minor;
  const priceMinor = priceShare(charge, upToMinor) - priceShare(charge, returnedMinor);
  const reservedMinor = amount.minor - priceMinor;
  if (reservedMinor > Math.max(0, facts.balances[amount.currency] ?? 0)) return refuse("spent");
  const state = needsApproval(by, amount, limits) ? "asked" : "approved";
  const pending = { requestId, reference, upToMinor, reservedMinor };
  return { kind: "planned", amount, pending, priceMinor, state };
}

const moneyLeft = ({ paid, returnedMinor }: Charge): number => (paid?.minor ?? 0) - returnedMinor;

const priceLeft = (charge: Charge): number =>
  charge.priceMinor - priceShare(charge, charge.returnedMinor);

/**
 * The charge to refund: the named one, or the one with most of the price that is not returned; of a
 * top-up the one of which most is left.
 */
function chargeFor(
  { charges, isTopUp = false }: RefundFacts,
  { reference }: RefundCommand,
): Charge | undefined {
  if (reference !== undefined) return charges.find((charge) => charge.reference === reference);
  const grants = charges.filter(({ use }) => use === "grant");
  if (grants.length > 0) return grants.toSorted((a, b) => priceLeft(b) - priceLeft(a)).at(0);
  return isTopUp ? charges.toSorted((a, b) => moneyLeft(b) - moneyLeft(a)).at(0) : undefined;
}

function refusalOf(
  amount: Money,
  left: {
    readonly paid: Money;
    readonly leftMinor: number;
    readonly capability: RefundCapability;
    readonly isByHand: boolean;
  },
): RefundRefusal | undefined {
  const { paid, leftMinor, capability, isByHand } = left;
  if (leftMinor <= 0) return "nothingLeft";
  if (amount.currency !== paid.currency || amount.minor <= 0) return "tooMuch";
  if (amount.minor > leftMinor) return "tooMuch";
  if (capability === "none") return isByHand ? undefined : "notPossible";
  if (isByHand) return "possible";
  return capability === "whole" && amount.minor < paid.minor ? "onlyWhole" : undefined;
}
