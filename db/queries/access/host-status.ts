import { workerSource } from "../../../domain/access/host-health.ts";
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

  /** The hosts that have customers or take some, the oldest first: so they keep their numbers. */
  async read(): Promise<PublicStatus> {
    const rows = await queriesOf(this.#em)
      .selectFrom("hosts as h")
      .leftJoin("host_probes as p", (join) =>
        join.onRef("p.hostId", "=", "h.id").on("p.source", "=", workerSource),
      )
      .select(["h.sickSince", "p.verdict", "p.probedAt"])
      .where("h.state", "!=", "closed")
      .orderBy("h.createdAt")
      .orderBy("h.id")
      .execute();
    const checks = rows.flatMap(({ probedAt }) => (probedAt === null ? [] : instant(probedAt)));
    return {
      hosts: rows.map(({ sickSince, verdict }) => {
        if (sickSince !== null) return { state: "down", since: instant(sickSince) };
        const isKnown = verdict !== null && verdict !== "unknown";
        return { state: isKnown ? "works" : "unknown", since: undefined };
      }),
      checkedAt: checks.toSorted().at(-1),
    };
  }
}
