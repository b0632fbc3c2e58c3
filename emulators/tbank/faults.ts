import * as z from "zod";
import {
  chance,
  deliveryFault,
  forgedWebhook,
  gatewayCallFault,
  GatewayFaults,
  isAbout,
} from "../kit/faults.ts";
import type { Outcome } from "./cards.ts";

const scope = {
  /** Without it, every payment. Text: a JSON number would lose its last digits. */
  payment_id: z.string().optional(),
  ...chance,
};
const code = z.string().regex(/^\d{1,4}$/u);

const callFault = z.strictObject({
  ...gatewayCallFault,
  /** What a `refuse` answers. */
  code: code.default("9999"),
  name: z.string().default("Refused on request"),
  ...scope,
});

/** As `CONFIRMED`; without it, notifications of every status. */
const status = z.string().optional();
const sendingFault = z.strictObject({ ...deliveryFault, status, ...scope });

const forgery = z.strictObject({
  ...forgedWebhook,
  /** Kopecks that a notification with a changed amount says; without it, twice the amount. */
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

/** What `POST /control/faults` takes. */
export const faultSchema = z.union([callFault, sendingFault, forgery, chargeFault]);

/** A fault of a call to the API. */
export type CallFault = z.infer<typeof callFault>;
type ChargeFault = z.infer<typeof chargeFault>;
type Fault = z.infer<typeof faultSchema>;

const isCharge = (fault: Fault): fault is ChargeFault => "charge" in fault;

/**
 * The faults that were asked for. A rule may be limited to a `payment_id`, and a rule of
 * notifications also to a `status`.
 */
export class Faults extends GatewayFaults<Fault> {
  /** How a payer's try to pay ends, whatever the card. */
  forCharge(paymentId: string): Outcome | undefined {
    const fault = this.applyRule(isCharge, (one) => isAbout(one, { payment_id: paymentId }));
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
