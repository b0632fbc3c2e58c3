import type { GatewayReport, PaymentState } from "./payment.ts";

/** What the books know of a charge that a gateway speaks of. */
export interface KnownCharge {
  readonly reference: string;
  /** False: only its return has been heard of. */
  readonly paid: boolean;
  readonly returnedMinor: number;
}

interface Said {
  readonly report: GatewayReport;
  /** How the payment stands that this is about; undefined: none is known. */
  readonly state: PaymentState | undefined;
}

/**
 * Which of a gateway's lines the books do not know yet: money that came, money that went back, an end that was
 * told to nobody. What is on its way changes nothing and is left out.
 */
export function unheard<Line extends Said>(
  lines: readonly Line[],
  charges: readonly KnownCharge[],
): readonly Line[] {
  const known = new Map(charges.map((charge) => [charge.reference, charge]));
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
  return once(news);
}

/** A line that comes twice in one reading is one. */
function once<Line extends Said>(lines: readonly Line[]): readonly Line[] {
  const seen = new Set<string>();
  return lines.filter(({ report }) => {
    const key = JSON.stringify(report);
    return !seen.has(key) && seen.add(key);
  });
}

/** What one reading of a gateway's statement came to. */
export interface Reconciled {
  readonly read: number;
  /** Messages that never arrived and are now dealt with. */
  readonly fixed: number;
}

const firstPauseMs = 60_000;

/** When an invoice that only a look tells about is looked at again: ever more rarely, never not at all. */
export const nextLookMs = (ageMs: number): number => Math.max(firstPauseMs, Math.floor(ageMs / 8));
