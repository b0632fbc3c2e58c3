import type { Composer } from "telegraf";
import {
  adminMenuButton,
  pendingButton,
  settingButton,
  unmatchedButton,
} from "../../../domain/messaging/buttons.ts";
import {
  type FigurePeriod,
  figurePeriods,
  type Figures,
} from "../../../domain/operations/figures.ts";
import { instant } from "../../../domain/time.ts";
import { nowText, periodText } from "../../../texts/figures.ts";
import { findHelpButton, myAccessButton, ticketsButton, todayButton } from "../../buttons.ts";
import { hostsButton } from "../../host-buttons.ts";
import { locationsButton } from "../../location-buttons.ts";
import { editPlansButton, settingsButton } from "../../shop-buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { say } from "../../request.ts";
import { type Page, withBack } from "../paging.ts";
import { onAdminCommand, onAdminPageButton } from "../register.ts";

/** /admin: the menu, with the figures of today, of 7 or of 30 days. */
export function addAdminMenu(bot: Composer<BotContext>, ports: BotPorts): void {
  onAdminCommand(bot, "admin", async (context) => {
    const page = await openMenu(context, ports, "today");
    await say(context, page.text, page.buttons);
  });
  onAdminPageButton(bot, adminMenuButton, "admin", (context, { period = "today" }) =>
    openMenu(context, ports, period),
  );
  onAdminPageButton(bot, todayButton, "admin-numbers", (context) =>
    openMenu(context, ports, "today"),
  );
}

async function openMenu(
  context: BotContext,
  { figures }: BotPorts,
  period: FigurePeriod,
): Promise<Page> {
  const now = instant(new Date());
  const counted = await orUnavailable(figures.count(period, now, context.zone));
  return adminMenuPage(context, period, counted);
}

/** The admins' menu, with the figures of a period. */
export function adminMenuPage(context: BotContext, period: FigurePeriod, figures: Figures): Page {
  const { language, shop } = context;
  const { menu, figures: texts, hosts, locations } = context.texts.operations;
  const reader = { language, currencies: shop.currencies };
  const seesShop = may(context, "seeShop");
  const shown = [
    periodText(reader, texts.periods[period], figures),
    "",
    nowText(language, figures),
  ];
  const text = [menu.title, ...(seesShop ? ["", ...shown] : [])].join("\n");
  const turns = figurePeriods.map((one) => {
    const label = texts.periods[one];
    return {
      text: one === period ? `· ${label} ·` : label,
      data: adminMenuButton.data({ period: one }),
    };
  });
  const requests = menu.counted(menu.requests, figures.waiting);
  const support = menu.counted(menu.support, figures.questions);
  const unmatched = menu.counted(menu.unmatched, figures.unmatched);
  const ofShop = [
    [{ text: unmatched, data: unmatchedButton.data({ page: 1 }) }],
    [
      { text: menu.plans, data: editPlansButton.data({}) },
      { text: menu.settings, data: settingsButton.data({}) },
    ],
    [
      { text: hosts.menu, data: hostsButton.data({}) },
      { text: locations.menu, data: locationsButton.data({}) },
    ],
    [
      {
        text: menu.maintenance(shop.maintenance.isOn),
        data: settingButton.data({ key: "maintenance" }),
      },
    ],
  ];
  return withBack(context, {
    text,
    buttons: [
      ...(seesShop ? [turns] : []),
      [
        { text: requests, data: pendingButton.data({}) },
        { text: support, data: ticketsButton.data({ page: 1 }) },
      ],
      [{ text: menu.find, data: findHelpButton.data({}) }],
      ...(seesShop ? ofShop : []),
      [{ text: context.texts.messaging.menu.myAccess, data: myAccessButton.data({}) }],
    ],
  });
}
