import type { HostDetails } from "../../../db/queries/access/hosts.ts";
import type { HostReport } from "../../../domain/access/host-report.ts";
import { adminMenuButton } from "../../../domain/messaging/buttons.ts";
import { momentIn } from "../../../texts/index.ts";
import type { BotContext } from "../../context.ts";
import {
  drainHostButton,
  hostButton,
  hostsButton,
  maintenanceButton,
  migrationButton,
  removeHostButton,
  resumeHostButton,
  sureLoseHostButton,
  sureMigrateHostButton,
  sureRemoveHostButton,
  testHostButton,
} from "../../host-buttons.ts";
import { may } from "../../permissions.ts";
import { buttonMark, type Buttons } from "../../request.ts";
import { longestLabel, truncate } from "../fit-lines.ts";
import { type Page, pageOf, withBack } from "../paging.ts";

type Operations = BotContext["texts"]["operations"];
type Texts = Operations["hosts"];

function stateIn(
  { states }: Texts,
  { awaySince, sickSince, isMaintained, state }: HostDetails,
): string {
  if (isMaintained) return states.maintenance;
  if (awaySince !== undefined) return states.away;
  return sickSince === undefined ? states[state] : states.sick;
}

/** Longer words of a host are cut: a message has room for 4,096 characters. */
const longestTrouble = 300;

/** So many places fit into a message. */
const mostSources = 5;

/** What probes find of a host, a line for each place that has a verdict. */
const probeLines = ({ probe }: Texts, { probes }: HostDetails): string[] =>
  probes.slice(0, mostSources).flatMap(({ source, verdict, latencyMs, trouble = "" }) => {
    if (verdict === "unknown") return [];
    if (verdict === "sick") return [probe.sick(source, truncate(trouble, longestTrouble))];
    return [probe.well(source, latencyMs)];
  });

/** All hosts with state and load. */
export function hostsPage(context: BotContext, all: readonly HostDetails[], number = 1): Page {
  const { hosts } = context.texts.operations;
  const entries = all.map((host) => ({
    line: hosts.line(host.name, stateIn(hosts, host), hosts.load(host.living, host.capacity)),
    buttons: [
      [{ text: truncate(`🖥 ${host.name}`, longestLabel), data: hostButton.data({ id: host.id }) }],
    ],
  }));
  const list = {
    head: all.length === 0 ? `${hosts.title}\n\n${hosts.none}` : `${hosts.title}\n`,
    entries,
    foot: `\n${hosts.byCommand}`,
    perPage: 8,
    turnTo: (page: number) => hostsButton.data({ page }),
  };
  return withBack(context, pageOf(list, number), adminMenuButton.data({}));
}

/** What a host's page has beside the host itself. */
export interface HostPageMore {
  /** What has just happened to it. */
  readonly above?: string | undefined;
  /** The way to where it is, in a shop with locations. */
  readonly rows: Buttons;
}

/** One host. */
export function hostPage(
  context: BotContext,
  host: HostDetails,
  { above, rows }: HostPageMore = { rows: [] },
): Page {
  const { language, zone } = context;
  const { hosts } = context.texts.operations;
  const moment = (at: NonNullable<HostDetails["seenAt"]>) => momentIn({ language, zone }, at);
  const { awaySince, trouble = "" } = host;
  const lines = [
    ...(above === undefined ? [] : [above, ""]),
    hosts.card(host.name, host.kind),
    ...(host.isMaintained ? [hosts.states.maintenance] : []),
    awaySince === undefined
      ? hosts.states[host.state]
      : hosts.away(moment(awaySince), truncate(trouble, longestTrouble)),
    ...(host.sickSince === undefined ? [] : [hosts.sick(moment(host.sickSince))]),
    ...probeLines(hosts, host),
    ...(host.endpoint === undefined ? [] : [hosts.at(host.endpoint)]),
    "",
    hosts.load(host.living, host.capacity),
    hosts.letIn(host.letIn),
    ...(host.left > 0 ? [hosts.left(host.left)] : []),
    ...(host.refused > 0 ? [hosts.refusedAccesses(host.refused)] : []),
    hosts.weight(host.weight),
    host.seenAt === undefined ? hosts.never : hosts.seen(moment(host.seenAt)),
    "",
    hosts.byCommand,
  ];
  const acts = may(context, "changeShop") ? actsOn(context.texts.operations, host) : [];
  const buttons = [...rows, ...acts];
  return withBack(context, { text: lines.join("\n"), buttons }, hostsButton.data({}));
}

function actsOn(
  { hosts: texts, hostMaintenance, hostMoves }: Operations,
  host: HostDetails,
): Buttons {
  const { id, state } = host;
  const mark = buttonMark();
  const turn =
    state === "open"
      ? { text: texts.drain, data: drainHostButton.data({ id, mark }) }
      : { text: texts.resume, data: resumeHostButton.data({ id, mark }) };
  return [
    [{ text: texts.test, data: testHostButton.data({ id, mark }) }],
    [turn],
    ...(host.living + host.left > 0
      ? [[{ text: hostMoves.migrate, data: sureMigrateHostButton.data({ id }) }]]
      : []),
    [{ text: hostMaintenance.open, data: maintenanceButton.data({ id }) }],
    [{ text: hostMoves.progress, data: migrationButton.data({ id }) }],
    [{ text: hostMoves.lost, data: sureLoseHostButton.data({ id }) }],
    [{ text: texts.remove, data: sureRemoveHostButton.data({ id }) }],
  ];
}

/** What removing a host does, with numbers; `all` are all hosts. */
export function removalPage(
  context: BotContext,
  host: HostDetails,
  all: readonly HostDetails[],
): Page {
  const { hosts } = context.texts.operations;
  const { id } = host;
  const back = hostButton.data({ id });
  const held = host.living + host.left;
  if (held > 0) return hostPage(context, host, { above: hosts.hasAccesses(held), rows: [] });
  const others = all.filter((one) => one.id !== id && one.state === "open");
  const room = others.reduce((sum, one) => sum + Math.max(0, one.capacity - one.living), 0);
  const lines = [
    hosts.sure(host.name),
    "",
    hosts.sureCapacity(host.capacity),
    hosts.sureOthers(others.length, room),
    hosts.sureSettings,
    hosts.sureOutside,
  ];
  const buttons = [
    [{ text: hosts.yes, data: removeHostButton.data({ id, mark: buttonMark() }) }],
    [{ text: hosts.no, data: back }],
  ];
  return { text: lines.join("\n"), buttons };
}

/** So many findings fit into a message; they are shown in the order in which they are looked at. */
const mostFindings = 6;

/** What a test of a host has found, in a few lines. */
export function reportIn(texts: Texts, { isUsable, findings, version }: HostReport): string {
  const verdict = !isUsable ? texts.unusable : findings.length > 0 ? texts.usable : texts.well;
  return [
    verdict,
    ...(version === undefined ? [] : [texts.version(version)]),
    ...findings.slice(0, mostFindings).map(({ trouble, details }) => {
      const { name, fix } = texts.troubles[trouble];
      return texts.finding(name, truncate(details, longestTrouble), fix);
    }),
  ].join("\n");
}
