import type { Composer } from "telegraf";
import { isStaff } from "../../../domain/people/permissions.ts";
import { inviteButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { type Page, withBack } from "../paging.ts";
import { onPage } from "../register.ts";
import { findCurrentPlan } from "./current-plan.ts";
import { openHome } from "./home.ts";

/** /invite: the link by which a customer invites others, and how many have come. */
export function addInvite(bot: Composer<BotContext>, ports: BotPorts): void {
  onPage(bot, "invite", inviteButton, (context) => openInvite(context, ports));
}

async function openInvite(context: BotContext, ports: BotPorts): Promise<Page> {
  const { customer, telegramId, texts, botInfo } = context;
  const invites = isStaff(customer?.role) || (await findCurrentPlan(context, ports)) !== undefined;
  if (!invites) return openHome(context, ports);
  const { invite } = texts.people;
  const link = `https://t.me/${botInfo.username}?start=ref_${telegramId}`;
  const count = await orUnavailable(ports.customers.countInvited(telegramId));
  const share = new URL("https://t.me/share/url");
  share.search = new URLSearchParams({ url: link, text: invite.shareText }).toString();
  const text = [invite.how(link), ...(count > 0 ? [invite.came(count)] : [])].join("\n\n");
  return withBack(context, { text, buttons: [[{ text: invite.share, url: share.href }]] });
}
