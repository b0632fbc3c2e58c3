import { type Verdict, workerSource } from "../../../domain/access/host-health.ts";
import type { LocationCode } from "../../../domain/access/location.ts";
import type {
  HostMigrationKind,
  HostMigrationState,
} from "../../../domain/access/host-migration.ts";
import { type HostId, hostId } from "../../../domain/ids.ts";
import { type Instant, instant } from "../../../domain/time.ts";
import { countAll, countWhere, rowsAsArray } from "../../expressions.ts";
import { type EntityManager, queriesOf } from "../../orm.ts";
import { hasTime, isLetIn, isRetired } from "./access-rights.ts";

/** A host as admins and operators see it: no setting that could be a secret. */
export interface HostDetails {
  readonly id: HostId;
  readonly name: string;
  readonly kind: string;
  /** `open`: it takes new devices; `draining`: it keeps those that it has. */
  readonly state: "open" | "draining";
  /** Where customers reach it, or a panel's URL; undefined: no worker has read its settings yet. */
  readonly endpoint: string | undefined;
  /** Undefined: its devices have no addresses. */
  readonly network: string | undefined;
  /** Undefined: it is in no location. */
  readonly location: LocationCode | undefined;
  /** IPv6; undefined: its devices have no address of it. */
  readonly network6: string | undefined;
  readonly capacity: number;
  readonly weight: number;
  /** Devices that have time: they count against the capacity. */
  readonly living: number;
  /** Of these, devices that may connect now. */
  readonly letIn: number;
  /** Devices without time that keep their place. */
  readonly left: number;
  /** Accesses that it refuses. */
  readonly refused: number;
  /** When it was last compared with the books. */
  readonly seenAt: Instant | undefined;
  readonly awaySince: Instant | undefined;
  /** Why it does not answer. */
  readonly trouble: string | undefined;
  /** Since when customers' traffic does not get there. */
  readonly sickSince: Instant | undefined;
  /** It is worked on, and its customers know. */
  readonly isMaintained: boolean;
  /** What each place that probes it last found, the worker first. */
  readonly probes: readonly ProbeDetails[];
  readonly addedAt: Instant;
}

/** A host's last migration; numbers are of devices. */
export interface MigrationDetails {
  readonly id: string;
  readonly kind: HostMigrationKind;
  readonly state: HostMigrationState;
  readonly ratePerMinute: number;
  readonly moved: number;
  /** Of these, such as the new host has. */
  readonly arrived: number;
  /** Still on the host, and not moved. */
  readonly left: number;
  /** Since when no other host has room. */
  readonly waitingSince: Instant | undefined;
  readonly startedAt: Instant;
}

/** What one place last found of a host. */
export interface ProbeDetails {
  readonly source: string;
  readonly verdict: Verdict;
  /** Undefined: the last try was not answered. */
  readonly latencyMs: number | undefined;
  readonly trouble: string | undefined;
  readonly probedAt: Instant;
}

/** Hosts, for display. */
export class HostQueries {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** The last migration of a host; undefined: there was none. */
  async findMigration(of: HostId): Promise<MigrationDetails | undefined> {
    const row = await queriesOf(this.#em)
      .selectFrom("host_migrations as m")
      .select(["m.id", "m.kind", "m.state", "m.ratePerMinute", "m.waitingSince", "m.startedAt"])
      .select((it) => [
        it
          .selectFrom("accesses as a")
          .select(countAll.as("count"))
          .whereRef("a.migrationId", "=", "m.id")
          .as("moved"),
        it
          .selectFrom("accesses as a")
          .select(countAll.as("count"))
          .whereRef("a.migrationId", "=", "m.id")
          .where("a.givenAt", "is not", null)
          .as("arrived"),
        it
          .selectFrom("accesses as a")
          .select(countAll.as("count"))
          .whereRef("a.hostId", "=", "m.hostId")
          .where("a.removedAt", "is", null)
          .where("a.retiredAt", "is", null)
          .as("left"),
      ])
      .where("m.hostId", "=", of as string)
      .orderBy("m.startedAt", "desc")
      .limit(1)
      .executeTakeFirst();
    return (
      row && {
        id: row.id,
        kind: row.kind,
        state: row.state,
        ratePerMinute: row.ratePerMinute,
        moved: row.moved ?? 0,
        arrived: row.arrived ?? 0,
        left: row.left ?? 0,
        waitingSince: row.waitingSince === null ? undefined : instant(row.waitingSince),
        startedAt: instant(row.startedAt),
      }
    );
  }

  /** All hosts that are not removed, by name. */
  async list(now: Instant): Promise<HostDetails[]> {
    const rows = await queriesOf(this.#em)
      .selectFrom("hosts as h")
      .leftJoinLateral(
        (of) =>
          of
            .selectFrom("accesses as a")
            .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
            .innerJoin("customers as c", "c.id", "s.customerId")
            .select((it) => [
              countAll.as("all"),
              countWhere(it.and([it.not(isRetired(now)), hasTime(now)])).as("living"),
              countWhere(isLetIn(now)).as("letIn"),
              countWhere(
                it.and([it("a.retiredAt", "is", null), it("a.refusal", "is not", null)]),
              ).as("refused"),
            ])
            .whereRef("a.hostId", "=", "h.id")
            .where("a.removedAt", "is", null)
            .as("n"),
        (join) => join.onTrue(),
      )
      .leftJoin("locations as l", "l.id", "h.locationId")
      .select("l.code as location")
      .select(["h.id", "h.name", "h.kind", "h.state", "h.endpoint", "h.network"])
      .select([
        "h.network6",
        "h.capacity",
        "h.weight",
        "h.seenAt",
        "h.awaySince",
        "h.trouble",
        "h.createdAt",
      ])
      .select(["h.sickSince", "h.maintenanceId"])
      .select((of) =>
        rowsAsArray(
          of
            .selectFrom("host_probes as p")
            .select(["p.source", "p.verdict", "p.latencyMs as latencyMs", "p.trouble"])
            .select("p.probedAt as probedAt")
            .whereRef("p.hostId", "=", "h.id")
            .orderBy((it) => it("p.source", "=", workerSource), "desc")
            .orderBy("p.source"),
        ).as("probes"),
      )
      .select(["n.all", "n.living", "n.letIn", "n.refused"])
      .where("h.state", "!=", "closed")
      .orderBy("h.name")
      .execute();
    return rows.map((row) => ({
      id: hostId(row.id),
      name: row.name,
      kind: row.kind,
      state: row.state === "open" ? "open" : "draining",
      endpoint: row.endpoint ?? undefined,
      network: row.network ?? undefined,
      location: (row.location ?? undefined) as LocationCode | undefined,
      network6: row.network6 ?? undefined,
      capacity: row.capacity,
      weight: row.weight,
      living: row.living ?? 0,
      letIn: row.letIn ?? 0,
      left: (row.all ?? 0) - (row.living ?? 0),
      refused: row.refused ?? 0,
      seenAt: row.seenAt === null ? undefined : instant(row.seenAt),
      awaySince: row.awaySince === null ? undefined : instant(row.awaySince),
      trouble: row.trouble ?? undefined,
      sickSince: row.sickSince === null ? undefined : instant(row.sickSince),
      isMaintained: row.maintenanceId !== null,
      probes: row.probes.map(({ latencyMs, trouble, probedAt, ...probe }) => ({
        ...probe,
        latencyMs: latencyMs ?? undefined,
        trouble: trouble ?? undefined,
        probedAt: instant(probedAt),
      })),
      addedAt: instant(row.createdAt),
    }));
  }
}
