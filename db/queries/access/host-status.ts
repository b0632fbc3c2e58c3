import { workerSource } from "../../../domain/access/host-health.ts";
import type { LocationCode } from "../../../domain/access/location.ts";
import type { PublicHost } from "../../../domain/access/host-status.ts";
import { type Instant, instant } from "../../../domain/time.ts";
import { type EntityManager, queriesOf } from "../../orm.ts";

/** What the public may know of all hosts, and when that was last found out. */
export interface PublicStatus {
  readonly hosts: readonly PublicHost[];
  /** Undefined: never. */
  readonly checkedAt: Instant | undefined;
}

/** Hosts, for everybody. */
export class HostStatusQueries {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * The hosts that have customers or take some, by their locations' order; the oldest first, so that
   * those without a location keep their numbers.
   */
  async read(): Promise<PublicStatus> {
    const rows = await queriesOf(this.#em)
      .selectFrom("hosts as h")
      .leftJoin("host_probes as p", (join) =>
        join.onRef("p.hostId", "=", "h.id").on("p.source", "=", workerSource),
      )
      // A location that is hidden, or only for some, is not for everybody to read about.
      .leftJoin("locations as l", (join) =>
        join
          .onRef("l.id", "=", "h.locationId")
          .on("l.removedAt", "is", null)
          .on("l.hidden", "=", false)
          .on("l.audience", "<>", "named"),
      )
      .leftJoin("host_maintenances as m", "m.id", "h.maintenanceId")
      .select("m.startedAt as maintainedSince")
      .select(["h.sickSince", "p.verdict", "p.probedAt", "l.code", "l.flag", "l.names", "l.sort"])
      .where("h.state", "!=", "closed")
      .orderBy("l.sort")
      .orderBy("h.createdAt")
      .orderBy("h.id")
      .execute();
    const checks = rows.flatMap(({ probedAt }) => (probedAt === null ? [] : instant(probedAt)));
    return {
      hosts: rows.map(({ sickSince, maintainedSince, verdict, code, flag, names }) => {
        const isIn = code !== null && flag !== null && names !== null;
        const place = isIn ? { code: code as LocationCode, flag, names } : undefined;
        if (maintainedSince !== null) {
          return { state: "maintenance", since: instant(maintainedSince), place };
        }
        if (sickSince !== null) return { state: "down", since: instant(sickSince), place };
        const isKnown = verdict !== null && verdict !== "unknown";
        return { state: isKnown ? "works" : "unknown", since: undefined, place };
      }),
      checkedAt: checks.toSorted().at(-1),
    };
  }
}
