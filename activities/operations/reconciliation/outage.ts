import { Refused } from "../../../gateways/refused.ts";

const invalidArgument = 3;
/** The SDK's errors for a value that cannot be a payload. */
const unconvertible = new Set(["ValueError", "PayloadConverterError"]);
/** PostgreSQL's error classes for invalid data (22) and violated constraints (23). */
const ofTheData = /^2[23][0-9A-Z]{3}$/u;

/**
 * Whether Temporal or the database is in trouble, so that nothing can be handled now. False: the
 * handled item is the cause, and would fail again.
 */
export function isOutage(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one instanceof Refused || one instanceof RangeError || one instanceof TypeError)
      return false;
    if (unconvertible.has(one.name)) return false;
    const { code } = one as { readonly code?: unknown };
    if (code === invalidArgument) return false;
    if (typeof code === "string" && ofTheData.test(code)) return false;
  }
  return true;
}

/** An error's message, truncated to 500 characters. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 500);

/** The gateway did not answer, or refused; Temporal and the database are not the cause. */
export class GatewayFailure extends Error {
  override readonly name = "GatewayFailure";
  readonly isRefusal: boolean;

  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
    this.isRefusal = cause instanceof Refused;
  }
}
