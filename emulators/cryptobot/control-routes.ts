import * as z from "zod";
import type { Routes } from "../kit/app.ts";
import { commonControls, serveControls, webhookControls, withBody } from "../kit/controls.ts";
import { HttpError } from "../kit/http.ts";
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
export const controlRoutes = (state: State): Routes =>
  serveControls(
    {
      ...commonControls(state, faultSchema),
      ...webhookControls(state.store, state.webhook.deliveries),
      "POST /control/pay": withBody(payment, ({ invoice_id, ...choice }) => {
        return state.wire(state.pay(requireInvoice(state, invoice_id), choice));
      }),
      "POST /control/expire": withBody(expiry, ({ invoice_id }) => {
        const invoice = requireInvoice(state, invoice_id);
        if (invoice.status === "paid") throw new Refusal(400, "INVOICE_ALREADY_PAID");
        return state.wire(state.invoices.expire(invoice));
      }),
    },
    (error) => (error instanceof Refusal ? { error: error.message } : undefined),
  );

/** @throws HttpError 404 where there is no such invoice. */
function requireInvoice(state: State, id: number): Invoice {
  const invoice = state.invoices.find(id);
  if (invoice === undefined) throw new HttpError(404, `there is no invoice ${id}`);
  return invoice;
}
