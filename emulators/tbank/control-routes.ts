import * as z from "zod";
import type { Routes } from "../kit/app.ts";
import {
  commonControls,
  type Controls,
  serveControls,
  webhookControls,
  withBody,
} from "../kit/controls.ts";
import { HttpError, type Reply, type Request } from "../kit/http.ts";
import { testCard, testCards } from "./cards.ts";
import { faultSchema } from "./faults.ts";
import type { Means } from "./form.ts";
import type { Payment } from "./payments.ts";
import { Refusal } from "./refusal.ts";
import type { State } from "./state.ts";

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

/** How tests pay without a browser, play the bank, inject faults and count calls: `/control/…`. */
export class ControlRoutes {
  readonly #state: State;
  readonly #controls: Routes;

  constructor(state: State) {
    this.#state = state;
    this.#controls = serveControls({
      ...commonControls(state, faultSchema),
      ...webhookControls((url) => state.setWebhook(url), state.notifications.deliveries),
      ...this.#payersControls(),
      ...this.#banksControls(),
      "GET /control/payments": () => state.payments.list(),
    });
  }

  async serve(request: Request): Promise<Reply | undefined> {
    try {
      return await this.#controls.serve(request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: 409, body: { error: error.message, code: error.code } };
    }
  }

  /** These answer with the payment as it stands then. */
  #payersControls(): Controls {
    const { form } = this.#state;
    return {
      "POST /control/pay": withBody(paying, ({ payment_id: id, ...how }) => {
        return form.pay(this.#require(id), meansOf(how));
      }),
      "POST /control/decline": withBody(declining, ({ payment_id: id, status, code, ...how }) => {
        return form.pay(this.#require(id), meansOf(how), { kind: "refused", status, code });
      }),
      "POST /control/3ds": withBody(answering, ({ payment_id: id, confirmed }) => {
        return form.answer3ds(this.#require(id), confirmed);
      }),
      "POST /control/expire": withBody(named, ({ payment_id: id }) =>
        form.expire(this.#require(id)),
      ),
    };
  }

  #banksControls(): Controls {
    const { account } = this.#state;
    return {
      "POST /control/refund": withBody(refunding, ({ payment_id: id, amount }) => {
        return account.refundByBank(this.#require(id), amount);
      }),
      "POST /control/refunded": withBody(refunded, ({ payment_id: id, error }) => {
        return account.finishSbpRefund(this.#require(id), error);
      }),
      "PUT /control/balance": withBody(balance, ({ kopecks }) => {
        this.#state.setBalance(kopecks ?? undefined);
        return { kopecks };
      }),
    };
  }

  #require(id: string): Payment {
    const payment = this.#state.payments.find(id);
    if (payment === undefined) throw new HttpError(404, `there is no payment ${id}`);
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
  if (card === undefined) throw new HttpError(400, "this is not the number of a test card");
  return { kind, card, expDate: "1249" };
}
