import * as z from "zod";
import type { Routes } from "../kit/app.ts";
import { commonControls, serveControls, webhookControls, withBody } from "../kit/controls.ts";
import { HttpError, type Reply, type Request } from "../kit/http.ts";
import { faultSchema } from "./faults.ts";
import type { Invoice } from "./invoices.ts";
import { Refusal } from "./refusal.ts";
import type { State } from "./state.ts";

const payment = z.strictObject({
  invoice_id: z.int(),
  asset: z.string().optional(),
  comment: z.string().optional(),
  anonymously: z.boolean().optional(),
});
const expiry = z.strictObject({ invoice_id: z.int() });

/** How tests pay without a browser, inject faults and count calls: `/control/…`. */
export class ControlRoutes {
  readonly #state: State;
  readonly #controls: Routes;

  constructor(state: State) {
    this.#state = state;
    this.#controls = serveControls({
      ...commonControls(state, faultSchema),
      ...webhookControls((url) => state.setWebhook(url), state.webhook.deliveries),
      "POST /control/pay": withBody(payment, (given) => this.#pay(given)),
      "POST /control/expire": withBody(expiry, ({ invoice_id }) => this.#expire(invoice_id)),
    });
  }

  async serve(request: Request): Promise<Reply | undefined> {
    try {
      return await this.#controls.serve(request);
    } catch (error) {
      if (error instanceof Refusal) return { status: 409, body: { error: error.message } };
      throw error;
    }
  }

  #pay({ invoice_id, ...choice }: z.output<typeof payment>): unknown {
    return this.#state.wire(this.#state.pay(this.#require(invoice_id), choice));
  }

  #expire(invoiceId: number): unknown {
    const invoice = this.#require(invoiceId);
    if (invoice.status === "paid") throw new Refusal(400, "INVOICE_ALREADY_PAID");
    return this.#state.wire(this.#state.invoices.expire(invoice));
  }

  #require(invoiceId: number): Invoice {
    const invoice = this.#state.invoices.find(invoiceId);
    if (invoice === undefined) throw new HttpError(404, `there is no invoice ${invoiceId}`);
    return invoice;
  }
}
