import type { PaymentOrder } from "../../../domain/payments/payment.ts";
import type { StatementLine } from "../port.ts";
import { type TBankApi, TBankRefusal } from "./api.ts";
import { paymentState, type ReportedPayment, reportedPayment } from "./payments.ts";
import { tbankReports } from "./protocol.ts";

/**
 * Codes for an order or a payment that T-Bank does not know; which one it answers is unverified.
 */
export const unknownCodes: ReadonlySet<string> = new Set(["255", "335"]);

/** Asks T-Bank for the state of a payment. @throws Error when it is another order's. */
export async function getState(
  api: TBankApi,
  order: Pick<PaymentOrder, "id"> | undefined,
  reference: string,
): Promise<ReportedPayment & { readonly isCard: boolean }> {
  const { fields, text } = await api.call("GetState", { PaymentId: reference }, paymentState);
  if (order !== undefined && fields.OrderId !== order.id) {
    throw new Error(`T-Bank's payment ${reference} is of another order than ${order.id}`);
  }
  const source = fields.Params.find(({ Key }) => Key === "Source")?.Value;
  return { ...reportedPayment(fields, text), isCard: source === "cards" };
}

/**
 * What a payment's state reports about its order. A failed charge of a saved card is the end of it:
 * nobody has its form.
 */
export const linesOf = (order: PaymentOrder, state: ReportedPayment): readonly StatementLine[] =>
  tbankReports(state, order.price).map((report): StatementLine => {
    const isEnd = report.kind === "declined" && order.recurs === "renews";
    const about = { kind: "payment", id: order.id } as const;
    return { about, report: isEnd ? { ...report, final: true } : report, evidence: state.evidence };
  });

/** Makes undefined of a refusal that says that T-Bank does not know the payment. */
export function undefinedIfUnknown(error: unknown): undefined {
  if (error instanceof TBankRefusal && unknownCodes.has(error.code)) return undefined;
  throw error;
}
