import type { Composer } from "telegraf";
import { plansButton } from "../../../domain/messaging/buttons.ts";
import { instant } from "../../../domain/time.ts";
import { buyButton, planButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { answerPress, show } from "../../request.ts";
import { withMaintenance } from "../access/maintenance-words.ts";
import { openHome, showHome } from "../people/home.ts";
import { onButton, onList } from "../register.ts";
import { buy } from "./buying.ts";
import { findPausedBy, openCatalog } from "./catalog.ts";
import { planPage, plansPage } from "./plan-pages.ts";

/** /plans: the offers, what each does to the time that is left, and the order. */
export function addPlans(bot: Composer<BotContext>, ports: BotPorts): void {
  onList(bot, "plans", plansButton, async (context, number) => {
    const catalog = await openCatalog(context, ports);
    if (catalog === undefined) return openHome(context, ports);
    const page = plansPage(context, catalog.offers, number);
    return withMaintenance(context, ports, page, { isPaying: true });
  });
  onButton(bot, planButton, "plan", async (context, { code, sure }) => {
    const catalog = await openCatalog(context, ports);
    if (catalog === undefined) return showHome(context, ports);
    const offer = catalog.offers.find(({ plan }) => plan.code === code);
    if (offer === undefined) {
      return answerPress(context, context.texts.payments.notOpened.notForSale);
    }
    const offered = planPage(context, offer, {
      current: catalog.current,
      now: instant(new Date()),
      pauses: await findPausedBy(context, ports, offer.plan),
      isSure: sure === "sure",
    });
    const page = await withMaintenance(context, ports, offered, { isPaying: true });
    answerPress(context);
    await show(context, page.text, page.buttons);
  });
  onButton(bot, buyButton, "buy", (context, chosen) => buy(context, ports, chosen));
}
