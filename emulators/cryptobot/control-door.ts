import * as z from "zod";

import { control, type Controls, told, usualControls, webhookControls } from "../kit/controls.ts";
import { type Reply, type Request, Unservable } from "../kit/http.ts";
import { faultSchema } from "./faults.ts";
import type { Invoice } from "./invoices.ts";
import { Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

const payment = z.strictObject({
  invoice_id: z.int(),
  asset: z.string().optional(),
  comment: z.string().optional(),
  anonymously: z.boolean().optional(),
});
const expiry = z.strictObject({ invoice_id: z.int() });

/** How tests pay without a browser, make this server misbehave and count calls: `/control/…`. */
export class ControlDoor {
  readonly #world: World;
  readonly #controls: Controls;

  constructor(world: World) {
    this.#world = world;
    const { faults, calls, webhook: deliveries } = world;
    this.#controls = {
      ...usualControls({ faults, faultSchema, calls, reset: () => world.reset() }),
      ...webhookControls({ deliveries, setUrl: (url) => world.setWebhook(url) }),
      "POST /control/pay": told(payment, (given) => this.#pay(given)),
      "POST /control/expire": told(expiry, ({ invoice_id }) => this.#expire(invoice_id)),
    };
  }

  async serve(request: Request): Promise<Reply> {
    try {
      return await control(this.#controls, request);
    } catch (error) {
      if (error instanceof Refusal) return { status: 409, body: { error: error.message } };
      throw error;
    }
  }

  #pay({ invoice_id, ...wish }: z.output<typeof payment>): unknown {
    return this.#world.wire(this.#world.pay(this.#known(invoice_id), wish));
  }

  #expire(invoiceId: number): unknown {
    const invoice = this.#known(invoiceId);
    if (invoice.status === "paid") throw new Refusal(400, "INVOICE_ALREADY_PAID");
    return this.#world.wire(this.#world.invoices.expire(invoice));
  }

  #known(invoiceId: number): Invoice {
    const invoice = this.#world.invoices.find(invoiceId);
    if (invoice === undefined) throw new Unservable(404, `there is no invoice ${invoiceId}`);
    return invoice;
  }
}
