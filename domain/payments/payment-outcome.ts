import type { Effect } from "./effect.ts";
import type { GatewayEvent, PaymentOrder, PaymentOutcome } from "./payment.ts";

/** The outcome of a payment after one more effect: the result of its workflow. */
export function outcomeOf(before: PaymentOutcome, effect: Effect): PaymentOutcome {
  switch (effect.kind) {
    case "granted": {
      const { reference, late, surplus } = effect;
      const kind = late ? "settledLate" : surplus.minor > 0 ? "overpaid" : "settled";
      return { kind, reference };
    }
    case "credited": {
      const { reference, why, missing } = effect;
      if (why === "topUp") return { kind: "settled", reference };
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
 * Whether a report is so unlikely that its gateway is asked to confirm it: an amount other than the
 * price, in a message sent to us. What we read at the gateway ourselves needs no confirmation.
 */
export function needsConfirmation(
  { price }: PaymentOrder,
  { report, source }: GatewayEvent,
): boolean {
  if (report.kind !== "paid" || source !== "gateway") return false;
  return report.paid.minor !== price.minor || report.paid.currency !== price.currency;
}
