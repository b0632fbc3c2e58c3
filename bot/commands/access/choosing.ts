import type { Middleware } from "telegraf";
import { isUuid, deviceId } from "../../../domain/ids.ts";
import {
  connectButton,
  devicesButton,
  plansButton,
  renewalButton,
} from "../../../domain/messaging/buttons.ts";
import {
  type ButtonKind,
  readSubscription,
  withSubscription,
} from "../../../domain/messaging/subscription-buttons.ts";
import { instant } from "../../../domain/time.ts";
import { usageButton } from "../../buttons.ts";
import { listOwn } from "../../chosen-subscription.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { commandIn } from "../../middlewares.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, say, show } from "../../request.ts";
import {
  askingButtons,
  buyingButtons,
  deviceButtons,
  namingButtons,
} from "../../subscription-buttons.ts";
import { type Page, withBack } from "../paging.ts";
import {
  choiceButton,
  extendingButton,
  linesOf,
  type OwnSubscription,
  readNow,
} from "./subscription-pages.ts";

type ChoicePorts = Pick<BotPorts, "customers" | "plans" | "devices">;

/** The button that does what a command does. */
const buttonOf: Readonly<Record<string, string>> = {
  connect: connectButton.data({}),
  plans: plansButton.data({}),
  devices: devicesButton.data({}),
  usage: usageButton.data({ page: 1 }),
  renewal: renewalButton.data({}),
};

/**
 * Finds out which of the sender's subscriptions an update is about. Where it has to be known and the
 * update does not say it, whoever has several is asked by buttons, and whoever buys whether it is for
 * a new one.
 */
export const chooseSubscription =
  (ports: ChoicePorts): Middleware<BotContext> =>
  async (context, next) => {
    const wanted = dataOf(context);
    if (wanted === undefined) return next();
    const { data, choice } = readSubscription(wanted);
    context.chosen = choice === "new" && !isOneOf(buyingButtons, data) ? undefined : choice;
    // Blocked people come here for what is charged by itself.
    const isCustomer = ["active", "blocked"].includes(context.customer?.status ?? "");
    if (choice !== undefined || !isCustomer || !isOneOf(askingButtons, data)) return next();
    if (isOneOf(deviceButtons, data)) {
      await chooseByDevice(context, ports, data.split(":")[1] ?? "");
      return next();
    }
    context.handler = "which-subscription";
    const page = await questionOf(context, ports, data);
    if (page === undefined) return next();
    answerPress(context);
    await (context.callbackQuery === undefined ? say : show)(context, page.text, page.buttons);
  };

/** The pressed button's data, or that of the button that does what the command does. */
function dataOf({ callbackQuery, text }: BotContext): string | undefined {
  if (callbackQuery !== undefined) return (callbackQuery as { data?: string }).data;
  return buttonOf[commandIn(text) ?? ""];
}

const isOneOf = (kinds: readonly ButtonKind[], data: string): boolean =>
  kinds.some(({ pattern }) => pattern.test(data));

/** A device says itself which subscription it is about; only whoever has several needs to know. */
export async function chooseByDevice(
  context: BotContext,
  ports: Pick<BotPorts, "customers" | "devices">,
  id: string,
): Promise<void> {
  const own = await listOwn(context, ports);
  if (own.length < 2 || !isUuid(id)) return;
  const of = await orUnavailable(ports.devices.findSubscription(deviceId(id)));
  // Somebody else's device is the first subscription's business, which refuses it.
  context.chosen = (own.find((one) => one.id === of) ?? own[0])?.number;
}

/** The question that has to be answered first; undefined: there is none. */
async function questionOf(
  context: BotContext,
  ports: ChoicePorts,
  data: string,
): Promise<Page | undefined> {
  const own = await listOwn(context, ports);
  const isBuying = isOneOf(buyingButtons, data);
  const asksOnly = plansButton.pattern.test(data);
  if (own.length === 0 || (own.length === 1 && !asksOnly)) return undefined;
  const now = instant(new Date());
  const read = await readNow(ports, own, now);
  if (own.length === 1 && !read.some(isBought)) return undefined;
  const { subscriptions } = context.texts.access;
  const lines = own.length === 1 ? [] : linesOf(context, read, now);
  const title = isBuying ? subscriptions.extendOrNew : subscriptions.which;
  const isOnly = own.length === 1;
  const buttons = read.map((one) => [
    isBuying ? extendingButton(context, one, { data, isOnly }) : choiceButton(context, one, data),
  ]);
  const startNew = {
    text: subscriptions.startNew,
    data: withSubscription(data, "new", namingButtons),
  };
  const all = isBuying ? [...buttons, [startNew]] : buttons;
  return withBack(context, { text: [title, ...lines].join("\n"), buttons: all });
}

/** It has time that was bought: what is bought now may be meant to stand beside it. */
const isBought = ({ current: { state, plan } }: OwnSubscription): boolean =>
  (state === "active" || state === "exhausted") && plan !== undefined && !plan.trial;
