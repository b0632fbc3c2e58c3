import * as z from "zod";
import { money } from "../../../domain/money.ts";
import { instant } from "../../../domain/time.ts";
import { unreadableRow, wire } from "../wire.ts";
import { hasMoney, type TBankState, withoutRebillId } from "./protocol.ts";

const kopecks = wire.whole().transform((minor) => money(minor, "RUB"));

const payment = z.object({
  PaymentId: wire.digits(),
  Status: z.string(),
  Amount: kopecks,
});
/** The answer of `GetState`. */
export const paymentState = payment.extend({
  OrderId: z.string(),
  Params: z
    .array(z.object({ Key: z.string(), Value: z.unknown() }))
    .nullish()
    .transform((params) => params ?? []),
});
/** The answer of `CheckOrder`. */
export const orderState = z.object({
  Payments: z
    .array(z.unknown())
    .nullish()
    .transform((payments) => payments ?? []),
});
const anyStatus = z.object({ Status: z.string() });
/** The answer of `Init`. */
export const initAnswer = payment.extend({ PaymentURL: z.url({ protocol: /^https?$/u }) });
/** The answer of `Cancel`. */
export const cancelAnswer = z.object({ Status: z.string() });

/** A payment as the bank has it now, with what it sent. */
export interface ReportedPayment extends TBankState {
  readonly evidence: string;
}

/** A payment's state. The bank does not say since when, so it counts as of now. */
export const reportedPayment = (
  { PaymentId, Status, Amount }: z.output<typeof payment>,
  text: string,
): ReportedPayment => ({
  paymentId: PaymentId,
  status: Status,
  amount: Amount,
  at: instant(new Date()),
  evidence: withoutRebillId(text),
});

/**
 * One payment of an order; undefined where it cannot be read and has no money,
 * so that the others count.
 * @throws Error when money would be overlooked.
 */
export function paymentIn(one: unknown, text: string): ReportedPayment | undefined {
  const read = payment.safeParse(one);
  if (read.success) return reportedPayment(read.data, text);
  const status = anyStatus.safeParse(one).data?.Status;
  if (status !== undefined && !hasMoney(status)) return undefined;
  const { reason } = unreadableRow(undefined, read.error);
  throw new Error(`T-Bank CheckOrder: a payment of the order is not understood: ${reason}`);
}
