import {
  healthOf,
  judgeProbe,
  type ProbeOutcome,
  type SourceReport,
  untried,
} from "../../domain/access/host-health.ts";
import type { HostId } from "../../domain/ids.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { notify } from "../notifications.ts";
import type { Queries } from "../orm.ts";
import { notifyAdmins } from "../people/admin-notices.ts";
import { tellSickness, tellRecovery } from "./host-sickness.ts";

/** What one round of probes found, from each place that could try. */
export interface ProbeRound {
  readonly hostId: HostId;
  readonly outcomes: ReadonlyMap<string, ProbeOutcome>;
  readonly now: Instant;
}

/** When a place last tried a host; undefined: never. */
export async function findLastProbe(
  db: Queries,
  hostId: HostId,
  source: string,
): Promise<Instant | undefined> {
  const row = await db
    .selectFrom("host_probes")
    .select("probedAt")
    .where("hostId", "=", hostId as string)
    .where("source", "=", source)
    .executeTakeFirst();
  return row && instant(row.probedAt);
}

/**
 * Records a round, and what follows from it: the host becomes sick or well, or is blocked from some
 * place, and whom that concerns is told once. Call it in a transaction. Rounds of one host are
 * ordered by its row.
 */
export async function recordRound(db: Queries, round: ProbeRound): Promise<void> {
  const { hostId, outcomes, now } = round;
  const host = await db
    .selectFrom("hosts")
    .select(["name", "sickSince", "maintenanceId"])
    .where("id", "=", hostId as string)
    .where("state", "!=", "closed")
    .forUpdate()
    .executeTakeFirst();
  if (host === undefined) return;
  for (const [source, outcome] of outcomes)
    await recordOutcome(db, { hostId, now, source, outcome });
  // Who works on a host knows that it does not work; what is so afterwards is found afterwards.
  if (host.maintenanceId !== null) return;
  const rows = await db
    .selectFrom("host_probes")
    .select(["source", "verdict", "probedAt", "blockedSince", "trouble"])
    .where("hostId", "=", hostId as string)
    .orderBy("source")
    .execute();
  const reports = rows.map((row): SourceReport => ({ ...row, probedAt: instant(row.probedAt) }));
  const { verdict, blockedFrom } = healthOf(reports, now);
  const known = { id: hostId, name: host.name, now };
  if (verdict === "well") await recordBlocked(db, known, { rows, blockedFrom });
  const trouble = rows.find(({ verdict: found }) => found === "sick")?.trouble ?? "";
  if (verdict === "sick" && host.sickSince === null) await becomeSick(db, known, trouble);
  if (verdict === "well" && host.sickSince !== null)
    await becomeWell(db, known, instant(host.sickSince));
}

interface KnownHost {
  readonly id: HostId;
  readonly name: string;
  readonly now: Instant;
}

/** What fills a cell of a table, and a message. */
const longestTrouble = 300;

async function recordOutcome(
  db: Queries,
  {
    hostId,
    now,
    source,
    outcome,
  }: Omit<ProbeRound, "outcomes"> & { readonly source: string; readonly outcome: ProbeOutcome },
): Promise<void> {
  const row = await db
    .selectFrom("host_probes")
    .select(["verdict", "since", "against"])
    .where("hostId", "=", hostId as string)
    .where("source", "=", source)
    .executeTakeFirst();
  const before = row && { ...row, since: row.since === null ? undefined : instant(row.since) };
  const { verdict, since, against } = judgeProbe(before ?? untried, outcome.isWell, now);
  const found = {
    verdict,
    since: since === undefined ? null : new Date(since),
    against,
    probedAt: new Date(now),
    latencyMs: outcome.isWell ? Math.round(outcome.latencyMs) : null,
    trouble: outcome.finding?.details.slice(0, longestTrouble) ?? null,
  };
  await db
    .insertInto("host_probes")
    .values({ hostId: hostId as string, source, ...found })
    .onConflict((it) => it.columns(["hostId", "source"]).doUpdateSet(found))
    .execute();
}

interface Blocking {
  readonly rows: readonly {
    readonly source: string;
    readonly blockedSince: Date | null;
    readonly trouble: string | null;
  }[];
  readonly blockedFrom: readonly string[];
}

/** Admins are told once of each place from which a host that works is not reached. */
async function recordBlocked(
  db: Queries,
  { id, name: host, now }: KnownHost,
  { rows, blockedFrom }: Blocking,
): Promise<void> {
  for (const { source, blockedSince, trouble } of rows) {
    const isBlocked = blockedFrom.includes(source);
    if (isBlocked === (blockedSince !== null)) continue;
    await db
      .updateTable("host_probes")
      .set({ blockedSince: isBlocked ? new Date(now) : null })
      .where("hostId", "=", id as string)
      .where("source", "=", source)
      .execute();
    const key = `host-${isBlocked ? "blocked" : "unblocked"}/${id}/${source}/${now}`;
    await notifyAdmins(
      db,
      key,
      isBlocked
        ? { kind: "hostBlocked", host, source, trouble: trouble ?? "" }
        : { kind: "hostUnblocked", host, source },
    );
  }
}

async function becomeSick(
  db: Queries,
  { id, name: host, now }: KnownHost,
  trouble: string,
): Promise<void> {
  await db
    .updateTable("hosts")
    .set({ sickSince: new Date(now) })
    .where("id", "=", id as string)
    .execute();
  await notifyAdmins(db, `host-sick/${id}/${now}`, { kind: "hostSick", host, trouble });
  await tellSickness(db, id, now);
}

async function becomeWell(
  db: Queries,
  { id, name: host, now }: KnownHost,
  since: Instant,
): Promise<void> {
  await db
    .updateTable("hosts")
    .set({ sickSince: null })
    .where("id", "=", id as string)
    .execute();
  await notifyAdmins(db, `host-well/${id}/${now}`, { kind: "hostWell", host });
  await tellRecovery(db, id, since);
  // Who waits for a host with room may have this one now.
  await notify(db, "hosts", id);
}
