import type { Composer } from "telegraf";
import type { HostDetails } from "../../../db/queries/access/hosts.ts";
import type { MaintenanceDetails } from "../../../db/queries/access/maintenances.ts";
import type { HostChange, HostChangeResult } from "../../../domain/access/host-change.ts";
import type { HostId } from "../../../domain/ids.ts";
import { instant, msBetween } from "../../../domain/time.ts";
import { durationIn } from "../../../texts/durations.ts";
import { momentIn } from "../../../texts/index.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import {
  beginMaintenanceButton,
  endMaintenanceButton,
  giveBackButton,
  hostButton,
  hostsButton,
  maintenanceButton,
} from "../../host-buttons.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { answerPress, buttonMark, type Buttons, show } from "../../request.ts";
import { wordsOf } from "../access/maintenance-words.ts";
import { type Page, withBack } from "../paging.ts";
import { onAdminButton, onAdminPageButton } from "../register.ts";
import { changeByPress } from "./host-press.ts";

/** The maintenance of a host: its page, its beginning and end, and what it gives back. */
export function addHostMaintenance(bot: Composer<BotContext>, ports: BotPorts): void {
  onAdminPageButton(bot, maintenanceButton, "host-maintenance", (context, { id }) =>
    openPage(context, ports, id),
  );
  onAdminButton(bot, beginMaintenanceButton, "host-maintenance-begin", (context, { id }) =>
    change(context, ports, id, (hostId) => ({ kind: "beginMaintenance", hostId, texts: {} })),
  );
  onAdminButton(bot, endMaintenanceButton, "host-maintenance-end", (context, { id }) =>
    change(context, ports, id, (hostId) => ({ kind: "endMaintenance", hostId })),
  );
  onAdminButton(bot, giveBackButton, "host-give-back", async (context, { id }) => {
    const { noMaintenance } = context.texts.operations.hostMaintenance;
    if (id === undefined) return answerPress(context, noMaintenance, true);
    const host = await orUnavailable(ports.maintenances.findHost(id));
    if (host === undefined) return answerPress(context, noMaintenance, true);
    await change(context, ports, host, (hostId) => ({
      kind: "giveBack",
      hostId,
      maintenanceId: id,
    }));
  });
}

const findLast = ({ maintenances }: BotPorts, id: HostId) =>
  orUnavailable(maintenances.findLast(id, instant(new Date())));

/** The page of a host's maintenance; `above` is what has just happened. */
async function openPage(
  context: BotContext,
  ports: BotPorts,
  id: HostId | undefined,
  above?: string,
): Promise<Page> {
  const all = await orUnavailable(ports.hosts.list(instant(new Date())));
  const host = all.find((one) => one.id === id);
  if (host !== undefined) {
    return maintenancePage(context, host, { last: await findLast(ports, host.id), above });
  }
  const page = { text: context.texts.operations.hosts.gone, buttons: [] };
  return withBack(context, page, hostsButton.data({}));
}

async function change(
  context: BotContext,
  ports: BotPorts,
  id: HostId | undefined,
  changeOf: (id: HostId) => HostChange,
): Promise<void> {
  if (id === undefined) return answerPress(context, context.texts.operations.hosts.gone, true);
  const made = changeOf(id);
  const result = await changeByPress(context, ports, made);
  if (result === undefined) return;
  const page = await openPage(context, ports, id, effectOf(context, made.kind, result));
  await show(context, page.text, page.buttons);
}

function effectOf(
  { texts }: BotContext,
  kind: HostChange["kind"],
  result: HostChangeResult,
): string {
  const { hosts, hostMaintenance } = texts.operations;
  if (result.kind === "same") return hosts.same;
  if (result.kind === "refused") {
    return result.why === "noMaintenance" ? hostMaintenance.noMaintenance : hosts.gone;
  }
  if (kind === "giveBack") return hostMaintenance.givingBegun;
  return kind === "beginMaintenance" ? hostMaintenance.begun : hostMaintenance.isOver;
}

interface MaintenanceFacts {
  readonly last: MaintenanceDetails | undefined;
  readonly above?: string | undefined;
}

/** How a host's maintenance is, and what can be done about it. */
export function maintenancePage(
  context: BotContext,
  { id, name }: HostDetails,
  { last, above }: MaintenanceFacts,
): Page {
  const { hostMaintenance: words } = context.texts.operations;
  const mark = buttonMark();
  const begin = { text: words.begin, data: beginMaintenanceButton.data({ id, mark }) };
  const end = { text: words.end, data: endMaintenanceButton.data({ id, mark }) };
  const refresh = { text: words.refresh, data: maintenanceButton.data({ id }) };
  const head = [...(above === undefined ? [] : [above, ""]), words.title(name)];
  const isOver = last === undefined || last.endedAt !== undefined;
  const open = last?.endedAt !== undefined && last.giveBack === undefined ? last : undefined;
  const lines = [
    ...head,
    ...(last === undefined ? [words.none] : linesOf(context, last)),
    ...(isOver && open === undefined ? ["", words.what] : []),
    "",
    words.words,
  ];
  const acts: Buttons = [
    ...(open === undefined
      ? []
      : [[{ text: words.yes, data: giveBackButton.data({ id: open.id, mark }) }]]),
    ...(isOver ? [[begin]] : [[end]]),
    ...(last?.giveBack === "running" ? [[refresh]] : []),
  ];
  const buttons = may(context, "changeShop") ? acts : [];
  return withBack(context, { text: lines.join("\n"), buttons }, hostButton.data({ id }));
}

function linesOf(context: BotContext, last: MaintenanceDetails): string[] {
  const { hostMaintenance: words } = context.texts.operations;
  const { startedAt, endedAt, until, concerned, giveBack, handled, given } = last;
  const moment = (at: NonNullable<typeof until>) => momentIn(context, at);
  if (endedAt === undefined) {
    return [
      words.since(moment(startedAt)),
      ...(until === undefined ? [] : [words.until(moment(until))]),
      words.concerned(concerned),
      "",
      words.own,
      `<blockquote>${wordsOf(context, last)}</blockquote>`,
    ];
  }
  const lasted = durationIn(context.texts, msBetween(startedAt, endedAt));
  const after = {
    none: ["", `<b>${words.ask(lasted)}</b>`, words.askHow],
    running: [words.giving(handled, Math.max(0, concerned - handled))],
    done: [words.given(given)],
  }[giveBack ?? "none"];
  return [words.ended(moment(startedAt), moment(endedAt)), words.concerned(concerned), ...after];
}
