import * as z from "zod";
import { apiCallFault } from "../kit/api-faults.ts";
import { chance, GatewayFaults } from "../kit/faults.ts";

/**
 * What `POST /control/faults` takes. `method` is a route as the calls are recorded, such as
 * `PUT /api/user/{username}`.
 */
export const faultSchema = z.strictObject({
  ...apiCallFault,
  /** A 403 is one of a proxy before the panel. */
  kind: z.enum([...apiCallFault.kind.options, "403"]),
  /** Without it, every user. */
  username: z.string().optional(),
  ...chance,
});

/** The faults that were asked for; a rule may be limited to a `username`. */
export class Faults extends GatewayFaults<z.infer<typeof faultSchema>> {}
