import type { HostFinding, HostTrouble } from "../../domain/access/host-report.ts";
import { Refused } from "../refused.ts";

/** A refusal whose cause is known by name. */
export class HostRefused extends Refused {
  readonly trouble: HostTrouble;

  constructor(trouble: HostTrouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
  }
}

/** An outage whose cause is known by name. */
export class HostOutage extends Error {
  override readonly name = "HostOutage";
  readonly trouble: HostTrouble;
  /** What else was found that may be the cause. */
  readonly also: readonly HostFinding[];

  constructor(
    trouble: HostTrouble,
    message: string,
    { also = [], ...options }: ErrorOptions & { readonly also?: readonly HostFinding[] } = {},
  ) {
    super(message, options);
    this.trouble = trouble;
    this.also = also;
  }
}

/** What a failure's words may fill of a report. */
const longestDetails = 500;

/** What is wrong with a host that has failed so, as far as the failure says. */
export function findingsIn(error: unknown): readonly HostFinding[] {
  const details = (error instanceof Error ? error.message : String(error)).slice(0, longestDetails);
  for (let at = error; at instanceof Error; at = at.cause) {
    const { trouble, also = [] } = at as Partial<HostOutage>;
    if (trouble !== undefined) return [{ trouble, details }, ...also];
  }
  return [{ trouble: "other", details }];
}
