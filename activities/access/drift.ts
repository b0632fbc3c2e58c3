import { findOurs, listAccesses, listAccessesWithTerms } from "../../db/access/accesses.ts";
import { listExternal } from "../../db/access/external-users.ts";
import { findHostFacts } from "../../db/access/hosts.ts";
import { type EntityManager, queriesOf } from "../../db/orm.ts";
import { telegramIdOf } from "../../domain/access/adoption.ts";
import { type DriftAnswer, driftOf } from "../../domain/access/drift.ts";
import { differences } from "../../domain/access/host.ts";
import type { HostId } from "../../domain/ids.ts";
import { instant } from "../../domain/time.ts";
import type { HostTestSteps } from "../../workflows/steps/host-test.ts";
import type { HostDirectory } from "./host-directory.ts";
import { HostFailure, reach } from "./host-reach.ts";

/** What a comparison that changes nothing reads. */
export interface DriftPorts {
  readonly em: EntityManager;
  readonly hosts: Pick<HostDirectory, "get">;
  readonly now: () => Date;
}

/** The activity of comparisons that change nothing. */
export const createDriftActivities = (ports: DriftPorts): Pick<HostTestSteps, "inspectDrift"> => ({
  inspectDrift: (id) => inspect(ports, id),
});

async function inspect({ em, hosts, now }: DriftPorts, id: HostId): Promise<DriftAnswer> {
  const db = queriesOf(em.fork());
  if ((await findHostFacts(db, id)) === undefined) return { kind: "noHost" };
  const host = reach(hosts, id);
  try {
    const { peers: found } = await host.list("withOrigin");
    const { keepsUsers } = await host.traits();
    const listBooked = keepsUsers ? listAccessesWithTerms : listAccesses;
    const booked = await listBooked(db, id, instant(now()));
    const ours = await findOurs(db, id, differences(found, booked).foreign);
    const external = await listExternal(db, id);
    const owners = new Map(
      found.flatMap(({ identity, origin }) => {
        const owner = telegramIdOf({ identity, ...origin });
        return owner === undefined ? [] : [[identity, owner] as const];
      }),
    );
    return driftOf({ found, booked, ours, external, owners });
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    return { kind: "away", trouble: error.message };
  }
}
