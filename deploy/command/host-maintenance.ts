import type { EntityManager } from "../../db/orm.ts";
import type { HostDetails } from "../../db/queries/access/hosts.ts";
import { MaintenanceQueries } from "../../db/queries/access/maintenances.ts";
import type { HostChange } from "../../domain/access/host-change.ts";
import { instant } from "../../domain/time.ts";
import { giveBackLines } from "./host-lines.ts";
import type { MaintenanceCommand } from "./maintenance-arguments.ts";
import { complain, print } from "./output.ts";

/** What a command about maintenance works with. */
interface MaintainPorts {
  readonly all: readonly HostDetails[];
  /** @returns the exit code. */
  readonly change: (name: string, change: HostChange) => Promise<number>;
}

/** Begins or ends the maintenance of one host or of all, or gives back what it has cost. */
export async function maintain(
  em: EntityManager,
  command: MaintenanceCommand,
  { all, change }: MaintainPorts,
): Promise<number> {
  const meant = command.name === undefined ? all : all.filter(({ name }) => name === command.name);
  if (command.name !== undefined && meant.length === 0) {
    return complain(`there is no host "${command.name}": hosts list has them`);
  }
  const chosen = await choose(em, command, meant);
  if (chosen.length === 0) return complain(nothingTo[command.act.kind]);
  let code = 0;
  for (const host of chosen) {
    code = Math.max(code, await maintainOne(em, command, { host, change }));
  }
  return code;
}

/** What is said where `--all` means none. */
const nothingTo: Readonly<Record<MaintenanceCommand["act"]["kind"], string>> = {
  begin: "there are no hosts",
  end: "no host is in maintenance",
  giveBack: "there is no maintenance that is over and whose time has not been given back",
};

/** With `--all` those hosts of which there is something to end, or to give back. */
async function choose(
  em: EntityManager,
  { act, name }: MaintenanceCommand,
  meant: readonly HostDetails[],
): Promise<readonly HostDetails[]> {
  if (name !== undefined || act.kind === "begin") return meant;
  if (act.kind === "end") return meant.filter(({ isMaintained }) => isMaintained);
  const now = instant(new Date());
  const queries = new MaintenanceQueries(em);
  const found = await Promise.all(meant.map(({ id }) => queries.findLast(id, now)));
  return meant.filter((_, place) => {
    const last = found[place];
    return last?.endedAt !== undefined && last.giveBack === undefined;
  });
}

async function maintainOne(
  em: EntityManager,
  { act }: MaintenanceCommand,
  { host: { id: hostId, name }, change }: Pick<MaintainPorts, "change"> & { host: HostDetails },
): Promise<number> {
  switch (act.kind) {
    case "begin": {
      const { texts, until } = act;
      return change(name, { kind: "beginMaintenance", hostId, texts, ...(until && { until }) });
    }
    case "end":
      return change(name, { kind: "endMaintenance", hostId });
    case "giveBack": {
      const now = instant(new Date());
      const last = await new MaintenanceQueries(em).findLast(hostId, now);
      if (last?.endedAt === undefined) {
        return complain(`${name}: there is no maintenance that is over`);
      }
      if (!act.isSure) {
        print(giveBackLines(name, last, now));
        return 1;
      }
      return change(name, { kind: "giveBack", hostId, maintenanceId: last.id });
    }
  }
}
