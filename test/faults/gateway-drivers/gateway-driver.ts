import type * as fc from "fast-check";
import type { Money } from "../../../domain/money.ts";
import type { PaymentOrder } from "../../../domain/payments/payment.ts";
import type { Invoice } from "../../../gateways/payments/port.ts";

/** What a person, or the gateway by itself, does with an invoice. Not every gateway lets them. */
export type GatewayAction =
  /** `tenths` of the price; `by` is the gateway's own way to pay. */
  | { readonly kind: "pay"; readonly tenths: number; readonly by: string }
  /** A try to pay that fails. */
  | { readonly kind: "decline"; readonly by: string }
  /** The gateway, or the payer's bank, gives money back and asks nobody. */
  | { readonly kind: "giveBack"; readonly tenths: number }
  /** Somebody pays us what no order asked for. */
  | { readonly kind: "payForNothing" };

/** How an emulator misbehaves: a rule for its control door. */
export type Trouble = Readonly<Record<string, unknown>>;

/** An order, and how its customer was told to pay it. */
export interface ShownInvoice {
  readonly order: PaymentOrder;
  readonly invoice: Invoice;
  /** The bill in the chat, where it is paid there. */
  readonly billMessage?: number | undefined;
}

/** A charge as the gateway itself has it. */
export interface ChargeThere {
  readonly reference: string;
  readonly paid: Money;
  readonly returned: Money;
}

/** What an emulator has to know before it serves. */
export interface Surroundings {
  /** Takes what this gateway announces by itself. */
  readonly webhookUrl: string;
  /** Whose chats and Stars they are. */
  readonly telegramUrl: string;
}

/** A gateway's emulator from outside: its payers, its own will, its records. */
export interface GatewayDriver {
  readonly kind: GatewayDriverKind;
  /** What the product's processes are told, to find it and to prove who speaks. */
  readonly variables: Readonly<Record<string, string>>;
  /** Resolves also when the gateway does not let it happen. */
  do(deed: GatewayAction, shown: ShownInvoice): Promise<void>;
  makeTrouble(trouble: Trouble): Promise<void>;
  /**
   * What was paid for an order, by the gateway's own records. `refunded` names the charge that a refund of ours was
   * of, by the key that we gave the gateway.
   */
  chargesOf(
    order: PaymentOrder,
    refunded: ReadonlyMap<string, string>,
  ): Promise<readonly ChargeThere[]>;
  /** What was paid for nothing. */
  strangers(): Promise<readonly ChargeThere[]>;
  close(): Promise<void>;
}

/** A gateway that histories can be drawn of. */
export interface GatewayDriverKind {
  readonly name: string;
  readonly currencies: readonly Sold[];
  readonly actions: fc.Arbitrary<GatewayAction>;
  readonly troubles: fc.Arbitrary<Trouble>;
  /** How it gives money back when an admin asks: not at all, whole charges, or parts. */
  readonly refunds: "none" | "whole" | "partial";
  open(surroundings: Surroundings): Promise<GatewayDriver>;
}

/** A tenth of what the plan of the histories costs, so that parts of its price are whole. */
export const tenth = { XTR: 25, RUB: 3_000, USDT: 500_000, GRAM: 200_000_000 } as const;
export type Sold = keyof typeof tenth;

/** Parts of a price that are given back: few, so that one sum is often wished for twice. */
export const returnable = [1, 3, 5, 10] as const;
