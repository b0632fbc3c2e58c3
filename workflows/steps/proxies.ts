import { proxyActivities, proxyLocalActivities } from "@temporalio/workflow";
import { type Instant, instant, msBetween } from "../../domain/time.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- steps of any arguments
type AnyActivities = Record<keyof any, (...args: any[]) => Promise<any>>;

/**
 * What operators read beside each step in the Temporal UI.
 * A step without a summary does not compile.
 */
export type Summaries<Activities> = Readonly<Record<keyof Activities, string>>;

/**
 * Proxies of an area's steps, by how a step is retried:
 * - `localDb`: a short idempotent step in the database, retried until it succeeds. Local activities
 *   run one at a time: of two that run concurrently, e.g. one in a signal's handler, a replay may
 *   give one the other's result (temporalio sdk-python issues 1578 and 1881, which concern the core
 *   that all SDKs share). Hence handlers only record.
 * - `externalBriefly`: a call to an outside service, tried three times; the workflow has another
 *   way to go on when it fails.
 * - `externalUntil(moment)`: a call to an outside service, retried until its result
 *   is of no use any more.
 * - `longPass`: one call to an outside service for each of many rows, which goes on where it was after
 *   a worker's death. It is given up after an hour of an outage.
 * - `longRead`: reads all of the books, however long that takes, and is taken over soon
 *   after a worker's death.
 */
export function proxySteps<Activities extends object>(summaries: Summaries<Activities>) {
  type Steps = ReturnType<typeof proxyActivities<Activities & AnyActivities>> &
    ReturnType<typeof proxyActivities<Activities>>;
  /** One proxy per step, because the summary is an option of the proxy. */
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
        // A retry costs six events: with a minute between retries the database may be down for
        // days.
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
    longPass: described((summary) =>
      proxyActivities<AnyActivities>({
        summary,
        scheduleToCloseTimeout: "1 hour",
        heartbeatTimeout: "10s",
        retry: { initialInterval: "500ms", maximumInterval: "1m" },
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
