import type { Composer } from "telegraf";
import { pendingButton } from "../../../domain/messaging/buttons.ts";
import { instant } from "../../../domain/time.ts";
import { bytesIn } from "../../../texts/index.ts";
import {
  adminMenuButton,
  editPlansButton,
  findHelpButton,
  settingsButton,
  ticketsButton,
  todayButton,
  unmatchedButton,
} from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { say } from "../../request.ts";
import { type Page, withBack } from "../paging.ts";
import { amountsIn } from "../payments/payment-lines.ts";
import { onAdminCommand, onAdminPageButton } from "../register.ts";

/** /admin: the menu, and the figures of today. */
export function addAdminMenu(bot: Composer<BotContext>, { admin, unmatched }: BotPorts): void {
  onAdminCommand(bot, "admin", async (context) => {
    const page = menuPage(context);
    await say(context, page.text, page.buttons);
  });
  onAdminPageButton(bot, adminMenuButton, "admin", menuPage);
  onAdminPageButton(bot, todayButton, "admin-numbers", async (context) => {
    const { texts } = context;
    const now = instant(new Date());
    const people = await orUnavailable(admin.countToday(now));
    const money = await orUnavailable(unmatched.countToday(now));
    const down = bytesIn(context.language, people.downloaded);
    const up = bytesIn(context.language, people.uploaded);
    const paid = amountsIn(context, money.paid) || texts.operations.today.nothingPaid;
    const all = [
      texts.operations.today.people({ ...people, down, up }),
      texts.operations.today.money({ ...money, paid }),
    ];
    const page = { text: all.join("\n"), buttons: [] };
    return withBack(context, page, adminMenuButton.data({}));
  });
}

/** The admins' menu. */
function menuPage(context: BotContext): Page {
  const { texts } = context;
  return withBack(context, {
    text: texts.operations.menu.title,
    buttons: [
      [
        { text: texts.operations.menu.requests, data: pendingButton.data({}) },
        { text: texts.operations.menu.today, data: todayButton.data({}) },
      ],
      [
        { text: texts.operations.menu.find, data: findHelpButton.data({}) },
        { text: texts.operations.menu.unmatched, data: unmatchedButton.data({ page: 1 }) },
      ],
      [{ text: texts.operations.menu.support, data: ticketsButton.data({ page: 1 }) }],
      [
        { text: texts.operations.menu.plans, data: editPlansButton.data({}) },
        { text: texts.operations.menu.settings, data: settingsButton.data({}) },
      ],
    ],
  });
}
