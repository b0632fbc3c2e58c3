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
import type { Outcome } from "./cards.ts";

const scope = {
  /** Without it, every payment. Text: a JSON number would lose its last digits. */
  payment_id: z.string().optional(),
  ...chance,
};
const code = z.string().regex(/^\d{1,4}$/u);

const callFault = z.strictObject({
  kind: z.enum(["429", "500", "502", "refuse", "timeout-after-success", "drop-connection"]),
  /** What a `refuse` answers. */
  code: code.default("9999"),
  name: z.string().default("Refused on request"),
  ...callFields,
  ...scope,
});

/** As `CONFIRMED`; without it, notifications of every status. */
const status = z.string().optional();
const sendingFault = z.strictObject({ ...deliveryFault, status, ...scope });

const forgery = z.strictObject({
  webhook: z.enum(["wrong-signature", "changed-amount"]),
  /** Kopecks a notification with a changed amount tells, rightly signed; without it, twice. */
  amount: z.int().nonnegative().optional(),
  status,
  ...scope,
});

/** The payer's bank refuses, whatever the card. */
const chargeFault = z.strictObject({
  charge: z.enum(["reject", "auth-fail"]),
  code: code.optional(),
  ...scope,
});

/** `duplicate` to `drop` apply once, when a notification is queued; forgeries to each try of it. */
export const faultSchema = z.union([callFault, sendingFault, forgery, chargeFault]);
export type CallFault = z.infer<typeof callFault>;
export type SendingFault = z.infer<typeof sendingFault>;
export type Forgery = z.infer<typeof forgery>;
type ChargeFault = z.infer<typeof chargeFault>;
type Fault = z.infer<typeof faultSchema>;

/** What a notification is about. */
interface Notice {
  readonly paymentId: string;
  readonly status: string;
}

const isCharge = (fault: Fault): fault is ChargeFault => "charge" in fault;

/** The faults that were asked for. */
export class Faults extends Rules<Fault> {
  forCall(method: string, paymentId: string | undefined): CallFault | undefined {
    return this.applyRule(isCall, (fault) => {
      return (fault.method ?? method) === method && concerns(fault, paymentId);
    });
  }

  forSending(notice: Notice): SendingFault | undefined {
    return this.applyRule(isDelivery, (fault) => isAbout(fault, notice));
  }

  forTry(notice: Notice): Forgery | undefined {
    return this.applyRule(isForgery, (fault) => isAbout(fault, notice));
  }

  forCharge(paymentId: string): Outcome | undefined {
    const fault = this.applyRule(isCharge, (one) => concerns(one, paymentId));
    switch (fault?.charge) {
      case undefined:
        return undefined;
      case "reject":
        return { kind: "refused", status: "REJECTED", code: fault?.code ?? "1051" };
      case "auth-fail":
        return { kind: "refused", status: "AUTH_FAIL", code: fault?.code ?? "101" };
    }
  }
}

const concerns = (fault: Fault, paymentId: string | undefined): boolean =>
  fault.payment_id === undefined || fault.payment_id === paymentId;

const isAbout = (fault: SendingFault | Forgery, { paymentId, status: current }: Notice): boolean =>
  (fault.status ?? current) === current && concerns(fault, paymentId);
