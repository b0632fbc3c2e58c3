import type { EntityManager } from "@mikro-orm/postgresql";
import { type Allowance, allowanceAfter } from "../domain/allowance.ts";
import { spanAfter, type TimeGrant } from "../domain/grant.ts";
import type { SubscriptionId } from "../domain/ids.ts";
import type { Currency } from "../domain/money.ts";
import { conversionFactor, type Plan } from "../domain/plan.ts";
import { type Instant, instant } from "../domain/time.ts";
import type { PlanVersions } from "./plan-versions.ts";
import { sql } from "./prepared.ts";
import type { SubscriptionRow } from "./subscription.ts";

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
export type Standing = Pick<
  SubscriptionRow,
  "id" | "plan" | "planVersion" | "deviceLimit" | "trafficLimitBytes" | "trafficBaseBytes"
> & { readonly paidUntil: string | null };

/** Nobody else changes its time before this transaction has ended. */
export async function locked(em: EntityManager, id: SubscriptionId): Promise<Standing> {
  const { rows } = await sql<Standing>`
    select id, plan, plan_version as "planVersion", device_limit as "deviceLimit",
           traffic_limit_bytes::float8 as "trafficLimitBytes",
           traffic_base_bytes::float8 as "trafficBaseBytes", paid_until as "paidUntil"
      from subscriptions where id = ${id} for update
  `.execute(em.getKysely());
  const [row] = rows;
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
  const written = await sql`
    with given as (
      insert into grants (cause, subscription_id, kind, days, factor, plan, plan_version, step,
                          granted_from, granted_until, granted_at)
      values (${cause}, ${row.id}, ${kind}, ${days}, ${factor}, ${terms?.code ?? null},
              ${terms?.version ?? null}, ${grant.step ?? null}, ${from}, ${until}, ${now})
      on conflict (cause) do nothing
      returning subscription_id)
    update subscriptions s
       set paid_until = ${until}, plan = ${after.plan}, plan_version = ${after.planVersion},
           device_limit = ${after.deviceLimit}, traffic_limit_bytes = ${after.trafficLimitBytes},
           traffic_base_bytes = ${after.trafficBaseBytes}
      from given where s.id = given.subscription_id
  `.execute(em.getKysely());
  if (written.numAffectedRows !== 1n) return undefined;
  return { until, plan: after.plan, days, isNew: true };
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

type Metered = Pick<Standing, "trafficLimitBytes" | "trafficBaseBytes">;

export const allowanceOf = (row: Metered): Allowance => ({
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
