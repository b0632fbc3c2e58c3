import type { Finding } from "../../../db/operations/statements.ts";
import type { PaymentId, PaymentState } from "../../../domain/payments/payment.ts";
import { secondMs, toMs } from "../../../domain/time.ts";
import type { StatementLine } from "../../../gateways/payments/port.ts";

/**
 * A line with the payment it is reported to and the order's state; undefined: there is no order.
 */
export interface AddressedLine extends StatementLine {
  readonly id: PaymentId;
  readonly state: PaymentState | undefined;
}

/** For a report older than this, no webhook is on its way any more. */
const onItsWayMs = 30 * secondMs;
/** Limits of one signal, well below what Temporal accepts. */
const mostEvents = 50;
const mostBytes = 200_000;

/** Identifies the event of a line. */
export const keyOf = ({ id, report }: AddressedLine): string => JSON.stringify([id, report]);

/** The reference of a line's charge, if it has one. */
export const referenceOf = ({ report }: StatementLine): string[] =>
  "reference" in report && report.reference !== undefined ? [report.reference] : [];

/** A line as a finding of reconciliation. */
export const findingOf = (line: AddressedLine): Finding => ({
  paymentId: line.id,
  kind: line.report.kind,
  reference: referenceOf(line)[0] ?? "",
});

/**
 * Whether a webhook may still be on its way; also when the gateway does not say when it happened.
 */
export function mayBeOnItsWay({ report, at }: StatementLine): boolean {
  const moment = at ?? (report.kind === "paid" ? report.at : undefined);
  return moment === undefined || Date.now() - toMs(moment) < onItsWayMs;
}

/** Batches by payment, in order, each small enough for one signal. */
export function batchesOf(lines: readonly AddressedLine[]): readonly (readonly AddressedLine[])[] {
  const batches: AddressedLine[][] = [];
  const open = new Map<PaymentId, { lines: AddressedLine[]; bytes: number }>();
  for (const line of lines) {
    const bytes = line.evidence.length;
    const batch = open.get(line.id);
    if (batch && batch.lines.length < mostEvents && batch.bytes + bytes < mostBytes) {
      batch.lines.push(line);
      batch.bytes += bytes;
      continue;
    }
    const begun = { lines: [line], bytes };
    open.set(line.id, begun);
    batches.push(begun.lines);
  }
  return batches;
}
