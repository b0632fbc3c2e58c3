import { balanceButton, paymentsButton, renewalButton } from "../../../domain/messaging/buttons.ts";
import { listOwn } from "../../chosen-subscription.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import type { Page } from "../paging.ts";
import { blockedHome } from "./home-page.ts";

/** The home screen of a blocked person: the ways to their money, where there is any. */
export async function openBlockedHome(
  context: BotContext,
  ports: Pick<BotPorts, "plans" | "payments" | "renewals" | "customers">,
): Promise<Page> {
  const { customer, telegramId, texts } = context;
  if (customer === undefined) return blockedHome(context);
  const own = await listOwn(context, ports);
  const [balances, paid, renewals] = await orUnavailable(
    Promise.all([
      ports.plans.listBalances(customer.id),
      ports.payments.list([telegramId], 1),
      Promise.all(own.map(({ id }) => ports.renewals.find(id))),
    ]),
  );
  const { menu } = texts.messaging;
  const isKept = renewals.some((one) => one?.card !== undefined || one?.isOn === true);
  return blockedHome(context, [
    ...(balances.length > 0 ? [[{ text: menu.balance, data: balanceButton.data({}) }]] : []),
    ...(paid.length > 0 ? [[{ text: menu.payments, data: paymentsButton.data({ page: 1 }) }]] : []),
    ...(isKept ? [[{ text: menu.renewal, data: renewalButton.data({}) }]] : []),
  ]);
}
