import type { MaintenanceDetails } from "../../db/queries/access/maintenances.ts";
import { type Instant, msBetween } from "../../domain/time.ts";
import { durationIn } from "../../texts/durations.ts";
import type { HostDetails, MigrationDetails, ProbeDetails } from "../../db/queries/access/hosts.ts";
import type { HostChange, HostChangeResult } from "../../domain/access/host-change.ts";
import type { HostReport } from "../../domain/access/host-report.ts";
import { textsIn } from "../../texts/index.ts";
import { textTable } from "./text-table.ts";

const { hosts } = textsIn("en").operations;

/** A state as a word of its own, as scripts and people read it. */
export function stateOf({
  awaySince,
  sickSince,
  isMaintained,
  state,
}: HostDetails): "open" | "draining" | "maintenance" | "away" | "sick" {
  if (isMaintained) return "maintenance";
  if (awaySince !== undefined) return "away";
  return sickSince === undefined ? state : "sick";
}

/** Whether new devices may be put there. */
export const takesNew = ({ state, weight, isMaintained }: HostDetails): boolean =>
  state === "open" && weight > 0 && !isMaintained;

/** What probes find wrong with it, from which places; "" where all is well. */
const troubleIn = ({ probes }: HostDetails): string =>
  probes
    .flatMap(({ source, verdict, trouble }) =>
      trouble === undefined || verdict === "unknown" ? [] : [`from ${source}: ${trouble}`],
    )
    .join("; ");

/** What one place found: its verdict, how fast it was answered, and what is wrong. */
const probeIn = ({ verdict, latencyMs, trouble, probedAt }: ProbeDetails): string =>
  [
    verdict,
    ...(latencyMs === undefined ? [] : [`${latencyMs} ms`]),
    ...(trouble === undefined ? [] : [trouble]),
    `at ${probedAt}`,
  ].join(", ");

/** A line for each host below the names of the columns. */
export function hostTable(all: readonly HostDetails[]): string[] {
  if (all.length === 0) return ["there is no host yet: hosts add NAME FILE"];
  const rows = all.map((host) => [
    host.name,
    host.kind,
    stateOf(host),
    `${host.living}/${host.capacity}`,
    String(host.weight),
    host.endpoint ?? "",
    host.trouble ?? (host.refused > 0 ? `refuses ${host.refused} accesses` : troubleIn(host)),
  ]);
  return textTable([["NAME", "KIND", "STATE", "DEVICES", "WEIGHT", "WHERE", "TROUBLE"], ...rows]);
}

/** One host, a fact in each line. */
export function hostCard(host: HostDetails): string[] {
  const facts: readonly (readonly [name: string, value: string | number | undefined])[] = [
    ["name", host.name],
    ["kind", host.kind],
    ["state", stateOf(host)],
    ["takes new devices", takesNew(host) ? "yes" : "no"],
    ["where", host.endpoint],
    ["network", host.network],
    ["IPv6 network", host.network6],
    ["location", host.location],
    ["capacity", host.capacity],
    ["weight", host.weight],
    ["devices with time", host.living],
    ["of these may connect now", host.letIn],
    ["devices without time", host.left],
    ["accesses that it refuses", host.refused],
    ["last compared", host.seenAt ?? "never"],
    ["away since", host.awaySince],
    ["trouble", host.trouble],
    ["sick since", host.sickSince],
    ...host.probes.map((probe) => [`from ${probe.source}`, probeIn(probe)] as const),
    ["added", host.addedAt],
  ];
  return facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`${`${name}:`.padEnd(26)}${value}`],
  );
}

/** What removing a host would do, in numbers. */
export function removalLines(host: HostDetails, all: readonly HostDetails[]): string[] {
  const others = all.filter(({ id, state }) => id !== host.id && state === "open");
  const room = others.reduce((sum, one) => sum + Math.max(0, one.capacity - one.living), 0);
  const held = host.living + host.left;
  return [
    `removing ${host.name}:`,
    ...(held > 0 ? [`  is refused while ${held} devices are on it: hosts drain it first`] : []),
    `  takes away room for ${host.capacity} devices; ${others.length} other hosts take new ones, with room for ${room}`,
    "  deletes its settings; on the host itself nothing is changed",
    "repeat it with --yes",
  ];
}

/** What giving a host up would do, in numbers. */
export function lossLines(host: HostDetails, all: readonly HostDetails[]): string[] {
  const others = all.filter(({ id, state }) => id !== host.id && state === "open");
  const room = others.reduce((sum, one) => sum + Math.max(0, one.capacity - one.living), 0);
  return [
    `giving ${host.name} up for good:`,
    `  moves ${host.living + host.left} devices at once, and their owners get new keys`,
    `  other hosts have room for ${room}; whoever finds none waits`,
    "  deletes its settings; nobody connects to it any more",
    "repeat it with --yes",
  ];
}

/** How far the last migration of a host is. */
export function migrationLine({
  state,
  moved,
  arrived,
  left,
  startedAt,
}: MigrationDetails): string {
  return `${"devices moving away:".padEnd(26)}${state} since ${startedAt}: ${moved} moved, ${arrived} of them there, ${left} left`;
}

/** The last maintenance of a host, in a line. */
export function maintenanceLine(of: MaintenanceDetails): string {
  const { startedAt, endedAt, until, concerned, giveBack, handled, given } = of;
  const about = endedAt === undefined ? `since ${startedAt}` : `from ${startedAt} to ${endedAt}`;
  const announced =
    until === undefined || endedAt !== undefined ? "" : `, announced until ${until}`;
  const back =
    giveBack === undefined
      ? ""
      : `; giving back: ${giveBack}, ${handled} looked at, ${given} given time`;
  return `${"maintenance:".padEnd(26)}${about}${announced}: ${concerned} subscriptions${back}`;
}

/** What giving back the time of a maintenance would do, in numbers. */
export function giveBackLines(name: string, of: MaintenanceDetails, now: Instant): string[] {
  const lasted = durationIn(textsIn("en"), msBetween(of.startedAt, of.endedAt ?? now));
  return [
    `giving back the time of ${name}'s maintenance:`,
    `  it lasted ${lasted}, and ${of.concerned} subscriptions had an access there`,
    "  each gets what it has lost, once, and its customer is told",
    "  who is blocked, refunded or had no time left before gets nothing",
    "repeat it with --yes",
  ];
}

/** What a test has found, in lines. */
export function reportLines(name: string, report: HostReport): string[] {
  const { findings, isUsable, version, endpoint } = report;
  const about = [report.kind, version, endpoint].filter(Boolean).join(", ");
  const verdict = !isUsable
    ? "cannot be used"
    : findings.length > 0
      ? "can be used, but"
      : "is well";
  return [
    `${name} (${about}): ${verdict}`,
    ...findings.flatMap(({ trouble, details }) => [
      `  ${trouble}: ${details}`,
      `    -> ${hosts.troubles[trouble].fix}`,
    ]),
  ];
}

/** What came of a change, and whether it is so now. */
export function describeHostResult(
  name: string,
  change: Pick<HostChange, "kind">,
  result: HostChangeResult,
): { readonly lines: readonly string[]; readonly isDone: boolean } {
  switch (result.kind) {
    case "same":
      return { lines: [`${name}: it is so already.`], isDone: true };
    case "changed":
      return {
        lines: [
          `${name} ${effects[change.kind]}`,
          ...result.warnings.map((warning) => `  careful: ${warning}`),
        ],
        isDone: true,
      };
    case "refused":
      return { lines: [`${name}: ${refusalOf(result)}`], isDone: false };
  }
}

const effects: Readonly<Record<HostChange["kind"], string>> = {
  add: "is added, and takes devices from now on. Try it: hosts test",
  edit: "is changed; the workers use it so from now on.",
  drain: "takes no new devices; it keeps those that it has.",
  resume: "takes new devices again.",
  remove: "is removed, and its settings are deleted.",
  migrate: "takes no new devices, and its devices move to other hosts: hosts show has the numbers.",
  abortMigration: "keeps the devices that have not moved. To take new ones: hosts resume",
  lose: "is given up: its settings are deleted, and all its devices get another host now.",
  beginMaintenance: "is in maintenance; its customers read so. To end it: hosts maintenance --end",
  endMaintenance: "is in no maintenance any more. To give the lost time back: --give-back",
  giveBack: "gives the time back now that its maintenance has cost: hosts show has the numbers.",
};

function refusalOf({
  why,
  problems = [],
  accesses = 0,
}: Extract<HostChangeResult, { kind: "refused" }>): string {
  switch (why) {
    case "notAdmin":
      return "only admins may change hosts";
    case "noHost":
      return "there is no such host: hosts list has them";
    case "noLocation":
      return "there is no such location: locations list has them";
    case "nameTaken":
      return "there is a host of this name, with other settings: hosts edit changes it";
    case "badValue":
      return `the settings cannot be used: ${problems.join("; ")}`;
    case "unreadable":
      return "the worker could not open the sealed settings: has ENCRYPTION_KEYS just changed? Repeat it";
    case "hasAccesses":
      return `${accesses} devices are on it: hosts drain it, and remove it when none is left`;
    case "migrating":
      return "its devices are moving away: hosts migrate NAME --abort first";
    case "noMigration":
      return "its devices are not moving";
    case "noMaintenance":
      return "it is in no maintenance, or in one that is not over";
    case "noTarget":
      return "there is no other host of that name which takes new devices";
    case "identityChanged":
      return `its ${problems.join()} cannot change while ${accesses} devices are on it, which know it so: add another host, and drain this one`;
    case "secretNeeded":
      return "its url changes, and its stored secret would go there: give the password, token or apiKey anew in the same file";
    case "localCommand":
      return 'via "cli" runs a command on the worker\'s machine: put this host into HOSTS_FILE there, and restart the worker';
  }
}
