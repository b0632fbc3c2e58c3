import type { Composer } from "telegraf";
import type { StartResult } from "../../../client/durable.ts";
import { actOnCustomer } from "../../../client/people.ts";
import { telegramIdIn } from "../../../domain/messaging/buttons.ts";
import { type AdminAct, longestExtensionDays } from "../../../domain/people/admin-act.ts";
import { actButtons, extendButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, requestIdOf, say } from "../../request.ts";
import { onAdminButton, onAdminCommand } from "../register.ts";

/** /extend and the buttons of a card: what admins do to a customer. */
export function addActs(bot: Composer<BotContext>, { client, customers }: BotPorts): void {
  // A button on a card acts once, however often it is pressed.
  // To repeat, an admin reopens the card.
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
      return say(context, context.texts.people.act.extendHow(longestExtensionDays));
    await act(context, { kind: "extend", customer, days });
  });
}

async function confirm(context: BotContext, started: StartResult): Promise<void> {
  const { act, approval } = context.texts.people;
  answerPress(context, started === "taken" ? approval.taken : act.alreadyDone);
}

const mayExtendBy = (days: number): boolean => days >= 1 && days <= longestExtensionDays;
