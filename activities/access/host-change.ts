import type { HostMigrations } from "../../db/access/host-migrations.ts";
import type { ConfiguredHosts } from "../../db/access/configured-hosts.ts";
import type { HostId } from "../../domain/ids.ts";
import type { HostReport } from "../../domain/access/host-report.ts";
import type { HostTestSteps } from "../../workflows/steps/host-test.ts";
import type { HostChangeSteps } from "../../workflows/steps/hosts.ts";

/** The activities of changes of hosts. */
export const createHostChangeActivities = ({
  hosts,
  migrations,
}: {
  readonly hosts: ConfiguredHosts;
  readonly migrations: HostMigrations;
}): HostChangeSteps => ({
  recordHostChange: (request, now) => hosts.changeOnce(request, now),
  moveFromHost: (ref, now) => migrations.takeStep(ref, now),
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
