import { sql } from "kysely";
import type { SubscriptionState } from "../../domain/subscription.ts";
import type { Instant } from "../../domain/time.ts";

/** The state of subscription `s` of customer `c` at a moment: `stateAt` of domain/subscription.ts as SQL. */
export const stateAt = (now: Instant) => sql<SubscriptionState>`case
  when s.revoked_at is not null then 'revoked'
  when c.status = 'blocked' then 'blocked'
  when s.paid_until is null then 'expired'
  when ${now}::timestamptz >= s.paid_until + make_interval(secs => s.grace_ms / 1000.0) then 'expired'
  when s.moved_bytes - s.traffic_base_bytes >= s.traffic_limit_bytes then 'exhausted'
  when ${now}::timestamptz < s.paid_until then 'active'
  else 'grace' end`;

/** Whether accesses of subscription `s` of customer `c` may exist on their hosts. */
export const mayConnect = (now: Instant) => sql<boolean>`(${stateAt(now)}) in ('active', 'grace')`;
