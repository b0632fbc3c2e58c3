import type { Composer } from "telegraf";
import { openSignup } from "../../../client/people.ts";
import { homeButton, startButton } from "../../../domain/messaging/buttons.ts";
import { isStaff } from "../../../domain/people/permissions.ts";
import { type Instant, instant, toMs } from "../../../domain/time.ts";
import type { SubscriptionSummary } from "../../../db/queries/people/customers.ts";
import { subscriptionName } from "../../../texts/subscription-name.ts";
import { findChosen, listOwn } from "../../chosen-subscription.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { profileOf } from "../../middlewares.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { allSubscriptionsButton, myAccessButton } from "../../buttons.ts";
import { answerPress, requestIdOf, show } from "../../request.ts";
import { isLow, offerMore } from "../payments/sold-add-ons.ts";
import { withMaintenance } from "../access/maintenance-words.ts";
import { readNow } from "../access/subscription-pages.ts";
import type { Page } from "../paging.ts";
import { openBlockedHome } from "./blocked-home.ts";
import { nothingYet } from "./current-plan.ts";
import { onAdminButton, onButton, onPageButton } from "../register.ts";
import {
  adminHome,
  customerHome,
  rejectedHome,
  severalHome,
  strangerHome,
  waitingHome,
} from "./home-page.ts";

/** The home screen, and the button that does what /start does. */
export function addHome(bot: Composer<BotContext>, ports: BotPorts): void {
  onPageButton(bot, homeButton, "home", (context) => openHome(context, ports));
  onPageButton(bot, allSubscriptionsButton, "subscriptions", (context) => openHome(context, ports));
  onButton(bot, startButton, "start", async (context) => {
    const opened = { requestId: requestIdOf(context), profile: profileOf(context) };
    await openSignup(ports.client, opened);
    answerPress(context, context.texts.messaging.answer.working);
  });
  onAdminButton(bot, myAccessButton, "my-access", (context) => openOwnAccess(context, ports));
}

/** Shows one of the shop's people the shop as a customer; opens their access at the first press. */
async function openOwnAccess(context: BotContext, ports: BotPorts): Promise<void> {
  if ((await listOwn(context, ports)).length === 0) {
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
  if (customer.status === "blocked") return openBlockedHome(context, ports);
  const now = instant(new Date());
  const own = await listOwn(context, ports);
  const isCustomer = customer.status === "active";
  if (own.length === 0 || !isCustomer) {
    if (isStaff(customer.role)) return adminHome(context);
    if (customer.status === "rejected") {
      const at = await orUnavailable(ports.customers.findMayAskAgainAt(customer));
      return rejectedHome(context, at !== undefined && toMs(at) > toMs(now) ? at : undefined);
    }
    const isWaiting = await orUnavailable(ports.customers.isWaiting(telegramId));
    return isWaiting ? waitingHome(context) : strangerHome(context);
  }
  const [balances, openOrders] = await orUnavailable(
    Promise.all([ports.plans.listBalances(customer.id), ports.payments.countOpen(telegramId)]),
  );
  const named = await findChosen(context, ports);
  if (named === undefined) context.chosen = undefined;
  const chosen = named ?? (own.length === 1 ? own[0] : undefined);
  if (chosen === undefined) {
    const money = { balances, openOrders, now };
    const page = severalHome(context, await readNow(ports, own, now), money);
    return withMaintenance(context, ports, page);
  }
  const facts = await readHome(context, ports, { chosen, now });
  const name = own.length > 1 ? subscriptionName(context.language, chosen) : undefined;
  const page = customerHome(context, { ...facts, name, balances, openOrders }, now);
  return withMaintenance(context, ports, page);
}

/** What the home screen says of one subscription. */
async function readHome(
  context: BotContext,
  ports: BotPorts,
  { chosen, now }: { readonly chosen: SubscriptionSummary; readonly now: Instant },
) {
  const { id, deviceLimit, extraDevices } = chosen;
  const [current, devices, traffic] = await orUnavailable(
    Promise.all([
      ports.plans.findCurrent(id, now),
      ports.devices.count(id, now),
      ports.customers.findTrafficUse(id, { now, zone: context.zone }),
    ]),
  );
  const isOffered = traffic !== undefined && isLow(traffic);
  const more = isOffered ? await offerMore(context, ports, "traffic") : [];
  return { current: current ?? nothingYet, devices, traffic, deviceLimit, extraDevices, more };
}
