import { Refused } from "../../../gateways/refused.ts";

const invalidArgument = 3;
/** What the SDK throws for a value that cannot be a payload. */
const unconvertible = new Set(["ValueError", "PayloadConverterError"]);
/** PostgreSQL's classes of what is wrong with the data, and with the data beside other data. */
const ofTheData = /^2[23][0-9A-Z]{3}$/u;

/**
 * Whether Temporal or the database is in trouble, so that nothing can be handled now; false: what was handled is
 * itself the trouble, and would be again.
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

export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 500);

/** The gateway did not answer, or said no: Temporal and the database are well. */
export class GatewayFailure extends Error {
  override readonly name = "GatewayFailure";
  readonly isRefusal: boolean;

  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
    this.isRefusal = cause instanceof Refused;
  }
}
