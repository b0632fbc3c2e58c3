import type { TelegramId } from "../ids.ts";
import type { Money } from "../money.ts";
import type { GatewayName } from "./payment.ts";

/** `open` waits for a decision, `refunding` for the gateway; the others are final. */
export const unmatchedStates = ["open", "given", "ignored", "refunding", "returned"] as const;

/** What an admin decides about an unmatched payment. */
export interface Resolution {
  readonly requestId: string;
  readonly by: TelegramId;
  readonly gateway: GatewayName;
  readonly reference: string;
  readonly what:
    | { readonly kind: "give"; readonly customer: TelegramId }
    | { readonly kind: "refund" }
    | { readonly kind: "ignore"; readonly reason: string };
  /** The message that asked whether to do it, which becomes the answer; undefined: a command. */
  readonly shownIn?: number;
}

/** The state of an unmatched payment after each decision. */
export const stateAfterDecision = {
  give: "given",
  refund: "refunding",
  ignore: "ignored",
} as const satisfies Record<Resolution["what"]["kind"], (typeof unmatchedStates)[number]>;

/** An unmatched payment that is refunded to its payer. `key` makes it count once at the gateway. */
export interface UnmatchedRefund {
  readonly key: string;
  readonly gateway: GatewayName;
  readonly reference: string;
  /** The whole charge, and how much of it was returned before. */
  readonly paid: Money;
  readonly returned: Money;
  /** Who paid, where the gateway said so. */
  readonly payer?: TelegramId;
}

/** The outcome of a decision in the books. */
export type ResolutionResult =
  | { readonly kind: "done"; readonly amount: Money }
  /** Its refund is under way: nobody else may decide about it meanwhile. */
  | { readonly kind: "refunding"; readonly refund: UnmatchedRefund }
  | { readonly kind: "notAdmin" | "noCustomer" | "notOpen" | "notPossible" };

/** How it ended, as the admin is notified. */
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

/** An unmatched payment after a decision, as the admin is told of it. */
export interface ResolvedCharge {
  readonly gateway: GatewayName;
  readonly amount: Money;
  /** Whose balance it is on now, and how much that balance is. */
  readonly given?: {
    readonly customer: TelegramId;
    readonly name: string;
    readonly balance: Money;
  };
  /** Why it is ignored. */
  readonly reason?: string;
}

/** What an admin is told of a decision: how it ended, or that the gateway is asked to return it. */
export type ResolutionAnswer = UnmatchedResult["kind"] | "underWay";
