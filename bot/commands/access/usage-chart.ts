import { fillDays } from "../../../domain/access/traffic-days.ts";
import type { SubscriptionId } from "../../../domain/ids.ts";
import { homeButton } from "../../../domain/messaging/buttons.ts";
import { instant } from "../../../domain/time.ts";
import { addDays } from "../../../domain/zone.ts";
import { bytesIn, shortDayIn } from "../../../texts/index.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { sendPicture } from "../../request.ts";
import { drawTrafficChart } from "./traffic-chart.ts";

const chartDays = 30;

/** Sends a picture of what a subscription's devices have moved on each of the last 30 days. */
export async function sendUsageChart(
  context: BotContext,
  ports: BotPorts,
  subscription: SubscriptionId,
): Promise<void> {
  const { language, texts } = context;
  const { traffic } = texts.access;
  const now = instant(new Date());
  const last = now.slice(0, 10);
  const since = addDays(last, 1 - chartDays);
  const counted = await orUnavailable(ports.devices.listDays(subscription, since));
  const days = fillDays(counted, { last, count: chartDays });
  const png = await drawTrafficChart(
    days.map(({ day, ...moved }) => ({ ...moved, label: shortDayIn(language, day) })),
    { ...traffic, bytes: (count, top) => bytesIn(language, count, top) },
  );
  const sum = (of: "downloaded" | "uploaded") =>
    bytesIn(
      language,
      days.reduce((total, day) => total + day[of], 0),
    );
  const caption = traffic.chartCaption(sum("downloaded"), sum("uploaded"));
  const home = { text: texts.messaging.menu.home, data: homeButton.data({ place: "new" }) };
  await sendPicture(context, png, { caption, buttons: [[home]] });
}
