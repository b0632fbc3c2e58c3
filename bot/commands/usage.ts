import type { Composer } from "telegraf";
import type { DeviceSeen } from "../../db/readers/devices-seen.ts";
import type { AllowanceSeen } from "../../db/readers/people.ts";
import { instant } from "../../domain/time.ts";
import { bytesIn, momentIn } from "../../texts/index.ts";
import type { BotContext, BotPorts } from "../context.ts";
import { say } from "../request.ts";
import { reading } from "../unavailable.ts";
import { seen } from "./devices.ts";

/** /usage: what the hosts' counters say of a person's devices. */
export function addUsage(bot: Composer<BotContext>, { people, devices }: BotPorts): void {
  bot.command("usage", async (context) => {
    context.handler = "usage";
    const { texts, language } = context;
    const subscription = await reading(people.subscriptionOf(context.telegramId));
    if (subscription === undefined) return say(context, texts.pressStart);
    const mine = await reading(devices.of(subscription.id, instant(new Date())));
    const used = mine.filter(({ uploaded, downloaded }) => uploaded + downloaded > 0);
    const { paidUntil } = subscription;
    const allowance = await reading(people.allowanceOf(subscription.id));
    const lines = [
      texts.usageTitle,
      ...(used.length === 0 ? [texts.usageNone] : used.map((device) => line(context, device))),
      ...(used.length === 0 ? [] : [today(context, used)]),
      ...(allowance ? [ofThePlan(context, allowance)] : []),
      ...(paidUntil ? [texts.usageUntil(momentIn(language, paidUntil))] : []),
    ];
    await say(context, lines.join("\n"));
  });
}

function ofThePlan({ texts, language }: BotContext, { usedBytes, limitBytes }: AllowanceSeen) {
  return texts.usageAllowance(bytesIn(language, usedBytes), bytesIn(language, limitBytes));
}

function line(context: BotContext, device: DeviceSeen): string {
  const { texts, language } = context;
  const { name, downloaded, uploaded } = device;
  const [down, up] = [bytesIn(language, downloaded), bytesIn(language, uploaded)];
  return texts.usageLine(name, down, up, seen(context, device));
}

function today({ texts, language }: BotContext, devices: readonly DeviceSeen[]): string {
  const sum = (of: (device: DeviceSeen) => number) => {
    return bytesIn(
      language,
      devices.reduce((total, device) => total + of(device), 0),
    );
  };
  return texts.usageToday(
    sum(({ downloadedToday }) => downloadedToday),
    sum(({ uploadedToday }) => uploadedToday),
  );
}
