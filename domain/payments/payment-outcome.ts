import type { Effect } from "./decision.ts";
import type { GatewayEvent, PaymentOrder, PaymentOutcome } from "./payment.ts";

/** How a payment has ended after one more effect, as whoever looks at the workflow reads it. */
export function outcomeOf(before: PaymentOutcome, effect: Effect): PaymentOutcome {
  switch (effect.kind) {
    case "granted": {
      const { reference, late, surplus } = effect;
      const kind = late ? "settledLate" : surplus.minor > 0 ? "overpaid" : "settled";
      return { kind, reference };
    }
    case "credited": {
      const { reference, why, missing } = effect;
      if (why === "underpaid" && missing !== undefined) return { kind: "underpaid", missing };
      return why === "paidTwice" ? { kind: why, reference } : { kind: "credited", why };
    }
    case "returned":
      return { kind: effect.forced ? "chargedBack" : "refunded", returned: effect.returned };
    case "declined":
      return { kind: "declined", reason: effect.reason };
    case "returnNoted":
    case "noted":
    case "inconsistent":
    case "duplicate":
      return before;
  }
}

/**
 * Whether a report is unlikely enough to be confirmed by asking its gateway: an amount that is not the price, in a
 * message that somebody sent us. What we read at the gateway ourselves is the gateway's own word.
 */
export function isToConfirm({ price }: PaymentOrder, { report, source }: GatewayEvent): boolean {
  if (report.kind !== "paid" || source !== "gateway") return false;
  return report.paid.minor !== price.minor || report.paid.currency !== price.currency;
}
