import type * as fc from "fast-check";
import type { Money } from "../../../domain/money.ts";
import type { PaymentOrder } from "../../../domain/payments/payment.ts";
import type { Invoice } from "../../../gateways/payments/port.ts";

/** What a person, or the gateway itself, does with an invoice. Not every gateway supports each. */
export type GatewayAction =
  /** Pays tenths of the price; `by` is a payment method of the gateway. */
  | { readonly kind: "pay"; readonly tenths: number; readonly by: string }
  /** An attempt to pay that fails. */
  | { readonly kind: "decline"; readonly by: string }
  /** The gateway, or the payer's bank, refunds without asking us. */
  | { readonly kind: "giveBack"; readonly tenths: number }
  /** The gateway charges a subscription again, without asking us. */
  | { readonly kind: "renew" }
  /** The bank, or its customer, changes the card that was saved with the order. */
  | { readonly kind: "card"; readonly is: "good" | "poor" | "removed" }
  /** Somebody pays us without an order. */
  | { readonly kind: "payForNothing" };

/** A fault of an emulator: the body of a control request. */
export type Trouble = Readonly<Record<string, unknown>>;

/** An order and the invoice that its customer received. */
export interface ShownInvoice {
  readonly order: PaymentOrder;
  readonly invoice: Invoice;
}

/** A charge by the gateway's own records. */
export interface GatewayCharge {
  readonly reference: string;
  readonly paid: Money;
  readonly returned: Money;
}

/** What an emulator needs to start. */
export interface DriverOptions {
  /** Receives this gateway's webhooks. */
  readonly webhookUrl: string;
  /** The Telegram emulator, for Stars. */
  readonly telegramUrl: string;
}

/** Drives a gateway's emulator: acts as its payers and as the gateway, and reads its records. */
export interface GatewayDriver {
  readonly kind: GatewayDriverKind;
  /** Variables with which the product's processes reach it and verify its webhooks. */
  readonly variables: Readonly<Record<string, string>>;
  /** Performs an action; resolves also when the gateway does not allow it. */
  perform(action: GatewayAction, shown: ShownInvoice): Promise<void>;
  /** Makes the emulator misbehave. */
  makeTrouble(trouble: Trouble): Promise<void>;
  /**
   * The charges of an order, by the gateway's own records. `refunded` maps the key that we gave the
   * gateway for a refund to the reference of the refunded charge.
   */
  chargesOf(
    order: PaymentOrder,
    refunded: ReadonlyMap<string, string>,
  ): Promise<readonly GatewayCharge[]>;
  /** The charges that belong to no order. */
  unmatched(): Promise<readonly GatewayCharge[]>;
  close(): Promise<void>;
}

/** A gateway for which histories can be drawn. */
export interface GatewayDriverKind {
  readonly name: string;
  readonly currencies: readonly SoldCurrency[];
  readonly actions: fc.Arbitrary<GatewayAction>;
  readonly troubles: fc.Arbitrary<Trouble>;
  /** What it can refund: nothing, whole charges, or parts. */
  readonly refunds: "none" | "whole" | "partial";
  /**
   * Its orders can begin subscriptions. `byGateway`: it charges them again by itself.
   * `byCalendar`: it saves the card, which our calendar charges.
   */
  readonly subscribes?: "byGateway" | "byCalendar";
  open(options: DriverOptions): Promise<GatewayDriver>;
}

/** A tenth of the month's price, in minor units, so that parts of the price are whole numbers. */
export const tenth = { XTR: 25, RUB: 3_000, USDT: 500_000, GRAM: 200_000_000 } as const;
/** A currency in which the plans have a price. */
export type SoldCurrency = keyof typeof tenth;

/** Tenths of a price that are refunded: few values, so that one sum is often requested twice. */
export const returnable = [1, 3, 5, 10] as const;
