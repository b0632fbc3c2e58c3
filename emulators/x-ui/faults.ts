import * as z from "zod";
import { apiCallFault } from "../kit/api-faults.ts";
import { chance, GatewayFaults } from "../kit/faults.ts";

/** What `POST /control/faults` takes. */
export const faultSchema = z.strictObject({
  ...apiCallFault,
  /** Without it, every client. */
  email: z.string().optional(),
  ...chance,
});

/** The faults that were asked for; a rule may be limited to an `email`. */
export class Faults extends GatewayFaults<z.infer<typeof faultSchema>> {}
