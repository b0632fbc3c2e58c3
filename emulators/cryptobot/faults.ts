import * as z from "zod";
import {
  callFields,
  chance,
  deliveryFault,
  isCall,
  isDelivery,
  isForgery,
  Rules,
} from "../kit/faults.ts";

const scope = {
  /** Without it, every invoice. */
  invoice_id: z.int().optional(),
  ...chance,
};

const callFault = z.strictObject({
  kind: z.enum(["429", "500", "502", "refuse", "timeout-after-success", "drop-connection"]),
  /** What a `refuse` answers. */
  code: z.int().min(400).max(499).default(400),
  name: z.string().default("REFUSED"),
  ...callFields,
  ...scope,
});

const sendingFault = z.strictObject({ ...deliveryFault, ...scope });

const forgery = z.strictObject({
  webhook: z.enum(["wrong-signature", "changed-amount"]),
  /** What a webhook with a changed amount says, rightly signed; without it, twice the amount. */
  amount: z.string().optional(),
  ...scope,
});

/**
 * `duplicate` to `drop` apply once, when a webhook is queued; forgeries apply to each try of it.
 */
export const faultSchema = z.union([callFault, sendingFault, forgery]);
export type CallFault = z.infer<typeof callFault>;
type SendingFault = z.infer<typeof sendingFault>;
export type Forgery = z.infer<typeof forgery>;
type Fault = z.infer<typeof faultSchema>;

/** The faults that were asked for. */
export class Faults extends Rules<Fault> {
  forCall(method: string, invoiceId: number | undefined): CallFault | undefined {
    return this.applyRule(isCall, (fault) => {
      return (fault.method ?? method) === method && concerns(fault, invoiceId);
    });
  }

  forSending(invoiceId: number): SendingFault | undefined {
    return this.applyRule(isDelivery, (fault) => concerns(fault, invoiceId));
  }

  forTry(invoiceId: number): Forgery | undefined {
    return this.applyRule(isForgery, (fault) => concerns(fault, invoiceId));
  }
}

const concerns = (fault: Fault, invoiceId: number | undefined): boolean =>
  fault.invoice_id === undefined || fault.invoice_id === invoiceId;
