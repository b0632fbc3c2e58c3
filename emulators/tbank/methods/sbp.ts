import * as z from "zod";
import { paymentIdIn, read } from "../params.ts";
import { qrSvg } from "../qr.ts";
import { Refusal } from "../refusal.ts";
import { isOpen } from "../statuses.ts";
import { answerOn, type Method, requirePayment } from "./method.ts";

const qrParams = z.object({ DataType: z.enum(["PAYLOAD", "IMAGE"]).default("PAYLOAD") });

/** Registers the QR of a payment; the same call twice gives the same one. */
export const getQr: Method = (state, params) => {
  const payment = requirePayment(state, paymentIdIn(params));
  const { DataType } = read(qrParams, params);
  if (!isOpen(payment.status)) throw new Refusal("8", `it is ${payment.status}`);
  const shown = state.showQr(payment);
  const Data = DataType === "IMAGE" ? qrSvg(shown.qr, "QR") : shown.qr;
  return { ...answerOn(shown.payment), Data };
};

const outcome = z.object({
  IsDeadlineExpired: z.boolean().default(false),
  IsRejected: z.boolean().default(false),
});

/** Plays the payer of a QR, for tests. */
export const sbpPayTest: Method = (state, params) => {
  const payment = requirePayment(state, paymentIdIn(params));
  const { IsDeadlineExpired, IsRejected } = read(outcome, params);
  if (IsDeadlineExpired && IsRejected)
    throw new Refusal("1", "only one of the two can be asked for");
  if (payment.qr === undefined) throw new Refusal("8", "call GetQr first");
  if (IsDeadlineExpired) return answerOn(state.form.expire(payment));
  const refused = { kind: "refused", status: "REJECTED", code: "3009" } as const;
  return answerOn(state.form.pay(payment, { kind: "sbp" }, IsRejected ? refused : undefined));
};
