import type { Composer } from "telegraf";
import type { TelegramId } from "../../../domain/ids.ts";
import { customerButton } from "../../../domain/messaging/buttons.ts";
import { tidyName } from "../../../domain/people/customer.ts";
import { instant } from "../../../domain/time.ts";
import {
  adminMenuButton,
  findHelpButton,
  foundCustomersButton,
  sureBlockButton,
} from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, say, show } from "../../request.ts";
import { mostListed, withBack } from "../paging.ts";
import { onAdminButton, onAdminCommand, onAdminPageButton } from "../register.ts";
import { customerPage, foundPage, sureBlockPage } from "./customer-pages.ts";

/** /find: admins look for a customer, and see their card with its timeline. */
export function addCustomers(bot: Composer<BotContext>, ports: BotPorts): void {
  onAdminPageButton(bot, findHelpButton, "admin-find", (context) => {
    const page = { text: context.texts.people.customer.findHow, buttons: [] };
    return withBack(context, page, adminMenuButton.data({}));
  });
  onAdminCommand(bot, "find", async (context, payload) => {
    const { texts } = context;
    const wanted = tidyName(payload, "");
    if (!wanted) return say(context, texts.people.customer.findHow);
    const found = await orUnavailable(ports.customers.search(wanted, mostListed));
    const [first, ...others] = found;
    if (first === undefined) return say(context, texts.people.customer.notFound);
    if (others.length === 0) return sayCustomer(context, ports, first.telegramId);
    const page = foundPage(context, found, { searched: wanted, number: 1 });
    await say(context, page.text, page.buttons);
  });
  onAdminButton(bot, foundCustomersButton, "find", async (context, { page: number, searched }) => {
    const found = await orUnavailable(ports.customers.search(searched, mostListed));
    answerPress(context);
    if (found.length === 0) return show(context, context.texts.people.customer.notFound);
    const page = foundPage(context, found, { searched, number });
    await show(context, page.text, page.buttons);
  });
  onAdminButton(bot, customerButton, "customer", async (context, { id }) => {
    answerPress(context);
    await sayCustomer(context, ports, id);
  });
  onAdminButton(bot, sureBlockButton, "sure-block", async (context, { id }) => {
    const customer = id && (await orUnavailable(ports.customers.find(id)));
    if (customer === undefined)
      return answerPress(context, context.texts.people.act.noCustomer, true);
    if (customer.role === "admin")
      return answerPress(context, context.texts.people.act.onAdmin, true);
    const page = sureBlockPage(context, customer);
    answerPress(context);
    await show(context, page.text, page.buttons);
  });
}

async function sayCustomer(
  context: BotContext,
  ports: BotPorts,
  id: TelegramId | undefined,
): Promise<void> {
  const { customers, devices, admin, payments, plans } = ports;
  const customer = id && (await orUnavailable(customers.find(id)));
  if (id === undefined || customer === undefined)
    return say(context, context.texts.people.customer.notFound);
  const subscription = await orUnavailable(customers.findSubscription(id));
  const owned = subscription
    ? await orUnavailable(devices.list(subscription.id, instant(new Date())))
    : [];
  const timeline = await orUnavailable(admin.readTimeline(id));
  const bought = await orUnavailable(payments.list([id], 3));
  const balances = await orUnavailable(plans.listBalances(customer.id));
  const details = { customer, subscription, devices: owned, payments: bought, balances, timeline };
  const page = customerPage(context, details);
  await say(context, page.text, page.buttons);
}
