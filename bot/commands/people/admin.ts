import type { Composer } from "telegraf";
import type { StartResult } from "../../../client/durable.ts";
import { actOnCustomer, decideApproval } from "../../../client/people.ts";
import { longestExtensionDays } from "../../../domain/access/subscription.ts";
import type { TelegramId } from "../../../domain/ids.ts";
import { decideButton, pendingButton } from "../../../domain/messaging/buttons.ts";
import type { AdminAct } from "../../../domain/people/admin-act.ts";
import { tidyName } from "../../../domain/people/customer.ts";
import { instant } from "../../../domain/time.ts";
import { bytesIn } from "../../../texts/index.ts";
import {
  actButtons,
  customerButton,
  extendButton,
  findHelpButton,
  foundCustomersButton,
  sureBlockButton,
  telegramIdIn,
  todayButton,
} from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, requestIdOf, say, show } from "../../request.ts";
import { mostListed } from "../paging.ts";
import { amountsIn } from "../payments/payment-lines.ts";
import { onAdminButton, onAdminCommand } from "../register.ts";
import { customerPage, foundPage, menuPage, pendingPage, sureBlockPage } from "./admin-pages.ts";

/** Decisions, and /admin: the menu, customers with their timeline, extend, block. */
export function addAdmin(bot: Composer<BotContext>, ports: BotPorts): void {
  addDecisions(bot, ports);
  addMenu(bot, ports);
  addCustomers(bot, ports);
  addActs(bot, ports);
}

function addDecisions(bot: Composer<BotContext>, { client }: BotPorts): void {
  onAdminButton(bot, decideButton, "decide", async (context, { approvalId, ...answer }) => {
    const result = await decideApproval(client, approvalId, { ...answer, by: context.telegramId });
    const { approval } = context.texts.people;
    answerPress(context, result === "taken" ? approval.taken : approval.alreadyDecided);
  });
}

function addMenu(bot: Composer<BotContext>, { admin, unmatched }: BotPorts): void {
  onAdminCommand(bot, "admin", async (context) => {
    const page = menuPage(context);
    await say(context, page.text, page.buttons);
  });
  onAdminButton(bot, pendingButton, "admin-pending", async (context, { page: number }) => {
    const open = await orUnavailable(admin.listOpenRequests(mostListed));
    const page = pendingPage(context, open, number);
    answerPress(context);
    // The menu stays where it is; a page of the list is turned in its place.
    await (number === undefined ? say : show)(context, page.text, page.buttons);
  });
  onAdminButton(bot, findHelpButton, "admin-find", async (context) => {
    answerPress(context);
    await say(context, context.texts.people.customer.findHow);
  });
  onAdminButton(bot, todayButton, "admin-numbers", async (context) => {
    const { texts } = context;
    const now = instant(new Date());
    const people = await orUnavailable(admin.countToday(now));
    const money = await orUnavailable(unmatched.countToday(now));
    const down = bytesIn(context.language, people.downloaded);
    const up = bytesIn(context.language, people.uploaded);
    const paid = amountsIn(context, money.paid) || texts.operations.today.nothingPaid;
    answerPress(context);
    const all = [
      texts.operations.today.people({ ...people, down, up }),
      texts.operations.today.money({ ...money, paid }),
    ];
    await say(context, all.join("\n"));
  });
}

function addCustomers(bot: Composer<BotContext>, ports: BotPorts): void {
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

function addActs(bot: Composer<BotContext>, { client, customers }: BotPorts): void {
  // A button on a card acts once, however often it is pressed. To repeat, an admin reopens
  // the card.
  const act = (context: BotContext, what: AdminAct) =>
    actOnCustomer(client, { requestId: requestIdOf(context), by: context.telegramId, act: what });

  for (const kind of ["block", "unblock", "revoke"] as const) {
    onAdminButton(bot, actButtons[kind], `act-${kind}`, async (context, { id: customer }) => {
      const { noCustomer, onAdmin } = context.texts.people.act;
      if (customer === undefined) return answerPress(context, noCustomer, true);
      // An admin who is blocked could not even unblock themselves.
      const isAdmin = (await orUnavailable(customers.find(customer)))?.role === "admin";
      if (isAdmin) return answerPress(context, onAdmin, true);
      await confirm(context, await act(context, { kind, customer }));
    });
  }
  onAdminButton(bot, extendButton, "act-extend", async (context, { id: customer, days }) => {
    if (customer === undefined || !mayExtendBy(days)) {
      return answerPress(context, context.texts.people.act.noCustomer, true);
    }
    await confirm(context, await act(context, { kind: "extend", customer, days }));
  });
  const command = { command: "extend", handler: "act-extend" };
  onAdminCommand(bot, command, async (context, payload) => {
    const [, id = "", digits] = /^(\d{1,16})\s+(\d{1,4})$/u.exec(payload.trim()) ?? [];
    const customer = telegramIdIn(id);
    const days = Number(digits);
    if (customer === undefined || !mayExtendBy(days))
      return say(context, context.texts.people.act.extendHow);
    await act(context, { kind: "extend", customer, days });
  });
}

async function confirm(context: BotContext, started: StartResult): Promise<void> {
  const { act, approval } = context.texts.people;
  answerPress(context, started === "taken" ? approval.taken : act.alreadyDone);
}

const mayExtendBy = (days: number): boolean => days >= 1 && days <= longestExtensionDays;
