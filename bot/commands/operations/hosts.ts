import type { Composer } from "telegraf";
import { startHostTest, waitForHostTest } from "../../../client/hosts.ts";
import type { HostDetails } from "../../../db/queries/access/hosts.ts";
import type { HostChange, HostChangeResult } from "../../../domain/access/host-change.ts";
import type { HostId } from "../../../domain/ids.ts";
import { instant } from "../../../domain/time.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import {
  drainHostButton,
  hostButton,
  hostsButton,
  removeHostButton,
  resumeHostButton,
  sureRemoveHostButton,
  testHostButton,
} from "../../host-buttons.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, requestIdOf, show } from "../../request.ts";
import { type Page, withBack } from "../paging.ts";
import { onAdminButton, onAdminPageButton } from "../register.ts";
import { whereRow } from "./location-pages.ts";
import { hostPage, hostsPage, removalPage, reportIn } from "./host-pages.ts";
import { changeByPress } from "./host-press.ts";

/** The hosts: a list, a page for each, its test, and what changes its state. */
export function addHosts(bot: Composer<BotContext>, ports: BotPorts): void {
  onAdminPageButton(bot, hostsButton, "hosts", async (context, { page }) =>
    hostsPage(context, await listHosts(ports), page),
  );
  onAdminPageButton(bot, hostButton, "host", (context, { id }) => openHost(context, ports, id));
  onAdminPageButton(bot, sureRemoveHostButton, "host-sure", (context, { id }) =>
    pageOfHost(context, ports, id, (host, all) => removalPage(context, host, all)),
  );
  onAdminButton(bot, testHostButton, "host-test", (context, { id }) => test(context, ports, id));
  onAdminButton(bot, drainHostButton, "host-drain", (context, { id }) =>
    change(context, ports, "drain", id),
  );
  onAdminButton(bot, resumeHostButton, "host-resume", (context, { id }) =>
    change(context, ports, "resume", id),
  );
  onAdminButton(bot, removeHostButton, "host-remove", (context, { id }) =>
    change(context, ports, "remove", id),
  );
}

const listHosts = ({ hosts }: BotPorts) => orUnavailable(hosts.list(instant(new Date())));

/** The page of a host, or the list where it is gone. */
async function pageOfHost(
  context: BotContext,
  ports: BotPorts,
  id: HostId | undefined,
  render: (host: HostDetails, all: readonly HostDetails[]) => Page,
): Promise<Page> {
  const all = await listHosts(ports);
  const found = all.find((host) => host.id === id);
  if (found !== undefined) return render(found, all);
  const page = { text: context.texts.operations.hosts.gone, buttons: [] };
  return withBack(context, page, hostsButton.data({}));
}

/** The page of a host; `above` is what has just happened to it. */
async function openHost(
  context: BotContext,
  ports: BotPorts,
  id: HostId | undefined,
  above?: string,
): Promise<Page> {
  const all = await orUnavailable(ports.locations.list());
  return pageOfHost(context, ports, id, (host) =>
    hostPage(context, host, { above, rows: whereRow(context, host, all) }),
  );
}

type Turn = Extract<HostChange["kind"], "drain" | "resume" | "remove">;

async function change(
  context: BotContext,
  ports: BotPorts,
  kind: Turn,
  hostId: HostId | undefined,
): Promise<void> {
  const { hosts } = context.texts.operations;
  if (hostId === undefined) return answerPress(context, hosts.gone, true);
  const before = (await listHosts(ports)).find(({ id }) => id === hostId);
  const result = await changeByPress(context, ports, { kind, hostId });
  if (result === undefined) return;
  const above = effectOf(context, kind, result);
  const isRemoved = kind === "remove" && result.kind !== "refused";
  const page = isRemoved
    ? withHead(hostsPage(context, await listHosts(ports)), hosts.removed(before?.name ?? ""))
    : await openHost(context, ports, hostId, above);
  await show(context, page.text, page.buttons);
}

const withHead = ({ text, buttons }: Page, head: string): Page => {
  return { text: `${head}\n\n${text}`, buttons };
};

function effectOf(context: BotContext, kind: Turn, result: HostChangeResult): string {
  const { hosts } = context.texts.operations;
  if (result.kind === "same") return hosts.same;
  if (result.kind === "refused") {
    return result.why === "migrating"
      ? context.texts.operations.hostMoves.migrating
      : hosts.hasAccesses(result.accesses ?? 0);
  }
  return kind === "drain" ? hosts.drained : hosts.resumed;
}

/** A host that does not answer is waited for on several ways. */
const testTimeoutMs = 75_000;

/** The press is answered at once, and the page is shown anew when the report is there. */
async function test(
  context: BotContext,
  ports: BotPorts,
  hostId: HostId | undefined,
): Promise<void> {
  const { hosts } = context.texts.operations;
  if (hostId === undefined) return answerPress(context, hosts.gone, true);
  const requestId = requestIdOf(context);
  await startHostTest(ports.client, { requestId, hostId });
  answerPress(context, hosts.testing);
  // Nobody's update waits for a host: the report comes when it comes.
  void waitForHostTest(ports.client, requestId, testTimeoutMs)
    .then((report) => (report === undefined ? hosts.gone : reportIn(hosts, report)))
    .catch(() => hosts.noReport)
    .then(async (above) => {
      const page = await openHost(context, ports, hostId, above);
      await show(context, page.text, page.buttons);
    })
    .catch(() => undefined);
}
