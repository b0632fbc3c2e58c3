import type { SubscriptionSummary } from "../../../db/queries/people/customers.ts";
import { countingOf } from "../../../domain/access/subscription.ts";
import type { SubscriptionId, TelegramId } from "../../../domain/ids.ts";
import { customerButton } from "../../../domain/messaging/buttons.ts";
import { displayName } from "../../../domain/people/customer.ts";
import { instant } from "../../../domain/time.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, say, show } from "../../request.ts";
import { choiceButton, linesForAdmin, readNow } from "../access/subscription-pages.ts";
import { type Page, withBack } from "../paging.ts";

/** Which of a customer's subscriptions an admin's act is about; `all`: those that it may be about. */
export type ActedSubscription = {
  readonly customer: TelegramId;
  readonly all: readonly SubscriptionSummary[];
} & (
  | { readonly kind: "none" | "several" }
  | { readonly kind: "one"; readonly subscription: SubscriptionSummary }
);

/**
 * The one that the update names, or the only one. `several`: the admin has to choose. Days may also
 * be for one that was ended: they open it again.
 */
export async function findActed(
  { chosen }: BotContext,
  { customers }: Pick<BotPorts, "customers">,
  customer: TelegramId,
  among: "counting" | "all" = "counting",
): Promise<ActedSubscription> {
  const listed = await orUnavailable(customers.listSubscriptions(customer));
  const all = among === "all" ? listed : countingOf(listed);
  const subscription =
    all.find(({ number }) => number === chosen) ?? (all.length === 1 ? all[0] : undefined);
  if (subscription !== undefined) return { kind: "one", customer, all, subscription };
  return { kind: all.length === 0 ? "none" : "several", customer, all };
}

/** The subscription as an act names it. */
export const idOf = (of: ActedSubscription): { readonly subscription?: SubscriptionId } =>
  of.kind === "one" ? { subscription: of.subscription.id } : {};

/**
 * Where the admin has to choose, asks which one is meant, in place of the pressed message; each
 * button then does what `data` does. False: it is known.
 */
export async function askWhich(
  context: BotContext,
  ports: BotPorts,
  of: ActedSubscription,
  data: string,
): Promise<boolean> {
  if (of.kind !== "several") return false;
  const page = await whichOfPage(context, ports, of, data);
  answerPress(context);
  await (context.callbackQuery === undefined ? say : show)(context, page.text, page.buttons);
  return true;
}

/** Asks which of a customer's subscriptions is meant; each button then does what `data` does. */
export async function whichOfPage(
  context: BotContext,
  ports: BotPorts,
  { customer, all }: ActedSubscription,
  data: string,
): Promise<Page> {
  const now = instant(new Date());
  const found = await orUnavailable(ports.customers.find(customer));
  const read = await readNow(ports, all, now);
  const title = context.texts.access.subscriptions.whichOfCustomer(
    found ? displayName(found) : "—",
  );
  const lines = linesForAdmin(context, read);
  const buttons = read.map((one) => [choiceButton(context, one, data)]);
  const page = { text: [title, ...lines].join("\n"), buttons };
  return withBack(context, page, customerButton.data({ id: customer, place: "here" }));
}
