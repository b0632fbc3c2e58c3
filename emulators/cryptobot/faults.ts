import * as z from "zod";
import {
  chance,
  deliveryFault,
  forgedWebhook,
  gatewayCallFault,
  GatewayFaults,
} from "../kit/faults.ts";

const scope = {
  /** Without it, every invoice. */
  invoice_id: z.int().optional(),
  ...chance,
};

const callFault = z.strictObject({
  ...gatewayCallFault,
  /** What a `refuse` answers. */
  code: z.int().min(400).max(499).default(400),
  name: z.string().default("REFUSED"),
  ...scope,
});

const sendingFault = z.strictObject({ ...deliveryFault, ...scope });

const forgery = z.strictObject({
  ...forgedWebhook,
  /** What a webhook with a changed amount says; without it, twice the amount. */
  amount: z.string().optional(),
  ...scope,
});

/** What `POST /control/faults` takes. */
export const faultSchema = z.union([callFault, sendingFault, forgery]);

/** A fault of a call to the API. */
export type CallFault = z.infer<typeof callFault>;

/** The faults that were asked for; a rule may be limited to an `invoice_id`. */
export class Faults extends GatewayFaults<z.infer<typeof faultSchema>> {}
