import { type AliasableExpression, type ExpressionWrapper, expressionBuilder, sql } from "kysely";
import type { SubscriptionState } from "../../../domain/access/subscription.ts";
import type { Instant } from "../../../domain/time.ts";
import { moment } from "../../expressions.ts";
import type { Schema } from "../../orm.ts";

/** The names under which a query has the tables that rights are computed from. */
interface Rights {
  readonly a: Schema["accesses"];
  readonly c: Schema["customers"];
  readonly s: Schema["subscriptions"];
}

const of = expressionBuilder<Rights, keyof Rights>();

/**
 * A condition whose value is selected, too: a boolean in PostgreSQL,
 * a number in some other databases.
 */
type Condition = ExpressionWrapper<Rights, keyof Rights, boolean>;

/** When the grace of `subscriptions as s` ends. PostgreSQL's intervals have no builder. */
export const endOfGrace = sql<Date | null>`${of.ref("s.paidUntil")} + ${of.ref("s.graceMs")}
  * interval '1 millisecond'`;

/**
 * Whether time is left, also of customers who are blocked or have used up their traffic
 * and may come back.
 */
export const hasTime = (now: Instant): Condition =>
  of
    .and([
      of("s.revokedAt", "is", null),
      of("s.paidUntil", "is not", null),
      of(moment(now), "<", endOfGrace),
    ])
    .$castTo<boolean>();

/** A constant of the statement: as a parameter it would be planned without its value. */
const constant = (state: SubscriptionState) => sql.lit<SubscriptionState>(state);

/** Whether the period of the traffic has ended; null: it has none. */
const periodHasEnded = (now: Instant) => of("s.trafficPeriodEndsAt", "<=", moment(now));

/** Whether the traffic is used up. That of a period which has ended is not, booked or not. */
const isUsedUp = (now: Instant): Condition =>
  of
    .and([
      of(
        of("s.movedBytes", "-", of.ref("s.trafficBaseBytes")),
        ">=",
        of.ref("s.trafficLimitBytes"),
      ),
      of.not(of.fn.coalesce(periodHasEnded(now), sql.lit(false))),
    ])
    .$castTo<boolean>();

/**
 * The state of a subscription, equal to the domain's `stateAt`, as a property test checks. This and
 * the other expressions are over `subscriptions as s` joined with `customers as c`. The moment is
 * always the caller's, never the database's.
 */
export const stateAt = (now: Instant): AliasableExpression<SubscriptionState> =>
  of
    .case()
    .when("s.revokedAt", "is not", null)
    .then(constant("revoked"))
    .when("c.status", "=", sql.lit("blocked"))
    .then(constant("blocked"))
    .when(of.not(hasTime(now)))
    .then(constant("expired"))
    .when("c.suspendedAt", "is not", null)
    .then(constant("suspended"))
    .when(isUsedUp(now))
    .then(constant("exhausted"))
    .when(moment(now), "<", of.ref("s.paidUntil"))
    .then(constant("active"))
    .else(constant("grace"))
    .end();

/** Whether a subscription may connect, equal to the domain's `letsIn`. */
export const mayConnect = (now: Instant): Condition =>
  of(stateAt(now), "in", [constant("active"), constant("grace")]).$castTo<boolean>();

/**
 * Whether a device's own right, `accesses as a`, holds, equal to the domain's `isGoingOn`; its
 * subscription's may be over.
 */
export const isGoingOn = (now: Instant): Condition =>
  of
    .and([
      of("a.pausedAt", "is", null),
      of.or([of("a.endsAt", "is", null), of(moment(now), "<", of.ref("a.endsAt"))]),
    ])
    .$castTo<boolean>();

/** Whether an access may connect, equal to the domain's `mayUse`. */
export const mayUse = (now: Instant): Condition =>
  of.and([mayConnect(now), isGoingOn(now)]).$castTo<boolean>();

/**
 * Whether an access, `accesses as a`, is retired, equal to the domain's `isRetired`: one that its
 * device is moving away from is not yet.
 */
export const isRetired = (now: Instant): Condition =>
  of
    .and([of("a.retiredAt", "is not", null), of("a.retiredAt", "<=", moment(now))])
    .$castTo<boolean>();

/** Whether an access, `accesses as a`, should be on its host now. */
export const isLetIn = (now: Instant): Condition =>
  of.and([of.not(isRetired(now)), mayUse(now)]).$castTo<boolean>();

/** Whether the device of an access, `accesses as a`, has another one that is not retired. */
export const hasOther = (now: Instant): Condition =>
  of
    .and([
      sql<boolean>`exists (select from accesses other
    where other.device_id = ${of.ref("a.deviceId")} and other.id <> ${of.ref("a.id")}
      and (other.retired_at is null or other.retired_at > ${moment(now)}))`,
    ])
    .$castTo<boolean>();

/** Whether an access waits for a host with room. */
export const isWaiting = (now: Instant): Condition =>
  of
    .and([of("a.hostId", "is", null), of("a.retiredAt", "is", null), hasTime(now)])
    .$castTo<boolean>();

/** Whether its host may have it, as far as the database knows. */
export const mayBeThere: Condition = of
  .or([of.ref("a.onHost"), of.ref("a.putBegun")])
  .$castTo<boolean>();

/** Whether it has to be removed from its host, or recorded as gone if it never was there. */
export const mustGo = (now: Instant): Condition =>
  of.or([isRetired(now), of.and([mayBeThere, of.not(mayUse(now))])]).$castTo<boolean>();
