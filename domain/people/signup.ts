import { addMs, type Instant, toMs } from "../time.ts";
import type { ApprovalOutcome } from "./approval.ts";
import type { Customer, StaffRole } from "./customer.ts";

/** The owner's settings for newcomers; read once per signup. */
export interface SignupPolicy {
  readonly autoApprove: boolean;
  /** How long a rejected person has to wait before applying again. */
  readonly reapplyAfterMs: number;
}

/** How a signup can end. */
export type SignupOutcome =
  | { readonly kind: "approved"; readonly subscriptionId: string }
  | { readonly kind: "rejected" }
  | { readonly kind: "captchaFailed" }
  | { readonly kind: "lapsed"; readonly at: "captcha" | "channels" | "approval" }
  | { readonly kind: "alreadyActive" }
  | { readonly kind: "admin" }
  | { readonly kind: "tooEarly"; readonly mayAskAgainAt: Instant }
  | { readonly kind: "silence" };

/** How signup continues for a person who pressed Start. */
export type Entrance =
  | { readonly kind: "captcha" }
  /** An admin approved them, and it has not been booked yet; or they work here. */
  | { readonly kind: "approved" }
  | { readonly kind: "alreadyActive" }
  | { /** One of the shop's people. */ readonly kind: "admin"; readonly role: StaffRole }
  | { readonly kind: "tooEarly"; readonly mayAskAgainAt: Instant }
  | { readonly kind: "silence" };

/**
 * The decision about this person that is not in their own row yet, because the workflow that should
 * have booked it ended too early.
 */
export function unbookedDecision(
  { status, rejectedAt }: Customer,
  decision: ApprovalOutcome | undefined,
): ApprovalOutcome | undefined {
  const isNewcomer = status === "pending" || status === "rejected";
  const isBooked = rejectedAt !== undefined && decision && toMs(decision.at) <= toMs(rejectedAt);
  return isNewcomer && !isBooked && decision?.kind !== "lapsed" ? decision : undefined;
}

/** What else decides how signup continues. */
export interface ArrivalFacts {
  /** An approval waits to be booked. */
  readonly isApproved?: boolean;
  /** One of the shop's people wants access as a customer. */
  readonly asCustomer?: boolean | undefined;
}

/** Decides how signup continues for this person. */
export function entranceFor(
  customer: Customer,
  policy: SignupPolicy,
  now: Instant,
  { isApproved = false, asCustomer = false }: ArrivalFacts = {},
): Entrance {
  if (customer.status === "blocked") return { kind: "silence" };
  const { role } = customer;
  if (role !== "customer") return asCustomer ? { kind: "approved" } : { kind: "admin", role };
  if (isApproved) return { kind: "approved" };
  switch (customer.status) {
    case "active":
      return { kind: "alreadyActive" };
    case "pending":
      return { kind: "captcha" };
    case "rejected": {
      const mayAskAgainAt = addMs(customer.rejectedAt ?? now, policy.reapplyAfterMs);
      return toMs(mayAskAgainAt) > toMs(now)
        ? { kind: "tooEarly", mayAskAgainAt }
        : { kind: "captcha" };
    }
  }
}
