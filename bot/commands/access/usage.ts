import type { Composer } from "telegraf";
import type { DeviceDetails } from "../../../db/queries/access/devices.ts";
import type { TrafficUse } from "../../../db/queries/people/customers.ts";
import { letsIn } from "../../../domain/access/subscription.ts";
import {
  addMonths,
  firstDayOf,
  type Month,
  monthOf,
} from "../../../domain/access/traffic-months.ts";
import type { SubscriptionId } from "../../../domain/ids.ts";
import { type Instant, instant } from "../../../domain/time.ts";
import { bytesIn, dayIn, momentIn } from "../../../texts/index.ts";
import { usageButton, usageChartButton } from "../../buttons.ts";
import { type BotContext, type BotPorts, clockOf } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress } from "../../request.ts";
import { isLow, offerMore } from "../payments/sold-add-ons.ts";
import { type Page, pageOf, withBack } from "../paging.ts";
import { openHome, showHome } from "../people/home.ts";
import { helpfulButtons } from "../people/home-page.ts";
import { stateLine } from "../people/state-line.ts";
import { onButton, onList } from "../register.ts";
import { lastSeen } from "./device-pages.ts";
import { findOwned, type Owned } from "./owned.ts";
import { sendUsageChart } from "./usage-chart.ts";

/** /usage: the traffic of a person's devices, by the hosts' counters. */
export function addUsage(bot: Composer<BotContext>, ports: BotPorts): void {
  onList(bot, "usage", usageButton, (context, number) => openUsagePage(context, ports, number));
  onButton(bot, usageChartButton, "usage", async (context) => {
    const owned = await findOwned(context, ports);
    if (owned === undefined) return showHome(context, ports);
    answerPress(context);
    await sendUsageChart(context, ports, owned.subscription.id);
  });
}

async function openUsagePage(context: BotContext, ports: BotPorts, number: number): Promise<Page> {
  const { texts } = context;
  const owned = await findOwned(context, ports);
  if (owned === undefined) return openHome(context, ports);
  const { subscription, current, devices } = owned;
  const used = devices.filter(({ uploaded, downloaded }) => uploaded + downloaded > 0);
  const isLetIn = letsIn(current.state);
  const clock = clockOf(context);
  const allowance = await orUnavailable(ports.customers.findTrafficUse(subscription.id, clock));
  const until =
    current.paidUntil && texts.access.traffic.until(momentIn(context, current.paidUntil));
  const below = [
    ...(used.length === 0 ? [texts.access.traffic.none] : [today(context, used)]),
    ...(used.length === 0 ? [] : await months(context, ports, subscription.id)),
    ...(allowance ? [ofThePlan(context, allowance, clock.now)] : []),
    ...(isLetIn && until ? [until] : []),
    ...(isLetIn ? [] : [stateLine(context, owned, clock.now)]),
  ];
  const isShort = isLetIn && allowance !== undefined && isLow(allowance);
  const chart =
    used.length === 0
      ? []
      : [[{ text: texts.access.traffic.chart, data: usageChartButton.data({}) }]];
  const list = {
    head: texts.access.traffic.title,
    entries: used.map((device) => ({ line: line(context, owned, device) })),
    buttons: [...chart, ...(isShort ? await offerMore(context, ports, "traffic") : [])],
    foot: below.join("\n"),
    perPage: 10,
    turnTo: (page: number) => usageButton.data({ page }),
  };
  const page = pageOf(list, number);
  const buttons = isLetIn ? page.buttons : [...page.buttons, ...helpfulButtons(context, owned)];
  return withBack(context, { ...page, buttons });
}

function ofThePlan(
  context: BotContext,
  { usedBytes, limitBytes, endsAt }: TrafficUse,
  now: Instant,
) {
  const { texts, language } = context;
  return texts.access.traffic.allowance(
    bytesIn(language, usedBytes),
    bytesIn(language, limitBytes),
    endsAt && dayIn(context, endsAt, now),
  );
}

function line(context: BotContext, owned: Owned, device: DeviceDetails): string {
  const { texts, language } = context;
  const { name, downloaded, uploaded } = device;
  const down = bytesIn(language, downloaded);
  const up = bytesIn(language, uploaded);
  return texts.access.traffic.line(name, down, up, lastSeen(context, owned, device));
}

function today({ texts, language }: BotContext, devices: readonly DeviceDetails[]): string {
  const sum = (of: (device: DeviceDetails) => number) => {
    return bytesIn(
      language,
      devices.reduce((total, device) => total + of(device), 0),
    );
  };
  return texts.access.traffic.today(
    sum(({ downloadedToday }) => downloadedToday),
    sum(({ uploadedToday }) => uploadedToday),
  );
}

/** This month and the one before it, as far as something was moved in them. */
async function months(
  { texts, language }: BotContext,
  ports: BotPorts,
  of: SubscriptionId,
): Promise<string[]> {
  const { month, monthBefore } = texts.access.traffic;
  const current = monthOf(instant(new Date()));
  const before = addMonths(current, -1);
  const counted = await orUnavailable(ports.devices.listMonths(of, firstDayOf(before)));
  const inMonth = (which: Month, say: typeof month) => {
    const found = counted.find((one) => one.month === which);
    return found === undefined
      ? []
      : [say(bytesIn(language, found.downloaded), bytesIn(language, found.uploaded))];
  };
  return [...inMonth(current, month), ...inMonth(before, monthBefore)];
}
