import * as z from "zod";

import { control, type Controls, told, usualControls, webhookControls } from "../kit/controls.ts";
import { type Reply, type Request, Unservable } from "../kit/http.ts";
import { testCard, testCards } from "./cards.ts";
import { faultSchema } from "./faults.ts";
import type { Means } from "./form.ts";
import type { Payment } from "./payments.ts";
import { Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

/** Text: a JSON number would lose its last digits. */
const payment_id = z.string().regex(/^\d{1,20}$/u);
const means = {
  means: z.enum(["card", "sbp"]).default("card"),
  /** A test card's number; the one that pays unless given. */
  card: z.string().optional(),
};
const named = z.strictObject({ payment_id });
const paying = z.strictObject({ payment_id, ...means });
const declining = z.strictObject({
  payment_id,
  ...means,
  status: z.enum(["REJECTED", "AUTH_FAIL"]).default("REJECTED"),
  code: z
    .string()
    .regex(/^\d{1,4}$/u)
    .default("1051"),
});
const refunding = z.strictObject({ payment_id, amount: z.int().positive().optional() });
const refunded = z.strictObject({ payment_id, error: z.string().min(1).optional() });
const answering = z.strictObject({ payment_id, confirmed: z.boolean() });
const balance = z.strictObject({ kopecks: z.int().nonnegative().nullable() });

/** How tests pay without a browser, play the bank, make it misbehave and count: `/control/…`. */
export class ControlDoor {
  readonly #world: World;
  readonly #controls: Controls;

  constructor(world: World) {
    this.#world = world;
    const { faults, calls, notifications: deliveries, payments } = world;
    this.#controls = {
      ...usualControls({ faults, faultSchema, calls, reset: () => world.reset() }),
      ...webhookControls({ deliveries, setUrl: (url) => world.setWebhook(url) }),
      ...this.#payersControls(),
      ...this.#banksControls(),
      "GET /control/payments": () => payments.list(),
    };
  }

  async serve(request: Request): Promise<Reply> {
    try {
      return await control(this.#controls, request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: 409, body: { error: error.message, code: error.code } };
    }
  }

  /** These answer with the payment as it stands then. */
  #payersControls(): Controls {
    const { form } = this.#world;
    return {
      "POST /control/pay": told(paying, ({ payment_id: id, ...how }) => {
        return form.pay(this.#known(id), meansOf(how));
      }),
      "POST /control/decline": told(declining, ({ payment_id: id, status, code, ...how }) => {
        return form.pay(this.#known(id), meansOf(how), { kind: "refused", status, code });
      }),
      "POST /control/3ds": told(answering, ({ payment_id: id, confirmed }) => {
        return form.answer3ds(this.#known(id), confirmed);
      }),
      "POST /control/expire": told(named, ({ payment_id: id }) => form.expire(this.#known(id))),
    };
  }

  #banksControls(): Controls {
    const { till } = this.#world;
    return {
      "POST /control/refund": told(refunding, ({ payment_id: id, amount }) => {
        return till.bankRefunds(this.#known(id), amount);
      }),
      "POST /control/refunded": told(refunded, ({ payment_id: id, error }) => {
        return till.finishSbpRefund(this.#known(id), error);
      }),
      "PUT /control/balance": told(balance, ({ kopecks }) => {
        this.#world.setBalance(kopecks ?? undefined);
        return { kopecks };
      }),
    };
  }

  #known(id: string): Payment {
    const payment = this.#world.payments.find(id);
    if (payment === undefined) throw new Unservable(404, `there is no payment ${id}`);
    return payment;
  }
}

function meansOf({
  means: kind,
  card: number,
}: {
  means: Means["kind"];
  card?: string | undefined;
}): Means {
  if (kind === "sbp") return { kind };
  const card = number === undefined ? testCards[0] : testCard(number);
  if (card === undefined) throw new Unservable(400, "this is not the number of a test card");
  return { kind, card, expDate: "1249" };
}
