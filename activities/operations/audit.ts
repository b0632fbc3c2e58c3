import { log } from "@temporalio/activity";
import { findSubscription, livingSubscriptions } from "../../db/access/subscriptions.ts";
import { type EntityManager, queriesOf } from "../../db/orm.ts";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import type { SubscriptionId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import { concurrently } from "../concurrently.ts";
import { beating } from "../heart.ts";

/** The workflows that serve subscriptions, as Temporal knows them. */
export interface Calendars {
  /** Those that run, each with the state of its subscription that it read last, if it has read one. */
  running(): Promise<ReadonlyMap<SubscriptionId, string | undefined>>;
  /** Begins a calendar; one that runs is left as it is. */
  start(ref: SubscriptionRef): Promise<void>;
  /** Has a calendar read the books again. */
  wake(ref: SubscriptionRef): Promise<void>;
  /** Ends a calendar that has no subscription. */
  end(of: SubscriptionId): Promise<void>;
}

const startsAtOnce = 16;

export interface AuditPorts {
  readonly em: EntityManager;
  readonly calendars: Calendars;
  /** Told how many disagreements were found, for the metric. */
  readonly onAudit: (disagreements: number) => void;
}

export interface Audited {
  readonly disagreements: number;
  readonly revived: number;
  readonly ended: number;
}

export type AuditActivities = ReturnType<typeof createAuditActivities>;

export function createAuditActivities(ports: AuditPorts) {
  return {
    /** Compares the books with themselves, and with the workflows that serve them, which it repairs. */
    auditBooks: (now: Instant): Promise<Audited> => beating(() => audit(ports, now)),
  };
}

async function audit({ em, calendars, onAudit }: AuditPorts, now: Instant): Promise<Audited> {
  const living = await livingSubscriptions(queriesOf(em), now);
  const running = await calendars.running();
  const known = new Set(living.map(({ id }) => id));
  const lost = living.filter(({ id }) => !running.has(id));
  await concurrently(lost, startsAtOnce, (ref) => calendars.start(ref));
  // A clock that was ahead for a while, or books that were restored: it would sleep on beside what is due.
  const astray = living.filter(({ id, state }) => (running.get(id) ?? state) !== state);
  await concurrently(astray, startsAtOnce, (ref) => calendars.wake(ref));
  const stray = [...running.keys()].filter((id) => !known.has(id));
  let ended = 0;
  for (const id of stray) {
    // One that was made meanwhile is in the books by now, and so is one that has just been revoked.
    if ((await findSubscription(queriesOf(em), id)) !== undefined) continue;
    await calendars.end(id);
    ended += 1;
  }
  // The repair does not hang on the questions: one that cannot be answered is asked again, and that may last.
  const found = await new AuditQueries(em).disagreements();
  for (const { kind, about, details } of found)
    log.error("the books do not agree", { kind, about, details });
  onAudit(found.length);
  return { disagreements: found.length, revived: lost.length, ended };
}
