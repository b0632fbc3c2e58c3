import { type EntityManager, LockMode, type QueryResult } from "@mikro-orm/postgresql";
import { type Allowance, allowanceAfter } from "../domain/allowance.ts";
import { spanAfter, type TimeGrant } from "../domain/grant.ts";
import type { SubscriptionId } from "../domain/ids.ts";
import type { Currency } from "../domain/money.ts";
import { conversionFactor, type Plan } from "../domain/plan.ts";
import { type Instant, instant } from "../domain/time.ts";
import type { PlanVersions } from "./plan-versions.ts";
import { SubscriptionRow } from "./subscription.ts";

export interface Granted {
  readonly until: Instant;
  readonly plan: string;
  /** How many days were given, or, negative, taken. */
  readonly days: number;
  readonly isNew: boolean;
}

export type Grant = TimeGrant & {
  readonly currency?: Currency;
  readonly step?: string;
  /** By how many days the end moves, where that is not `days`. */
  readonly moves?: number;
};

/** What a grant of time is reckoned from. */
const reckonedFrom = [
  "id",
  "plan",
  "planVersion",
  "deviceLimit",
  "trafficLimitBytes",
  "trafficBaseBytes",
  "paidUntil",
] as const;
export type Standing = Pick<SubscriptionRow, (typeof reckonedFrom)[number]>;

/** Nobody else changes its time before this transaction has ended. */
export async function locked(em: EntityManager, id: SubscriptionId): Promise<Standing> {
  const row: Standing | undefined = await em
    .createQueryBuilder(SubscriptionRow)
    .select([...reckonedFrom])
    .where({ id })
    .setLockMode(LockMode.PESSIMISTIC_WRITE)
    .execute("get");
  if (row === undefined) throw new Error(`subscription ${id} is not in the books`);
  return row;
}

interface Giving {
  readonly row: Standing;
  readonly grant: Grant;
  readonly now: Instant;
}

/** Undefined: time was given for this cause before. */
export async function giveOnce(
  em: EntityManager,
  versions: PlanVersions,
  { row, grant, now }: Giving,
): Promise<Granted | undefined> {
  const { cause, kind, days, moves = days, terms, currency } = grant;
  const planOf = (code: string, version: number | null | undefined) =>
    version ? versions.find(em, code, version) : undefined;
  const had = await planOf(row.plan, row.planVersion);
  const wanted = terms && (await planOf(terms.code, terms.version));
  const factor = wanted && currency ? conversionFactor(had, wanted, currency) : 1;
  const paidUntil = row.paidUntil ? instant(row.paidUntil) : undefined;
  const { from, until } = spanAfter(paidUntil, { days: moves, factor }, now);
  const bought = terms && {
    plan: terms.code,
    planVersion: terms.version,
    deviceLimit: terms.deviceLimit,
  };
  const allowance = kind === "refund" ? {} : await renewedAllowance(em, row, wanted ?? had);
  const after = { ...row, ...bought, ...allowance };
  const { affectedRows } = await em.execute<QueryResult>(
    `with given as (
       insert into grants (cause, subscription_id, kind, days, factor, plan, plan_version, step,
                           granted_from, granted_until, granted_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (cause) do nothing
       returning subscription_id)
     update subscriptions s set paid_until = ?, plan = ?, plan_version = ?, device_limit = ?,
            traffic_limit_bytes = ?, traffic_base_bytes = ?
       from given where s.id = given.subscription_id`,
    [
      cause,
      row.id,
      kind,
      days,
      factor,
      terms?.code ?? null,
      terms?.version ?? null,
      grant.step ?? null,
      from,
      until,
      now,
      until,
      after.plan,
      after.planVersion,
      after.deviceLimit,
      after.trafficLimitBytes,
      after.trafficBaseBytes,
    ],
    "run",
  );
  return affectedRows === 0 ? undefined : { until, plan: after.plan, days, isNew: true };
}

/** Time brings its plan's traffic with it. */
async function renewedAllowance(
  em: EntityManager,
  row: Standing,
  plan: Plan | undefined,
): Promise<Partial<Standing>> {
  const planLimit = plan?.trafficLimitBytes;
  if (planLimit === undefined && !row.trafficLimitBytes) return {};
  const total = await movedBytes(em, row.id);
  const { limitBytes, baseBytes } = allowanceAfter(allowanceOf(row), planLimit, total);
  return { trafficLimitBytes: limitBytes ?? null, trafficBaseBytes: baseBytes };
}

export const allowanceOf = (row: Standing): Allowance => ({
  limitBytes: row.trafficLimitBytes ?? undefined,
  baseBytes: row.trafficBaseBytes,
});

/** All that a subscription's devices have ever moved, those that are gone as well. */
export async function movedBytes(em: EntityManager, id: string): Promise<number> {
  const [row]: { total: string | null }[] = await em.execute(
    `select sum(c.uploaded + c.downloaded) as total
       from traffic_counters c join devices d on d.id = c.device_id where d.subscription_id = ?`,
    [id],
  );
  return Number(row?.total ?? 0);
}
