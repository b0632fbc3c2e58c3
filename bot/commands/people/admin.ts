import type { Composer } from "telegraf";
import type { StartResult } from "../../../client/durable.ts";
import { actOnCustomer, decideApproval } from "../../../client/people.ts";
import { longestExtensionDays } from "../../../domain/access/subscription.ts";
import { type ApprovalId, telegramId, type TelegramId } from "../../../domain/ids.ts";
import type { AdminAct } from "../../../domain/people/admin-act.ts";
import { tidyName } from "../../../domain/people/customer.ts";
import { instant } from "../../../domain/time.ts";
import { bytesIn } from "../../../texts/index.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, requestIdOf, say, show } from "../../request.ts";
import { adminsOnly } from "../admins-only.ts";
import { mostListed } from "../paging.ts";
import { amountsIn } from "../payments/payment-lines.ts";
import { customerPage, deskPage, foundPage, pendingPage, sureBlockPage } from "./admin-pages.ts";

/** Decisions, and /admin: the desk, customers with their timeline, extend, block. */
export function addAdmin(bot: Composer<BotContext>, ports: BotPorts): void {
  addDecisions(bot, ports);
  addDesk(bot, ports);
  addCustomers(bot, ports);
  addActs(bot, ports);
}

function addDecisions(bot: Composer<BotContext>, { client }: BotPorts): void {
  const pressed = /^decide:([\w:-]{1,40}):([0-9a-f]{8}):(approve|reject)$/u;
  bot.action(pressed, adminsOnly, async (context) => {
    context.handler = "decide";
    const [, approvalId = "", ask = "", decision = ""] = context.match;
    const made = { ask, decision: decision as "approve", by: context.telegramId };
    const taken = await decideApproval(client, approvalId as ApprovalId, made);
    const { approval } = context.texts.people;
    answerPress(context, taken === "taken" ? approval.taken : approval.alreadyDecided);
  });
}

function addDesk(bot: Composer<BotContext>, { admin, unmatched }: BotPorts): void {
  bot.command("admin", adminsOnly, async (context) => {
    context.handler = "admin";
    const page = deskPage(context);
    await say(context, page.text, page.buttons);
  });
  bot.action(/^admin-pending(?::(\d{1,4}))?$/u, adminsOnly, async (context) => {
    context.handler = "admin-pending";
    const [, number] = context.match;
    const page = pendingPage(
      context,
      await orUnavailable(admin.openRequests(mostListed)),
      Number(number ?? 1),
    );
    answerPress(context);
    // The desk itself stays where it is; a page of the list is turned in its place.
    await (number === undefined ? say : show)(context, page.text, page.buttons);
  });
  bot.action("admin-find", adminsOnly, async (context) => {
    context.handler = "admin-find";
    answerPress(context);
    await say(context, context.texts.people.customer.findHow);
  });
  bot.action("admin-numbers", adminsOnly, async (context) => {
    context.handler = "admin-numbers";
    const { texts } = context;
    const now = instant(new Date());
    const numbers = await orUnavailable(admin.numbers(now));
    const money = await orUnavailable(unmatched.numbers(now));
    const down = bytesIn(context.language, numbers.downloaded);
    const up = bytesIn(context.language, numbers.uploaded);
    const paid = amountsIn(context, money.paid) || texts.operations.today.nothingPaid;
    answerPress(context);
    const all = [
      texts.operations.today.numbers({ ...numbers, down, up }),
      texts.operations.today.money({ ...money, paid }),
    ];
    await say(context, all.join("\n"));
  });
}

function addCustomers(bot: Composer<BotContext>, ports: BotPorts): void {
  bot.command("find", adminsOnly, async (context) => {
    context.handler = "find";
    const { texts } = context;
    const wanted = tidyName(context.payload, "");
    if (!wanted) return say(context, texts.people.customer.findHow);
    const found = await orUnavailable(ports.customers.search(wanted, mostListed));
    const [first, ...others] = found;
    if (first === undefined) return say(context, texts.people.customer.notFound);
    if (others.length === 0) return sayCustomer(context, ports, first.telegramId);
    const page = foundPage(context, found, { searched: wanted, number: 1 });
    await say(context, page.text, page.buttons);
  });
  bot.action(/^find:(\d{1,4}):(.{1,64})$/u, adminsOnly, async (context) => {
    context.handler = "find";
    const [, number = "", searched = ""] = context.match;
    const found = await orUnavailable(ports.customers.search(searched, mostListed));
    answerPress(context);
    if (found.length === 0) return show(context, context.texts.people.customer.notFound);
    const page = foundPage(context, found, { searched, number: Number(number) });
    await show(context, page.text, page.buttons);
  });
  bot.action(/^customer:(\d{1,16})$/u, adminsOnly, async (context) => {
    context.handler = "customer";
    answerPress(context);
    await sayCustomer(context, ports, idIn(context.match[1]));
  });
  bot.action(/^sure-block:(\d{1,16})$/u, adminsOnly, async (context) => {
    context.handler = "sure-block";
    const id = idIn(context.match[1]);
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
  const subscription = await orUnavailable(customers.subscriptionOf(id));
  const owned = subscription
    ? await orUnavailable(devices.of(subscription.id, instant(new Date())))
    : [];
  const timeline = await orUnavailable(admin.timeline(id));
  const bought = await orUnavailable(payments.of([id], 3));
  const balances = await orUnavailable(plans.balances(customer.id));
  const seen = { customer, subscription, devices: owned, payments: bought, balances, timeline };
  const page = customerPage(context, seen);
  await say(context, page.text, page.buttons);
}

function addActs(bot: Composer<BotContext>, { client, customers }: BotPorts): void {
  // A button on a card acts once, however often it is pressed: whoever means it twice opens the card
  // again.
  const act = (context: BotContext, what: AdminAct) =>
    actOnCustomer(client, { requestId: requestIdOf(context), by: context.telegramId, act: what });

  bot.action(/^act:(block|unblock|revoke):(\d{1,16})$/u, adminsOnly, async (context) => {
    const [, kind = "", digits = ""] = context.match;
    context.handler = `act-${kind}`;
    const customer = idIn(digits);
    if (customer === undefined)
      return answerPress(context, context.texts.people.act.noCustomer, true);
    // An admin who is blocked could not even unblock themselves.
    const isAdmin = (await orUnavailable(customers.find(customer)))?.role === "admin";
    if (isAdmin) return answerPress(context, context.texts.people.act.onAdmin, true);
    await confirm(context, await act(context, { kind: kind as "block", customer }));
  });
  bot.action(/^act:extend:(\d{1,16}):(\d{1,4})$/u, adminsOnly, async (context) => {
    context.handler = "act-extend";
    const [customer, days] = [idIn(context.match[1]), Number(context.match[2])];
    if (customer === undefined || !mayExtendBy(days)) {
      return answerPress(context, context.texts.people.act.noCustomer, true);
    }
    await confirm(context, await act(context, { kind: "extend", customer, days }));
  });
  bot.command("extend", adminsOnly, async (context) => {
    context.handler = "act-extend";
    const [, id, digits] = /^(\d{1,16})\s+(\d{1,4})$/u.exec(context.payload.trim()) ?? [];
    const [customer, days] = [idIn(id), Number(digits)];
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

/** Undefined where no account can have this number. */
function idIn(digits: string | undefined): TelegramId | undefined {
  const id = Number(digits);
  return Number.isSafeInteger(id) && id > 0 ? telegramId(id) : undefined;
}
