import type { SubscriptionState } from "../../../domain/access/subscription.ts";
import type { Instant } from "../../../domain/time.ts";
import { sql } from "../../prepared.ts";

/**
 * Whether time is left, also of customers who are blocked or have used up their
 * traffic and may come back.
 */
export const hasTime = (now: Instant) =>
  sql<boolean>`(s.revoked_at is null and s.paid_until is not null
  and ${now}::timestamptz < s.paid_until + s.grace_ms * interval '1 millisecond')`;

/**
 * The state of a subscription, equal to the domain's `stateAt`, as a property test checks. This and
 * the other expressions are over `subscriptions as s` joined with `customers as c`. The moment is
 * always the caller's, never the database's.
 */
export const stateAt = (now: Instant) => sql<SubscriptionState>`case
  when s.revoked_at is not null then 'revoked'
  when c.status = 'blocked' then 'blocked'
  when not ${hasTime(now)} then 'expired'
  when s.moved_bytes - s.traffic_base_bytes >= s.traffic_limit_bytes then 'exhausted'
  when ${now}::timestamptz < s.paid_until then 'active'
  else 'grace' end`;

/** Whether a subscription may connect, equal to the domain's `letsIn`. */
export const mayConnect = (now: Instant) => sql<boolean>`${stateAt(now)} in ('active', 'grace')`;

/** Whether an access, `accesses as a`, should be on its host now. */
export const isLetIn = (now: Instant) =>
  sql<boolean>`(a.retired_at is null and ${mayConnect(now)})`;

/** Whether an access waits for a host with room. */
export const isWaiting = (now: Instant) =>
  sql<boolean>`(a.host_id is null and a.retired_at is null and ${hasTime(now)})`;

/** Whether its host may have it, as far as the database knows. */
export const mayBeThere = sql<boolean>`(a.on_host or a.put_begun)`;

/** Whether it has to be removed from its host, or recorded as gone if it never was there. */
export const mustGo = (now: Instant) =>
  sql<boolean>`(a.retired_at is not null or ${mayBeThere} and not ${mayConnect(now)})`;
