import type { Composer } from "telegraf";
import type { HostDetails, MigrationDetails } from "../../../db/queries/access/hosts.ts";
import type { HostChangeResult } from "../../../domain/access/host-change.ts";
import { usualRatePerMinute } from "../../../domain/access/host-migration.ts";
import type { HostId } from "../../../domain/ids.ts";
import { instant } from "../../../domain/time.ts";
import { momentIn } from "../../../texts/index.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import {
  abortMigrationButton,
  hostButton,
  hostsButton,
  loseHostButton,
  migrateHostButton,
  migrationButton,
  sureLoseHostButton,
  sureMigrateHostButton,
} from "../../host-buttons.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { answerPress, buttonMark, type Buttons, show } from "../../request.ts";
import { type Page, withBack } from "../paging.ts";
import { onAdminButton, onAdminPageButton } from "../register.ts";
import { changeByPress } from "./host-press.ts";

type Found = { readonly host: HostDetails; readonly all: readonly HostDetails[] };

/** Moving all devices away from a host: its pages, and what begins and stops it. */
export function addHostMoves(bot: Composer<BotContext>, ports: BotPorts): void {
  onAdminPageButton(bot, migrationButton, "host-migration", (context, { id }) =>
    pageOf(context, ports, id, async ({ host }) =>
      migrationPage(context, host, await findMigration(ports, host.id)),
    ),
  );
  onAdminPageButton(bot, sureMigrateHostButton, "host-migrate-sure", (context, { id }) =>
    pageOf(context, ports, id, async (found) => departurePage(context, found, "migrate")),
  );
  onAdminPageButton(bot, sureLoseHostButton, "host-lose-sure", (context, { id }) =>
    pageOf(context, ports, id, async (found) => departurePage(context, found, "lose")),
  );
  onAdminButton(bot, migrateHostButton, "host-migrate", (context, { id }) =>
    change(context, ports, "migrate", id),
  );
  onAdminButton(bot, abortMigrationButton, "host-migrate-stop", (context, { id }) =>
    change(context, ports, "abortMigration", id),
  );
  onAdminButton(bot, loseHostButton, "host-lose", (context, { id }) =>
    change(context, ports, "lose", id),
  );
}

const findMigration = ({ hosts }: BotPorts, id: HostId) => orUnavailable(hosts.findMigration(id));

async function pageOf(
  context: BotContext,
  { hosts }: BotPorts,
  id: HostId | undefined,
  render: (found: Found) => Promise<Page>,
): Promise<Page> {
  const all = await orUnavailable(hosts.list(instant(new Date())));
  const host = all.find((one) => one.id === id);
  if (host !== undefined) return render({ host, all });
  const page = { text: context.texts.operations.hosts.gone, buttons: [] };
  return withBack(context, page, hostsButton.data({}));
}

type Departure = "migrate" | "abortMigration" | "lose";

async function change(
  context: BotContext,
  ports: BotPorts,
  kind: Departure,
  hostId: HostId | undefined,
): Promise<void> {
  const { hosts, hostMoves } = context.texts.operations;
  if (hostId === undefined) return answerPress(context, hosts.gone, true);
  const all = await orUnavailable(ports.hosts.list(instant(new Date())));
  const name = all.find(({ id }) => id === hostId)?.name ?? "";
  const result = await changeByPress(context, ports, { kind, hostId });
  if (result === undefined) return;
  const above = effectOf(context, kind, result);
  const isGiven = kind === "lose" && result.kind !== "refused";
  const page = isGiven
    ? withBack(context, { text: hostMoves.given(name), buttons: [] }, hostsButton.data({}))
    : await pageOf(context, ports, hostId, async ({ host }) =>
        migrationPage(context, host, await findMigration(ports, hostId), above),
      );
  await show(context, page.text, page.buttons);
}

function effectOf(
  { texts }: BotContext,
  kind: Departure,
  result: HostChangeResult,
): string | undefined {
  const { hosts, hostMoves } = texts.operations;
  if (result.kind === "same") return hosts.same;
  if (result.kind === "refused") {
    return result.why === "noMigration" ? hostMoves.noMigration : hosts.gone;
  }
  return kind === "migrate" ? hostMoves.begun : hostMoves.stopped;
}

/** How far the devices of a host are; `above` is what has just happened. */
export function migrationPage(
  context: BotContext,
  host: HostDetails,
  migration: MigrationDetails | undefined,
  above?: string,
): Page {
  const { language, zone, texts } = context;
  const { hostMoves } = texts.operations;
  const { id } = host;
  const head = above === undefined ? [] : [above, ""];
  const back = hostButton.data({ id });
  if (migration === undefined) {
    const text = [...head, hostMoves.none].join("\n");
    return withBack(context, { text, buttons: [] }, back);
  }
  const { state, waitingSince } = migration;
  const isRunning = state === "running";
  const lines = [
    ...head,
    hostMoves.states[state],
    hostMoves.of(host.name),
    "",
    hostMoves.moved(migration.moved, migration.arrived),
    hostMoves.stillHere(migration.left),
    ...(isRunning && waitingSince !== undefined
      ? [hostMoves.waiting(momentIn({ language, zone }, waitingSince))]
      : []),
  ];
  const refresh = [{ text: hostMoves.refresh, data: migrationButton.data({ id }) }];
  const stop = {
    text: hostMoves.stop,
    data: abortMigrationButton.data({ id, mark: buttonMark() }),
  };
  const canStop = isRunning && may(context, "changeShop");
  const buttons: Buttons = [refresh, ...(canStop ? [[stop]] : [])];
  return withBack(context, { text: lines.join("\n"), buttons }, back);
}

/** What moving everybody away, or giving the host up, does, with numbers. */
export function departurePage(
  context: BotContext,
  { host, all }: Found,
  kind: "migrate" | "lose",
): Page {
  const { hostMoves } = context.texts.operations;
  const { id, name } = host;
  const others = all.filter((one) => one.id !== id && one.state === "open");
  const room = others.reduce((sum, one) => sum + Math.max(0, one.capacity - one.living), 0);
  const count = host.living + host.left;
  const mark = buttonMark();
  const no = [{ text: hostMoves.no, data: hostButton.data({ id }) }];
  if (kind === "lose") {
    const lines = [
      hostMoves.sureLost(name),
      "",
      hostMoves.lostCount(count),
      hostMoves.lostRoom(room),
      hostMoves.lostSettings,
    ];
    const yes = [{ text: hostMoves.yesLost, data: loseHostButton.data({ id, mark }) }];
    return { text: lines.join("\n"), buttons: [yes, no] };
  }
  const lines = [
    hostMoves.sure(name),
    "",
    hostMoves.sureCount(count),
    hostMoves.sureRate(usualRatePerMinute),
    hostMoves.sureOverlap,
    hostMoves.sureRoom(room),
    ...(room < count ? [hostMoves.shortOfRoom] : []),
  ];
  const yes = [{ text: hostMoves.yes, data: migrateHostButton.data({ id, mark }) }];
  return { text: lines.join("\n"), buttons: [yes, no] };
}
