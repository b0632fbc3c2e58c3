import { decide, factsAfter } from "./decision.ts";
import { DuplicateReserves } from "./duplicate-charges.ts";
import type { Effect } from "./effect.ts";
import type { PaymentFacts } from "./payment-facts.ts";
import type { GatewayEvent, PaymentOrder } from "./payment.ts";

/** One event of a batch, with what follows from it. */
export interface Decision {
  /** The event's own key. */
  readonly key: string;
  readonly event: GatewayEvent;
  readonly effects: readonly Effect[];
  /** The facts with its effects. */
  readonly after: PaymentFacts;
}

/** What the books know before a batch is decided. */
export interface BatchFacts {
  readonly facts: PaymentFacts;
  /** References of charges that are booked for other payments. */
  readonly taken: ReadonlySet<string>;
}

/**
 * Decides the events of an order one after the other, each on the facts that the former ones left.
 * What will be reserved for charges that came twice is in nobody's balance meanwhile. A charge that
 * is booked elsewhere is an inconsistency.
 */
export function decideBatch(
  order: PaymentOrder,
  { facts, taken }: BatchFacts,
  events: readonly (readonly [key: string, event: GatewayEvent])[],
  { canRefund }: { readonly canRefund: boolean },
): Decision[] {
  let after = facts;
  const reserves = new DuplicateReserves();
  return events.map(([key, event]) => {
    const { report } = event;
    const reference = "reference" in report ? report.reference : undefined;
    const isTaken = reference !== undefined && taken.has(reference);
    const reason = `a charge that is booked elsewhere was reported for payment ${order.id}`;
    const effects: readonly Effect[] = isTaken
      ? [{ kind: "inconsistent", reason: `${reference}: ${reason}` }]
      : decide(order, reserves.beside(after, reference), report);
    after = effects.reduce(factsAfter, after);
    if (canRefund && reference !== undefined) reserves.record(reference, effects, after);
    return { key, event, effects, after };
  });
}

/** Whether a plan's time is given by any of them. */
export const doesGrant = (decisions: readonly Decision[]): boolean =>
  decisions.some(({ effects }) => effects.some(({ kind }) => kind === "granted"));

const hasToppedUp = (effect: Effect): boolean =>
  effect.kind === "credited" && effect.why === "topUp";

/** Whether the money for what was ordered has come with any of them. */
export const doesSell = (decisions: readonly Decision[]): boolean =>
  decisions.some(({ effects }) =>
    effects.some((effect) => effect.kind === "granted" || hasToppedUp(effect)),
  );

/** Whether admins may have to know of any of them. */
export const concernsAdmins = (decisions: readonly Decision[]): boolean =>
  decisions.some(({ effects }) =>
    effects.some(
      (effect) =>
        effect.kind === "returned" ||
        effect.kind === "inconsistent" ||
        (effect.kind === "credited" && !hasToppedUp(effect)),
    ),
  );
