import type { GiveBacks } from "../../db/access/give-backs.ts";
import type { HostMigrations } from "../../db/access/host-migrations.ts";
import type { ConfiguredHosts } from "../../db/access/configured-hosts.ts";
import type { ReadCache } from "../../db/read-cache.ts";
import type { HostId } from "../../domain/ids.ts";
import type { HostReport } from "../../domain/access/host-report.ts";
import type { HostTestSteps } from "../../workflows/steps/host-test.ts";
import type { HostChangeSteps } from "../../workflows/steps/hosts.ts";

/** The activities of changes of hosts. */
export const createHostChangeActivities = ({
  hosts,
  migrations,
  giveBacks,
  cache,
}: {
  readonly hosts: ConfiguredHosts;
  readonly migrations: HostMigrations;
  readonly giveBacks: GiveBacks;
  readonly cache: ReadCache;
}): HostChangeSteps => ({
  recordHostChange: (request, now) => hosts.changeOnce(request, now),
  moveFromHost: (ref, now) => migrations.takeStep(ref, now),
  giveTimeBack: async (ref, woken, now) => {
    const { step, given } = await giveBacks.takeStep(ref, woken, now);
    for (const { telegramId } of given) await cache.forget(telegramId);
    return step;
  },
});

/** Asks hosts what is wrong with them, past the circuit breakers of those in use. */
export interface HostTester {
  /** Undefined: the host does not exist. A host that does not answer is a report, too. */
  test(id: HostId): Promise<HostReport | undefined>;
}

/** The activity of tests of hosts. */
export const createHostTestActivities = (tester: HostTester): Pick<HostTestSteps, "testHost"> => ({
  testHost: (id) => tester.test(id),
});
