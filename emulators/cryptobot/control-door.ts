import * as z from "zod";

import { faultSchema } from "./faults.ts";
import { ok, readJson, type Reply, type Request, Unservable } from "./http.ts";
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
const webhook = z.strictObject({ url: z.string().nullable() });

/** How tests pay without a browser, make this server misbehave and count calls: `/control/…`. */
export class ControlDoor {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async serve(request: Request): Promise<Reply> {
    try {
      return await this.#route(request);
    } catch (error) {
      if (error instanceof Refusal) return { status: 409, body: { error: error.message } };
      throw error;
    }
  }

  async #route({ method, path, query, raw }: Request): Promise<Reply> {
    const world = this.#world;
    switch (`${method} ${path}`) {
      case "GET /control/faults":
        return ok(world.faults.list());
      case "POST /control/faults":
        return ok(world.faults.add(parsed(faultSchema, await readJson(raw))));
      case "DELETE /control/faults":
        world.faults.clear();
        return ok([]);
      case "GET /control/calls":
        return ok(world.calls.list(query.get("method")));
      case "GET /control/webhooks":
        return ok(world.webhook.waiting());
      case "PUT /control/webhook":
        return ok(this.#setWebhook(parsed(webhook, await readJson(raw)).url));
      case "POST /control/deliver":
        world.webhook.hurry();
        return ok({});
      case "POST /control/pay":
        return ok(this.#pay(parsed(payment, await readJson(raw))));
      case "POST /control/expire":
        return ok(this.#expire(parsed(expiry, await readJson(raw)).invoice_id));
      case "POST /control/reset":
        world.reset();
        return ok({});
      default:
        throw new Unservable(404, "there is no such control");
    }
  }

  #setWebhook(url: string | null): unknown {
    try {
      this.#world.setWebhook(url ?? undefined);
    } catch (error) {
      throw new Unservable(400, (error as Error).message);
    }
    return { url };
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

function parsed<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (!result.success) throw new Unservable(400, z.prettifyError(result.error));
  return result.data;
}
