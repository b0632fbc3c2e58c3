import { type Money, money } from "../../../domain/money.ts";
import type { GatewayReport } from "../../../domain/payments/payment.ts";
import type { Instant } from "../../../domain/time.ts";

/**
 * The text whose SHA-256 is T-Bank's token: the root's scalars and the password, in the order of
 * their names. `nulls`: whether an absent value is left out, or written as `null`.
 */
export function signedText(
  fields: Readonly<Record<string, unknown>>,
  password: string,
  nulls: "leftOut" | "written" = "leftOut",
): string {
  const scalars = Object.entries(fields).filter(
    ([name, value]) =>
      name !== "Token" &&
      (/^(?:string|number|boolean)$/u.test(typeof value) ||
        (value === null && nulls === "written")),
  );
  return [...scalars, ["Password", password] as const]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, value]) => String(value))
    .join("");
}

/**
 * What T-Bank sent, without what charges a card: an event is kept, and travels in payloads. The
 * place stays visible.
 */
export const withoutRebillId = (text: string): string =>
  text.replace(/("RebillId"\s*:\s*)(?:"[^"]*"|\d+)/gu, '$1"(secret)"');

/** A payment as T-Bank describes it; `amount` is in kopecks. */
export interface TBankState {
  readonly paymentId: string;
  readonly status: string;
  readonly amount: Money;
  readonly at: Instant;
}

/**
 * Whether nothing has happened yet: the form exists, or a person looks at it. All other statuses
 * report an attempt to pay, or money.
 */
export const isUntouched = (status: string): boolean =>
  status === "NEW" || status === "FORM_SHOWED";

const moneyStatuses = new Set([
  "AUTHORIZED",
  "CONFIRMING",
  "CONFIRMED",
  "REFUNDING",
  "ASYNC_REFUNDING",
  "PARTIAL_REFUNDED",
  "REFUNDED",
]);

/** Whether money is held or was taken, so that nobody is asked for it again. */
export const hasMoney = (status: string): boolean => moneyStatuses.has(status);

/**
 * What a status means. `price` is the payment's amount; in one stage exactly that is taken. Without
 * it a refund is reported as progress only: T-Bank's own amount is then what is left, and what was
 * taken is unknown.
 */
export function tbankReports(state: TBankState, price?: Money): readonly GatewayReport[] {
  const { status, paymentId: reference, amount, at } = state;
  const invoiceReference = reference;
  switch (status) {
    case "CONFIRMED":
      return [{ kind: "paid", reference, paid: amount, at }];
    // A person may try again on the same form until its link expires.
    case "REJECTED":
    case "AUTH_FAIL":
      return [{ kind: "declined", final: false, reason: status, invoiceReference }];
    case "CANCELED":
    case "REVERSED":
    case "DEADLINE_EXPIRED":
    case "ATTEMPTS_EXPIRED":
      return [{ kind: "declined", final: true, reason: status, invoiceReference }];
    case "REFUNDED":
    case "PARTIAL_REFUNDED":
      return price === undefined ? [{ kind: "progress", status }] : refundReports(state, price);
    // Also AUTHORIZED: in one stage the money is ours only when it is CONFIRMED.
    default:
      return [{ kind: "progress", status }];
  }
}

/** What was refunded had been paid, which may not have been reported. */
function refundReports({ status, paymentId: reference, amount, at }: TBankState, price: Money) {
  const paid = { kind: "paid", reference, paid: price, at } as const;
  const total = returnedOf(status, amount, price);
  if (total === undefined) return [paid, { kind: "progress", status } as const];
  return [paid, { kind: "refunded", reference, returned: total } as const];
}

/**
 * How much of a payment of `price` was refunded; undefined where T-Bank does not say. After a
 * partial refund its amount is taken as what is left: T-Bank calls it the current sum, but that
 * this holds for refunds is unverified, so an amount that cannot be a rest proves nothing.
 */
export function returnedOf(status: string, amount: Money, price: Money): Money | undefined {
  if (status === "CONFIRMED") return money(0, price.currency);
  if (status === "REFUNDED") return price;
  if (status !== "PARTIAL_REFUNDED") return undefined;
  const isRest = amount.minor > 0 && amount.minor < price.minor;
  return isRest ? money(price.minor - amount.minor, price.currency) : undefined;
}
