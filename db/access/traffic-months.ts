import type { Day } from "../../domain/zone.ts";
import type { Queries } from "../orm.ts";
import { sql } from "../prepared.ts";

/** Days per statement: milliseconds of the database. */
const daysAtOnce = 5_000;

/**
 * Moves the traffic of at most `atMost` days of devices that lie before `before` into their months,
 * the oldest first. A day is removed by the statement that adds it to its month, so that a sum of
 * both is the same before and after, and a repeat adds nothing.
 * @returns how many were moved: fewer than `atMost` when none is left.
 */
export async function rollUpTraffic(
  db: Queries,
  before: Day,
  atMost: number = daysAtOnce,
): Promise<number> {
  // One statement over the rows that another one has removed: `ctid` and `returning` into an
  // insertion with an aliased table have no builder.
  const { rows } = await sql<{ moved: number }>`
    with gone as (
      delete from traffic_daily
       where ctid = any(array(select ctid from traffic_daily where day < ${before}::date
                               order by day limit ${atMost} for update))
      returning device_id, date_trunc('month', day)::date as month, host_id, uploaded, downloaded),
    added as (
      insert into traffic_months as m (device_id, month, host_id, uploaded, downloaded)
      select device_id, month, host_id, sum(uploaded), sum(downloaded)
        from gone group by device_id, month, host_id
      on conflict (device_id, month, host_id) do update set
        uploaded = m.uploaded + excluded.uploaded, downloaded = m.downloaded + excluded.downloaded)
    select count(*) as moved from gone`.execute(db);
  return rows[0]?.moved ?? 0;
}

/** Moves all days before `before`, part by part; `checkpoint` is called between parts. */
export async function rollUpAllTraffic(
  db: Queries,
  before: Day,
  checkpoint: () => void = () => undefined,
): Promise<number> {
  for (let all = 0; ;) {
    checkpoint();
    const moved = await rollUpTraffic(db, before);
    all += moved;
    if (moved < daysAtOnce) return all;
  }
}
