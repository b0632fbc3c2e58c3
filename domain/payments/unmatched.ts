import type { TelegramId } from "../ids.ts";
import type { Money } from "../money.ts";
import type { GatewayName } from "./payment.ts";

export const unmatchedStates = ["open", "given", "ignored", "refunding", "returned"] as const;

/** What an admin decides over money that no order asked for. */
export interface Resolution {
  readonly requestId: string;
  readonly by: TelegramId;
  readonly gateway: GatewayName;
  readonly reference: string;
  readonly what:
    | { readonly kind: "give"; readonly customer: TelegramId }
    | { readonly kind: "refund" }
    | { readonly kind: "ignore"; readonly reason: string };
}

/** An unmatched charge that goes back to whoever paid it. `key` counts it once at the gateway. */
export interface UnmatchedRefund {
  readonly key: string;
  readonly gateway: GatewayName;
  readonly reference: string;
  /** All of the charge, and how much of it was back already. */
  readonly paid: Money;
  readonly returned: Money;
  /** Who paid, where the gateway said so. */
  readonly payer?: TelegramId;
}

/** What the books answer. */
export type Resolved =
  | { readonly kind: "done"; readonly amount: Money }
  /** It is on its way back: nobody else may decide over it meanwhile. */
  | { readonly kind: "refunding"; readonly refund: UnmatchedRefund }
  | { readonly kind: "notAdmin" | "noCustomer" | "notOpen" | "notPossible" };

/** How it ended, as the admin is told. */
export interface UnmatchedResult {
  readonly kind:
    | "done"
    | "returned"
    | "refused"
    | "notAdmin"
    | "noCustomer"
    | "notOpen"
    | "notPossible";
}
