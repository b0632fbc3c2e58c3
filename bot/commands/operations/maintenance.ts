import type { Middleware } from "telegraf";
import { homeButton } from "../../../domain/messaging/buttons.ts";
import { textFor } from "../../../domain/operations/shop-settings.ts";
import { isStaff } from "../../../domain/people/permissions.ts";
import { escapeHtml } from "../../../texts/index.ts";
import type { BotContext } from "../../context.ts";
import { answerPress, say, show } from "../../request.ts";

/**
 * While the shop is closed for maintenance everybody but admins is told so. What was paid is still
 * booked: gateways and Telegram's own payments do not come this way.
 */
export const pauseForMaintenance: Middleware<BotContext> = async (context, next) => {
  const { maintenance } = context.shop;
  if (!maintenance.isOn || isStaff(context.customer?.role)) return next();
  context.handler = "maintenance";
  const { texts, language } = context;
  const own = textFor(maintenance.text, language);
  const text = own === undefined ? texts.messaging.maintenance.text : `🛠 ${escapeHtml(own)}`;
  const again = { text: texts.messaging.maintenance.again, data: homeButton.data({}) };
  if (context.callbackQuery === undefined) return say(context, text, [[again]]);
  answerPress(context, texts.messaging.maintenance.short);
  await show(context, text, [[again]]);
};
