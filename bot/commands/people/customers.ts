import type { Composer } from "telegraf";
import type { TelegramId } from "../../../domain/ids.ts";
import { adminMenuButton, customerButton } from "../../../domain/messaging/buttons.ts";
import { displayName, tidyName } from "../../../domain/people/customer.ts";
import { isStaff } from "../../../domain/people/permissions.ts";
import type { ShopClock } from "../../../domain/access/limit-period.ts";
import {
  findHelpButton,
  foundCustomersButton,
  historyButton,
  sureBlockButton,
  sureEndButton,
} from "../../buttons.ts";
import { type BotContext, type BotPorts, clockOf, type DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { answerPress, say, show } from "../../request.ts";
import { type Page, sayToStaff, withBack } from "../paging.ts";
import { unmatchedChargePage } from "../payments/unmatched.ts";
import { onAdminButton, onAdminCommand, onAdminPageButton } from "../register.ts";
import { readNow } from "../access/subscription-pages.ts";
import { findActed, whichOfPage } from "./acted-subscription.ts";
import { type CustomerDetails, customerPage } from "./customer-pages.ts";
import { historyPage } from "./history-page.ts";
import { sureBlockPage, sureEndPage } from "./sure-pages.ts";
import { searchCustomers, searchUnmatched } from "./customer-search.ts";
import { type Found, foundPage } from "./found-page.ts";

/** The search for a customer, by /find or from the menu, and their card with its timeline. */
export function addCustomers(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onAdminPageButton(bot, findHelpButton, "admin-find", async (context) => {
    await ports.dialogues.open(context.telegramId, "find", "customer");
    const page = { text: context.texts.people.customer.findWhat, buttons: [] };
    return withBack(context, page, adminMenuButton.data({}));
  });
  onAdminCommand(bot, "find", async (context, payload) => {
    const wanted = tidyName(payload, "");
    if (!wanted) return sayToStaff(context, context.texts.people.customer.findHow);
    await sayFound(context, ports, wanted);
  });
  onAdminButton(bot, foundCustomersButton, "find", async (context, { page: number, searched }) => {
    const found = await search(context, ports, searched);
    answerPress(context);
    const isFound = found.customers.length + found.unmatched.length > 0;
    const page = isFound ? foundPage(context, found, { searched, number }) : notFoundPage(context);
    await show(context, page.text, page.buttons);
  });
  onAdminButton(bot, customerButton, "customer", async (context, { id, place }) => {
    answerPress(context);
    const page = await openCustomer(context, ports, id);
    await (place === "here" ? show : say)(context, page.text, page.buttons);
  });
  onAdminPageButton(bot, historyButton, "history", async (context, { id, page }) => {
    const customer = id && (await orUnavailable(ports.customers.find(id)));
    if (customer === undefined) return notFoundPage(context);
    const { telegramId } = customer;
    const timeline = await orUnavailable(ports.admin.readTimeline(telegramId, mostEvents));
    return historyPage(context, { telegramId, name: displayName(customer) }, timeline, page);
  });
  for (const [button, name, open] of [
    [sureBlockButton, "sure-block", sureBlockPage],
    [sureEndButton, "sure-end", sureEndPage],
  ] as const) {
    onAdminButton(bot, button, name, async (context, { id }) => {
      const customer = id && (await orUnavailable(ports.customers.find(id)));
      const { noCustomer, onAdmin } = context.texts.people.act;
      if (customer === undefined) return answerPress(context, noCustomer, true);
      if (isStaff(customer.role)) return answerPress(context, onAdmin, true);
      const of = await findActed(context, ports, customer.telegramId);
      const asks = button === sureEndButton && of.kind === "several";
      const page = asks
        ? await whichOfPage(context, ports, of, button.data({ id: customer.telegramId }))
        : open(context, customer);
      answerPress(context);
      await show(context, page.text, page.buttons);
    });
  }
}

/** Takes what an admin typed after "Find"; false where this admin was not asked. */
export async function takeSearch(
  context: BotContext,
  text: string,
  ports: DialoguePorts,
): Promise<boolean> {
  const wanted = tidyName(text, "");
  if (!wanted || !may(context, "seeCustomers")) return false;
  // The field stays open: who is not found under one name is looked for under another.
  if ((await ports.dialogues.find(context.telegramId, "find")) === undefined) return false;
  context.handler = "find";
  await sayFound(context, ports, wanted);
  return true;
}

async function sayFound(context: BotContext, ports: BotPorts, wanted: string): Promise<void> {
  const found = await search(context, ports, wanted);
  const choices = [...found.customers, ...found.unmatched];
  const [first, ...others] = choices;
  const open = (): Page | Promise<Page> => {
    if (first === undefined) return notFoundPage(context);
    if (others.length > 0) return foundPage(context, found, { searched: wanted, number: 1 });
    return "telegramId" in first
      ? openCustomer(context, ports, first.telegramId)
      : unmatchedChargePage(context, first);
  };
  const page = await open();
  await say(context, page.text, page.buttons);
}

const search = async (context: BotContext, ports: BotPorts, wanted: string): Promise<Found> => ({
  customers: await searchCustomers(ports, wanted),
  unmatched: await searchUnmatched(context, ports, wanted),
});

/** The most that a customer's history shows; it is read whole for each of its pages. */
const mostEvents = 200;

const notFoundPage = (context: BotContext): Page => {
  const page = { text: context.texts.people.customer.notFound, buttons: [] };
  return withBack(context, page, adminMenuButton.data({}));
};

async function openCustomer(
  context: BotContext,
  ports: BotPorts,
  id: TelegramId | undefined,
): Promise<Page> {
  const details = id && (await loadCustomer(ports, id, clockOf(context)));
  return details === undefined ? notFoundPage(context) : customerPage(context, details);
}

async function loadCustomer(
  { admin, customers, devices, payments, plans, tickets }: BotPorts,
  id: TelegramId,
  clock: ShopClock,
): Promise<CustomerDetails | undefined> {
  const customer = await orUnavailable(customers.find(id));
  if (customer === undefined) return undefined;
  const { now } = clock;
  const own = await readNow({ plans }, await orUnavailable(customers.listSubscriptions(id)), now);
  const isPaused = own.some(({ current }) => current.state === "suspended");
  return orUnavailable(
    (async () => ({
      customer,
      // The customer may have been cached before they were let in again.
      pausedSince: isPaused ? customer.suspendedAt : undefined,
      subscriptions: await Promise.all(
        own.map(async ({ summary, current }) => ({
          summary,
          current,
          devices: await devices.list(summary.id, now),
          traffic: await customers.findTrafficUse(summary.id, clock),
          // Access that an undone decision has taken waits for the next decision.
          ended:
            current.state === "revoked" && customer.status === "active"
              ? await admin.findEndOfAccess(id, summary.id)
              : undefined,
        })),
      ),
      hasPayments: (await payments.list([id], 1)).length > 0,
      balances: await plans.listBalances(customer.id),
      inviter: await customers.findInviter(id),
      invitedCount: await customers.countInvited(id),
      request: await admin.findOpenSignup(id),
      hasTicket: (await tickets.find(id, 1)) !== undefined,
    }))(),
  );
}
