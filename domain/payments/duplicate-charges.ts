import { type Currency, type Money, money } from "../money.ts";
import type { Charge } from "./charge.ts";
import type { Effect } from "./effect.ts";
import type { PaymentFacts } from "./payment-facts.ts";

/** A payment that came twice: it became balance, and is refunded where the gateway can. */
export type DuplicateCharge = Extract<Effect, { kind: "credited" }>;

/** Whether an effect is that of a payment that came twice. */
export const isDuplicate = (effect: Effect): effect is DuplicateCharge =>
  effect.kind === "credited" && effect.why === "paidTwice";

/** A charge that is to be refunded because it came twice. */
export interface DuplicateRefund {
  readonly reference: string;
  readonly paid: Money;
  /** How much of it is not returned yet. */
  readonly left: Money;
}

/** The payments that came twice of which something is left to refund. */
export function duplicateRefundsOf(
  effects: readonly Effect[],
  charges: readonly Charge[],
): DuplicateRefund[] {
  const known = new Map(charges.map((charge) => [charge.reference, charge]));
  return effects.filter(isDuplicate).flatMap(({ reference, paid }) => {
    const left = leftOf(known.get(reference));
    return left === undefined ? [] : [{ reference, paid, left }];
  });
}

/** How much of a charge is not returned; undefined: nothing is left. */
function leftOf(charge: Charge | undefined): Money | undefined {
  if (charge?.paid === undefined) return undefined;
  const minor = charge.paid.minor - charge.returnedMinor;
  return minor <= 0 ? undefined : money(minor, charge.paid.currency);
}

/**
 * The sums that a batch will reserve for charges that came twice, kept while the batch is decided.
 * They are updated event by event: recomputing them for each of thousands
 * of events would be quadratic.
 */
export class DuplicateReserves {
  readonly #left = new Map<string, Money>();
  readonly #sums = new Map<Currency, number>();

  /** The facts for one charge: what is reserved for others is not in its balance. */
  beside(facts: PaymentFacts, reference: string | undefined): PaymentFacts {
    if (this.#left.size === 0) return facts;
    const own = reference === undefined ? undefined : this.#left.get(reference);
    const balances = { ...facts.balances };
    for (const [currency, sum] of this.#sums) {
      const ofOthers = sum - (own?.currency === currency ? own.minor : 0);
      balances[currency] = (balances[currency] ?? 0) - ofOthers;
    }
    return { ...facts, balances };
  }

  /** Records the decision about an event of a charge; `after` are the facts with its effects. */
  record(reference: string, effects: readonly Effect[], after: PaymentFacts): void {
    const before = this.#left.get(reference);
    if (before === undefined && !effects.some(isDuplicate)) return;
    if (before !== undefined) this.#add(money(-before.minor, before.currency));
    const left = leftOf(after.charges.find((charge) => charge.reference === reference));
    if (left === undefined) return void this.#left.delete(reference);
    this.#add(left);
    this.#left.set(reference, left);
  }

  #add({ minor, currency }: Money): void {
    this.#sums.set(currency, (this.#sums.get(currency) ?? 0) + minor);
  }
}
