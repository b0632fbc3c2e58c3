import { proxyActivities, proxyLocalActivities } from "@temporalio/workflow";
import { type Instant, instant, msBetween } from "../../domain/time.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- steps of any arguments
type AnyActivities = Record<keyof any, (...given: any[]) => Promise<any>>;

/** What operators read beside each step. */
export type Summaries<Activities> = Readonly<Record<keyof Activities, string>>;

/**
 * Proxies of an area's steps, by how a step is tried:
 * - `localDb`: a short idempotent step in the database, tried until it is done. Local activities run one at a time:
 *   of two that run side by side, e.g. one in a signal's handler, a replay may give one the other's result
 *   (temporalio sdk-python issues 1578 and 1881, which are of the core that all SDKs share). Hence handlers only note.
 * - `externalBriefly`: a call to the outside, tried three times; the workflow goes on by other means when it fails.
 * - `externalUntil(moment)`: a call to the outside, tried until a moment after which nobody waits for it any more.
 * - `longRead`: reads all of the books, takes as long as there is of them, and goes on soon after a worker's death.
 */
export function proxySteps<Activities extends object>(summaries: Summaries<Activities>) {
  type Steps = ReturnType<typeof proxyActivities<Activities & AnyActivities>> &
    ReturnType<typeof proxyActivities<Activities>>;
  /** One proxy a step, because the summary is an option of the proxy. */
  const described = (proxy: (summary: string) => unknown): Steps => {
    const named = Object.entries<string>(summaries).map(([name, summary]) => {
      return [name, (proxy(summary) as Record<string, unknown>)[name]] as const;
    });
    return Object.fromEntries(named) as Steps;
  };
  return {
    localDb: described((summary) =>
      proxyLocalActivities<AnyActivities>({
        summary,
        startToCloseTimeout: "10s",
        // A wait costs six events: with a minute between tries the books may be away for days.
        retry: { initialInterval: "200ms", maximumInterval: "1m" },
      }),
    ),
    externalBriefly: described((summary) =>
      proxyActivities<AnyActivities>({
        summary,
        startToCloseTimeout: "10s",
        retry: { initialInterval: "500ms", maximumAttempts: 3 },
      }),
    ),
    externalUntil: (moment: Instant) =>
      described((summary) =>
        proxyActivities<AnyActivities>({
          summary,
          startToCloseTimeout: "30s",
          scheduleToCloseTimeout: Math.max(1_000, msBetween(instant(Date.now()), moment)),
          retry: { initialInterval: "1s", maximumInterval: "30s" },
        }),
      ),
    longRead: described((summary) =>
      proxyActivities<AnyActivities>({
        summary,
        startToCloseTimeout: "1 hour",
        heartbeatTimeout: "10s",
        retry: { initialInterval: "500ms", backoffCoefficient: 3, maximumAttempts: 4 },
      }),
    ),
  };
}
