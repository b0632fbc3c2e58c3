import type { Composer } from "telegraf";
import type { StartResult } from "../../../client/durable.ts";
import { actOnCustomer } from "../../../client/people.ts";
import type { TelegramId } from "../../../domain/ids.ts";
import { adminMenuButton, telegramIdIn } from "../../../domain/messaging/buttons.ts";
import { readSubscription } from "../../../domain/messaging/subscription-buttons.ts";
import { type AdminAct, longestExtensionDays } from "../../../domain/people/admin-act.ts";
import { isStaff } from "../../../domain/people/permissions.ts";
import { instant } from "../../../domain/time.ts";
import { displayName } from "../../../domain/people/customer.ts";
import {
  actButtons,
  askDaysButton,
  extendButton,
  sureExtendButton,
  sureUnblockButton,
} from "../../buttons.ts";
import type { BotContext, BotPorts, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { answerPress, ask, inPressed, react, requestIdOf, say } from "../../request.ts";
import { type Page, sayToStaff, withBack } from "../paging.ts";
import { onAdminButton, onAdminCommand, onAdminPageButton } from "../register.ts";
import { askWhich, findActed, idOf, whichOfPage } from "./acted-subscription.ts";
import { type CustomerEnd, sureExtendPage, sureUnblockPage } from "./sure-pages.ts";

/** /extend and the buttons of a card: what admins do to a customer. */
export function addActs(bot: Composer<BotContext>, ports: DialoguePorts): void {
  const { client, customers, dialogues } = ports;
  // A button on a card acts once, however often it is pressed.
  // To repeat, an admin reopens the card.
  const act = (context: BotContext, what: AdminAct) =>
    actOnCustomer(client, {
      requestId: requestIdOf(context),
      by: context.telegramId,
      act: what,
      ...inPressed(context),
    });

  for (const kind of ["block", "unblock", "revoke"] as const) {
    onAdminButton(bot, actButtons[kind], `act-${kind}`, async (context, { id: customer }) => {
      const { noCustomer, onAdmin } = context.texts.people.act;
      if (customer === undefined) return answerPress(context, noCustomer, true);
      // An admin who is blocked could not even unblock themselves.
      const found = await orUnavailable(customers.find(customer));
      if (isStaff(found?.role)) return answerPress(context, onAdmin, true);
      if (kind !== "revoke") return confirmAct(context, await act(context, { kind, customer }));
      const of = await findActed(context, ports, customer);
      if (await askWhich(context, ports, of, actButtons[kind].data({ id: customer }))) return;
      confirmAct(context, await act(context, { kind, customer, ...idOf(of) }));
    });
  }
  onAdminButton(bot, extendButton, "act-extend", async (context, { id: customer, days }) => {
    if (customer === undefined || !mayExtendBy(days)) {
      return answerPress(context, context.texts.people.act.noCustomer, true);
    }
    const of = await findActed(context, ports, customer, "all");
    if (await askWhich(context, ports, of, extendButton.data({ id: customer, days }))) return;
    confirmAct(context, await act(context, { kind: "extend", customer, days, ...idOf(of) }));
  });
  onAdminPageButton(bot, sureExtendButton, "sure-extend", (context, { id, days }) =>
    extendPage(context, ports, { id, days }),
  );
  onAdminPageButton(bot, sureUnblockButton, "sure-unblock", async (context, { id }) => {
    const found = await findEnd(context, ports, id);
    if (found === undefined) return noCustomer(context);
    return sureUnblockPage(context, found, instant(new Date()));
  });
  onAdminButton(bot, askDaysButton, "act-ask-days", async (context, { id }) => {
    const { act: texts } = context.texts.people;
    const customer = id && (await orUnavailable(customers.find(id)));
    if (customer === undefined) return answerPress(context, texts.noCustomer, true);
    const { telegramId } = customer;
    const of = await findActed(context, ports, telegramId, "all");
    if (await askWhich(context, ports, of, askDaysButton.data({ id: telegramId }))) return;
    const subject = typeof context.chosen === "number" ? `${id}~${context.chosen}` : `${id}`;
    await dialogues.open(context.telegramId, "days", subject);
    answerPress(context);
    await ask(context, texts.askDays(displayName(customer)), texts.daysField);
  });
  onAdminCommand(bot, "extend", async (context, payload) => {
    const [, id = "", digits] = /^(\d{1,16})\s+(\d{1,4})$/u.exec(payload.trim()) ?? [];
    const customer = telegramIdIn(id);
    const days = Number(digits);
    if (customer === undefined || !mayExtendBy(days))
      return sayToStaff(context, context.texts.people.act.extendHow(longestExtensionDays));
    const of = await findActed(context, ports, customer, "all");
    if (await askWhich(context, ports, of, sureExtendButton.data({ id: customer, days }))) return;
    await act(context, { kind: "extend", customer, days, ...idOf(of) });
    await react(context, "👍");
  });
}

/** Asks about the days that an admin typed; false where this admin was not asked for days. */
export async function takeDays(
  context: BotContext,
  text: string,
  ports: DialoguePorts,
): Promise<boolean> {
  const { dialogues } = ports;
  if (!may(context, "giveDays")) return false;
  const [digits] = /^\d{1,4}$/u.exec(text.trim().replace(/^\+/u, "")) ?? [];
  const { telegramId: by } = context;
  const days = Number(digits);
  if (!mayExtendBy(days)) {
    if ((await dialogues.find(by, "days")) === undefined) return false;
    context.handler = "act-extend";
    const { act } = context.texts.people;
    await ask(context, act.daysHow(longestExtensionDays), act.daysField);
    return true;
  }
  const requestId = requestIdOf(context);
  const subject = readSubscription((await dialogues.claim(by, "days", requestId)) ?? "");
  const customer = telegramIdIn(subject.data);
  if (customer === undefined) return false;
  context.chosen = subject.choice;
  context.handler = "sure-extend";
  const page = await extendPage(context, ports, { id: customer, days });
  await say(context, page.text, page.buttons);
  return true;
}

/** The question before days are given; whoever may not get so many is refused. */
async function extendPage(
  context: BotContext,
  ports: BotPorts,
  { id, days }: { readonly id: TelegramId | undefined; readonly days: number },
): Promise<Page> {
  if (id === undefined || !mayExtendBy(days)) return noCustomer(context);
  const of = await findActed(context, ports, id, "all");
  if (of.kind === "several") {
    return whichOfPage(context, ports, of, sureExtendButton.data({ id, days }));
  }
  const customer = await orUnavailable(ports.customers.find(id));
  if (customer === undefined) return noCustomer(context);
  const paidUntil = of.kind === "one" ? (of.subscription.paidUntil ?? undefined) : undefined;
  return sureExtendPage(context, { customer, paidUntil }, { days, now: instant(new Date()) });
}

const noCustomer = (context: BotContext): Page =>
  withBack(
    context,
    { text: context.texts.people.act.noCustomer, buttons: [] },
    adminMenuButton.data({}),
  );

async function findEnd(
  context: BotContext,
  ports: BotPorts,
  id: TelegramId | undefined,
): Promise<CustomerEnd | undefined> {
  const { customers } = ports;
  const customer = id && (await orUnavailable(customers.find(id)));
  if (customer === undefined) return undefined;
  // A block is lifted from all of them: the last end says what they have left.
  const { all } = await findActed(context, ports, customer.telegramId);
  const ends = all.flatMap(({ paidUntil }) => paidUntil ?? []).toSorted();
  return { customer, paidUntil: ends.at(-1) };
}

/** Answers the press that has started an act: its page becomes the result. */
export function confirmAct(context: BotContext, started: StartResult): void {
  const { people, messaging } = context.texts;
  answerPress(context, started === "taken" ? messaging.answer.working : people.act.alreadyDone);
}

const mayExtendBy = (days: number): boolean => days >= 1 && days <= longestExtensionDays;
