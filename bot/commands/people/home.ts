import type { Composer } from "telegraf";
import { openSignup } from "../../../client/people.ts";
import { homeButton, startButton } from "../../../domain/messaging/buttons.ts";
import { isStaff } from "../../../domain/people/permissions.ts";
import { instant, toMs } from "../../../domain/time.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { profileOf } from "../../middlewares.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { myAccessButton } from "../../buttons.ts";
import { answerPress, requestIdOf, show } from "../../request.ts";
import { isLow, offerMore } from "../payments/sold-add-ons.ts";
import type { Page } from "../paging.ts";
import { onAdminButton, onButton, onPageButton } from "../register.ts";
import {
  adminHome,
  customerHome,
  endedHome,
  rejectedHome,
  strangerHome,
  waitingHome,
} from "./home-page.ts";

/** The home screen, and the button that does what /start does. */
export function addHome(bot: Composer<BotContext>, ports: BotPorts): void {
  onPageButton(bot, homeButton, "home", (context) => openHome(context, ports));
  onButton(bot, startButton, "start", async (context) => {
    const opened = { requestId: requestIdOf(context), profile: profileOf(context) };
    await openSignup(ports.client, opened);
    answerPress(context, context.texts.messaging.answer.working);
  });
  onAdminButton(bot, myAccessButton, "my-access", (context) => openOwnAccess(context, ports));
}

/** Shows one of the shop's people the shop as a customer; opens their access at the first press. */
async function openOwnAccess(context: BotContext, ports: BotPorts): Promise<void> {
  const subscription = await orUnavailable(ports.customers.findSubscription(context.telegramId));
  if (subscription === undefined) {
    const opened = { requestId: requestIdOf(context), profile: profileOf(context) };
    await openSignup(ports.client, { ...opened, asCustomer: true });
    return answerPress(context, context.texts.messaging.answer.working);
  }
  await showHome(context, ports);
}

/** Shows the home screen in place of what was pressed: it says what the sender's state is. */
export async function showHome(context: BotContext, ports: BotPorts): Promise<void> {
  const page = await openHome(context, ports);
  answerPress(context);
  await show(context, page.text, page.buttons);
}

/** The home screen of whoever asks, by their state. */
export async function openHome(context: BotContext, ports: BotPorts): Promise<Page> {
  const { customer, telegramId } = context;
  if (customer === undefined) return strangerHome(context);
  if (customer.status === "blocked") return endedHome(context);
  const now = instant(new Date());
  const current = await orUnavailable(ports.plans.findCurrent(telegramId, now));
  const subscription =
    current && (await orUnavailable(ports.customers.findSubscription(telegramId)));
  const isCustomer = customer.status === "active";
  if (current === undefined || subscription === undefined || !isCustomer) {
    if (isStaff(customer.role)) return adminHome(context);
    if (customer.status === "rejected") {
      const at = await orUnavailable(ports.customers.findMayAskAgainAt(customer));
      return rejectedHome(context, at !== undefined && toMs(at) > toMs(now) ? at : undefined);
    }
    const isWaiting = await orUnavailable(ports.customers.isWaiting(telegramId));
    return isWaiting ? waitingHome(context) : strangerHome(context);
  }
  const [devices, traffic, balances, openOrders] = await orUnavailable(
    Promise.all([
      ports.devices.count(subscription.id, now),
      ports.customers.findTrafficUse(subscription.id),
      ports.plans.listBalances(customer.id),
      ports.payments.countOpen(telegramId),
    ]),
  );
  const { deviceLimit, extraDevices } = subscription;
  const isOffered = traffic !== undefined && isLow(traffic);
  const more = isOffered ? await offerMore(context, ports, "traffic") : [];
  const facts = { current, devices, deviceLimit, extraDevices, traffic, balances, openOrders };
  return customerHome(context, { ...facts, more }, now);
}
