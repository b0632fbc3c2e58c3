import type { Composer } from "telegraf";
import type { StartResult } from "../../../client/durable.ts";
import { actOnCustomer } from "../../../client/people.ts";
import { telegramIdIn } from "../../../domain/messaging/buttons.ts";
import { type AdminAct, longestExtensionDays } from "../../../domain/people/admin-act.ts";
import { isStaff } from "../../../domain/people/permissions.ts";
import { displayName } from "../../../domain/people/customer.ts";
import { actButtons, askDaysButton, extendButton } from "../../buttons.ts";
import type { BotContext, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { answerPress, ask, requestIdOf, say } from "../../request.ts";
import { onAdminButton, onAdminCommand } from "../register.ts";

/** /extend and the buttons of a card: what admins do to a customer. */
export function addActs(bot: Composer<BotContext>, ports: DialoguePorts): void {
  const { client, customers, dialogues } = ports;
  // A button on a card acts once, however often it is pressed.
  // To repeat, an admin reopens the card.
  const act = (context: BotContext, what: AdminAct) =>
    actOnCustomer(client, { requestId: requestIdOf(context), by: context.telegramId, act: what });

  for (const kind of ["block", "unblock", "revoke"] as const) {
    onAdminButton(bot, actButtons[kind], `act-${kind}`, async (context, { id: customer }) => {
      const { noCustomer, onAdmin } = context.texts.people.act;
      if (customer === undefined) return answerPress(context, noCustomer, true);
      // An admin who is blocked could not even unblock themselves.
      const found = await orUnavailable(customers.find(customer));
      if (isStaff(found?.role)) return answerPress(context, onAdmin, true);
      confirmAct(context, await act(context, { kind, customer }));
    });
  }
  onAdminButton(bot, extendButton, "act-extend", async (context, { id: customer, days }) => {
    if (customer === undefined || !mayExtendBy(days)) {
      return answerPress(context, context.texts.people.act.noCustomer, true);
    }
    confirmAct(context, await act(context, { kind: "extend", customer, days }));
  });
  onAdminButton(bot, askDaysButton, "act-ask-days", async (context, { id }) => {
    const { act: texts } = context.texts.people;
    const customer = id && (await orUnavailable(customers.find(id)));
    if (customer === undefined) return answerPress(context, texts.noCustomer, true);
    await dialogues.open(context.telegramId, "days", String(id));
    answerPress(context);
    await ask(context, texts.askDays(displayName(customer)), texts.daysField);
  });
  const command = { command: "extend", handler: "act-extend" } as const;
  onAdminCommand(bot, command, async (context, payload) => {
    const [, id = "", digits] = /^(\d{1,16})\s+(\d{1,4})$/u.exec(payload.trim()) ?? [];
    const customer = telegramIdIn(id);
    const days = Number(digits);
    if (customer === undefined || !mayExtendBy(days))
      return say(context, context.texts.people.act.extendHow(longestExtensionDays));
    await act(context, { kind: "extend", customer, days });
  });
}

/** Gives the days that an admin typed; false where this admin was not asked for days. */
export async function takeDays(
  context: BotContext,
  text: string,
  { client, dialogues }: DialoguePorts,
): Promise<boolean> {
  if (!may(context, "giveDays")) return false;
  const [digits] = /^\d{1,4}$/u.exec(text.trim().replace(/^\+/u, "")) ?? [];
  const { telegramId: by } = context;
  const days = Number(digits);
  if (!mayExtendBy(days)) {
    if ((await dialogues.find(by, "days")) === undefined) return false;
    context.handler = "act-extend";
    const { act } = context.texts.people;
    await ask(context, act.extendHow(longestExtensionDays), act.daysField);
    return true;
  }
  const requestId = requestIdOf(context);
  const customer = telegramIdIn((await dialogues.claim(by, "days", requestId)) ?? "");
  if (customer === undefined) return false;
  context.handler = "act-extend";
  await actOnCustomer(client, { requestId, by, act: { kind: "extend", customer, days } });
  return true;
}

/** Answers the press that has started an act. */
export function confirmAct(context: BotContext, started: StartResult): void {
  const { act, approval } = context.texts.people;
  answerPress(context, started === "taken" ? approval.taken : act.alreadyDone);
}

const mayExtendBy = (days: number): boolean => days >= 1 && days <= longestExtensionDays;
