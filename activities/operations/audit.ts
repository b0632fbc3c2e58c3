import { log } from "@temporalio/activity";
import { forgetLinks } from "../../db/access/forgotten-links.ts";
import { findSubscription, listSubscriptions } from "../../db/access/subscriptions.ts";
import { type EntityManager, queriesOf } from "../../db/orm.ts";
import { rollUpAllTraffic } from "../../db/access/traffic-months.ts";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import { firstDayKept } from "../../domain/access/traffic-months.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import type { SubscriptionId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import { dayAt } from "../../domain/zone.ts";
import type { AuditResult, OperationsSteps } from "../../workflows/steps/operations.ts";
import { workConcurrently } from "../concurrently.ts";
import { workWithHeartbeats } from "../heartbeat.ts";

/** The subscriptions' workflows in Temporal. */
export interface Calendars {
  /**
   * Running ones, each with the state of its subscription that it last read, if it has read one.
   */
  listRunning(): Promise<ReadonlyMap<SubscriptionId, string | undefined>>;
  /** Starts a calendar; a running one is left as it is. */
  start(ref: SubscriptionRef): Promise<void>;
  /** Makes a calendar read the database again. */
  wake(ref: SubscriptionRef): Promise<void>;
  /** Ends a calendar without a subscription. */
  end(of: SubscriptionId): Promise<void>;
}

const startsAtOnce = 16;

/** What the audit reads, repairs and reports to. */
export interface AuditPorts {
  readonly em: EntityManager;
  readonly calendars: Calendars;
  /** Receives the number of disagreements, for the metric. */
  readonly onAudit: (disagreements: number) => void;
}

/** The activities of the audit's workflow. */
export function createAuditActivities(ports: AuditPorts): Pick<OperationsSteps, "auditBooks"> {
  return {
    auditBooks: (now) => workWithHeartbeats(() => audit(ports, now)),
  };
}

async function audit({ em, calendars, onAudit }: AuditPorts, now: Instant): Promise<AuditResult> {
  const subscriptions = await listSubscriptions(queriesOf(em), now);
  const running = await calendars.listRunning();
  const known = new Set(subscriptions.map(({ id }) => id));
  const withoutCalendar = subscriptions.filter(({ id }) => !running.has(id));
  await workConcurrently(withoutCalendar, startsAtOnce, (ref) => calendars.start(ref));
  // After a wrong clock or a restored database, a calendar would sleep past what is due.
  const withStaleState = subscriptions.filter(
    ({ id, state }) => (running.get(id) ?? state) !== state,
  );
  await workConcurrently(withStaleState, startsAtOnce, (ref) => calendars.wake(ref));
  const withoutSubscription = [...running.keys()].filter((id) => !known.has(id));
  let ended = 0;
  for (const id of withoutSubscription) {
    // A subscription created or revoked just now is in the database: its calendar stays.
    if ((await findSubscription(queriesOf(em), id)) !== undefined) continue;
    await calendars.end(id);
    ended += 1;
  }
  // The repair comes first: a query that fails is retried, and that may take long.
  const found = await new AuditQueries(em).findDisagreements();
  for (const { kind, about, details } of found)
    log.error("the books do not agree", { kind, about, details });
  onAudit(found.length);
  // Last, so that a failure here hides nothing that was found.
  const moved = await rollUpAllTraffic(queriesOf(em.fork()), firstDayKept(dayAt(now, "UTC")));
  if (moved > 0) log.info("old days of traffic are kept as months now", { days: moved });
  const forgotten = await forgetLinks(queriesOf(em.fork()), now);
  if (forgotten > 0) log.info("links that nobody can use are forgotten", { links: forgotten });
  return { disagreements: found.length, revived: withoutCalendar.length, ended };
}
