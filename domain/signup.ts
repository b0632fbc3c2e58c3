import type { Customer } from "./customer.ts";
import { addMs, type Instant, toMs } from "./time.ts";

/** What the owner decided for newcomers; read once per signup. */
export interface SignupPolicy {
  readonly autoApprove: boolean;
  /** 0 = none: access then starts with an admin's extension. May be fractional. */
  readonly trialDays: number;
  /** How long a rejected person waits before asking again. */
  readonly reapplyAfterMs: number;
}

/** How a signup can end. */
export type SignupOutcome =
  | { readonly kind: "approved"; readonly subscriptionId: string }
  | { readonly kind: "rejected" }
  | { readonly kind: "captchaFailed" }
  | { readonly kind: "lapsed"; readonly at: "captcha" | "approval" }
  | { readonly kind: "alreadyActive" }
  | { readonly kind: "admin" }
  | { readonly kind: "tooEarly"; readonly mayAskAgainAt: Instant }
  | { readonly kind: "silence" };

/** Which way a person who pressed Start goes on. */
export type Entrance =
  | { readonly kind: "captcha" }
  | { readonly kind: "alreadyActive" }
  | { readonly kind: "admin" }
  | { readonly kind: "tooEarly"; readonly mayAskAgainAt: Instant }
  | { readonly kind: "silence" };

export function entranceFor(customer: Customer, policy: SignupPolicy, now: Instant): Entrance {
  if (customer.status === "blocked") return { kind: "silence" };
  if (customer.role === "admin") return { kind: "admin" };
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
