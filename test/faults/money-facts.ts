import { randomUUID } from "node:crypto";
import { money } from "../../domain/money.ts";
import { gatewayName, type PaymentId } from "../../domain/payments/payment.ts";
import { instant } from "../../domain/time.ts";
import type { Person } from "../drivers/person.ts";
import { ask } from "./gateway-drivers/control.ts";

export const price = money(3_500_000, "USDT");
export const gateway = gatewayName("cryptobot");
/** The largest refund that needs no approval by an admin. */
export const approvalAbove = money(3_000_000, "USDT");

/** A customer and their payment. */
export interface Payer {
  readonly person: Person;
  /** Begins with the person's number, so that a step that names the payment names the person. */
  readonly id: PaymentId;
}

/** A gateway's report of a charge that was just paid. */
export const paid = (reference: string, amount = price) =>
  ({ kind: "paid", reference, paid: amount, at: instant(new Date()) }) as const;

/** A new payment id that begins with a person's number, which must have eight digits. */
export const paymentIdOf = (person: number): PaymentId =>
  `${person}-0000-7000-8000-${randomUUID().slice(-12)}` as PaymentId;

/** Pays an invoice at the emulated CryptoBot. */
export async function payAtGateway(url: string, reference: string): Promise<void> {
  await ask(`${url}/control/pay`, { invoice_id: Number(reference) });
}
