import * as z from "zod";
import type { Routes } from "../kit/app.ts";
import {
  commonControls,
  type Controls,
  serveControls,
  webhookControls,
  withBody,
} from "../kit/controls.ts";
import { HttpError } from "../kit/http.ts";
import { type Outcome, testCard, testCards } from "./cards.ts";
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
const paymentBody = z.strictObject({ payment_id });
const payBody = z.strictObject({ payment_id, ...means });
const declineBody = z.strictObject({
  payment_id,
  ...means,
  status: z.enum(["REJECTED", "AUTH_FAIL"]).default("REJECTED"),
  code: z
    .string()
    .regex(/^\d{1,4}$/u)
    .default("1051"),
});
const refundBody = z.strictObject({ payment_id, amount: z.int().positive().optional() });
const refundEndBody = z.strictObject({ payment_id, error: z.string().min(1).optional() });
const confirmationBody = z.strictObject({ payment_id, confirmed: z.boolean() });
const cardBody = z.strictObject({
  customer_key: z.string(),
  /** `poor`: too little money; `removed`: its owner, or the bank, has deleted it. */
  to: z.enum(["good", "poor", "removed"]),
});
const balanceBody = z.strictObject({ kopecks: z.int().nonnegative().nullable() });

/** How tests pay without a browser, play the bank, inject faults and count calls: `/control/…`. */
export const controlRoutes = (state: State): Routes =>
  serveControls(
    {
      ...commonControls(state, faultSchema),
      ...webhookControls(state.store, state.notifications.deliveries),
      ...payersControls(state),
      ...banksControls(state),
      "GET /control/payments": () => state.payments.list(),
    },
    (error) => {
      return error instanceof Refusal ? { error: error.message, code: error.code } : undefined;
    },
  );

/** These answer with the payment as it stands then. */
const payersControls = (state: State): Controls => ({
  "POST /control/pay": withBody(payBody, ({ payment_id: id, ...how }) => {
    return state.form.pay(requirePayment(state, id), meansOf(how));
  }),
  "POST /control/decline": withBody(declineBody, ({ payment_id: id, status, code, ...how }) => {
    const outcome: Outcome = { kind: "refused", status, code };
    return state.form.pay(requirePayment(state, id), meansOf(how), outcome);
  }),
  "POST /control/3ds": withBody(confirmationBody, ({ payment_id: id, confirmed }) => {
    return state.form.answer3ds(requirePayment(state, id), confirmed);
  }),
  "POST /control/expire": withBody(paymentBody, ({ payment_id: id }) => {
    return state.form.expire(requirePayment(state, id));
  }),
});

/** What the bank does without the shop. */
const banksControls = (state: State): Controls => ({
  "POST /control/refund": withBody(refundBody, ({ payment_id: id, amount }) => {
    return state.account.refundByBank(requirePayment(state, id), amount);
  }),
  "POST /control/refunded": withBody(refundEndBody, ({ payment_id: id, error }) => {
    return state.account.finishSbpRefund(requirePayment(state, id), error);
  }),
  "GET /control/cards": () => state.cards.listAll(),
  "PUT /control/cards": withBody(cardBody, ({ customer_key, to }) => {
    const changes = to === "removed" ? { status: "D" as const } : { isPoor: to === "poor" };
    const cards = state.cards.list(customer_key) ?? [];
    return cards.map(({ cardId }) => state.cards.change(customer_key, String(cardId), changes));
  }),
  "PUT /control/balance": withBody(balanceBody, ({ kopecks }) => {
    state.setBalance(kopecks ?? undefined);
    return { kopecks };
  }),
});

/** @throws HttpError 404 where there is no such payment. */
function requirePayment(state: State, id: string): Payment {
  const payment = state.payments.find(id);
  if (payment === undefined) throw new HttpError(404, `there is no payment ${id}`);
  return payment;
}

/** @throws HttpError 400 where the number is not that of a test card. */
function meansOf({
  means: kind,
  card: number,
}: Omit<z.output<typeof payBody>, "payment_id">): Means {
  if (kind === "sbp") return { kind };
  const card = number === undefined ? testCards[0] : testCard(number);
  if (card === undefined) throw new HttpError(400, "this is not the number of a test card");
  return { kind, card, expDate: "1249" };
}
