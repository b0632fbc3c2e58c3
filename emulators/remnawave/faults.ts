import * as z from "zod";
import { apiCallFault } from "../kit/api-faults.ts";
import { chance, deliveryFault, GatewayFaults } from "../kit/faults.ts";

const scope = {
  /** Without it, every user. */
  username: z.string().optional(),
  ...chance,
};

const webhookScope = {
  /** Without it, every event. */
  event: z.string().optional(),
  ...scope,
};

const callFault = z.strictObject({ ...apiCallFault, ...scope });
const sendingFault = z.strictObject({ ...deliveryFault, ...webhookScope });
const forgery = z.strictObject({ webhook: z.literal("wrong-signature"), ...webhookScope });

/** What `POST /control/faults` takes. */
export const faultSchema = z.union([callFault, sendingFault, forgery]);

/** The faults that were asked for; a rule may be limited to a `username`. */
export class Faults extends GatewayFaults<z.infer<typeof faultSchema>> {}
