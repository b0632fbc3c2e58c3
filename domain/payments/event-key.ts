import type { GatewayReport, PaymentOrder } from "./payment.ts";

/**
 * The key by which an event counts once: the payment it was reported to, gateway, reference, kind
 * and amount; never its place in a run.
 */
export function eventKey(
  { id, gateway }: Pick<PaymentOrder, "id" | "gateway">,
  report: GatewayReport,
): string {
  const about = (reference: string, what: string) => `${id}/${gateway}/${reference}/${what}`;
  switch (report.kind) {
    case "paid": {
      const { minor, currency } = report.paid;
      return about(report.reference, `paid/${minor}${currency}`);
    }
    case "refunded":
    case "chargedBack": {
      const { minor, currency } = report.returned;
      return about(report.reference, `${report.kind}/${minor}${currency}`);
    }
    case "declined":
      return about(report.invoiceReference ?? "", `declined/${report.final}/${report.reason}`);
    case "progress":
      return about("", `progress/${report.status}`);
  }
}
