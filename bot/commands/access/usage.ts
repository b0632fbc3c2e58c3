import type { Composer } from "telegraf";
import type { DeviceDetails } from "../../../db/queries/access/devices.ts";
import type { TrafficUse } from "../../../db/queries/people/customers.ts";
import { instant } from "../../../domain/time.ts";
import { bytesIn, momentIn } from "../../../texts/index.ts";
import { usageButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { isLow, offerMore } from "../payments/sold-add-ons.ts";
import { type Page, pageOf, withBack } from "../paging.ts";
import { openHome } from "../people/home.ts";
import { onList } from "../register.ts";
import { lastSeen } from "./devices.ts";

/** /usage: the traffic of a person's devices, by the hosts' counters. */
export function addUsage(bot: Composer<BotContext>, ports: BotPorts): void {
  onList(bot, "usage", usageButton, (context, number) => openUsagePage(context, ports, number));
}

async function openUsagePage(context: BotContext, ports: BotPorts, number: number): Promise<Page> {
  const { customers, devices } = ports;
  const { texts } = context;
  const subscription = await orUnavailable(customers.findSubscription(context.telegramId));
  if (subscription === undefined) return openHome(context, ports);
  const mine = await orUnavailable(devices.list(subscription.id, instant(new Date())));
  const used = mine.filter(({ uploaded, downloaded }) => uploaded + downloaded > 0);
  const { paidUntil } = subscription;
  const allowance = await orUnavailable(customers.findTrafficUse(subscription.id));
  const below = [
    ...(used.length === 0 ? [texts.access.traffic.none] : [today(context, used)]),
    ...(allowance ? [ofThePlan(context, allowance)] : []),
    ...(paidUntil ? [texts.access.traffic.until(momentIn(context, paidUntil))] : []),
  ];
  const list = {
    head: texts.access.traffic.title,
    entries: used.map((device) => ({ line: line(context, device) })),
    buttons: allowance && isLow(allowance) ? await offerMore(context, ports, "traffic") : [],
    foot: below.join("\n"),
    perPage: 10,
    turnTo: (page: number) => usageButton.data({ page }),
  };
  return withBack(context, pageOf(list, number));
}

function ofThePlan({ texts, language }: BotContext, { usedBytes, limitBytes }: TrafficUse) {
  return texts.access.traffic.allowance(
    bytesIn(language, usedBytes),
    bytesIn(language, limitBytes),
  );
}

function line(context: BotContext, device: DeviceDetails): string {
  const { texts, language } = context;
  const { name, downloaded, uploaded } = device;
  const down = bytesIn(language, downloaded);
  const up = bytesIn(language, uploaded);
  return texts.access.traffic.line(name, down, up, lastSeen(context, device));
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
