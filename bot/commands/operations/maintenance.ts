import type { Middleware } from "telegraf";
import {
  addOnButton,
  captchaButton,
  connectButton,
  deviceRequestButtons,
  helpButton,
  homeButton,
  invoiceQrButton,
  joinedButton,
  paymentsButton,
  plansButton,
  startButton,
  topUpButton,
} from "../../../domain/messaging/buttons.ts";
import { textFor } from "../../../domain/operations/shop-settings.ts";
import { isStaff } from "../../../domain/people/permissions.ts";
import { escapeHtml } from "../../../texts/index.ts";
import {
  addDeviceButton,
  agreeButton,
  askTopUpButton,
  beginButton,
  buyButton,
  chooseBeginButton,
  chooseRenewalButton,
  connectKeyButton,
  payAddOnButton,
  payTopUpButton,
  planButton,
  platformButton,
  showPaymentButton,
  sureReissueButton,
  topUpAmountButton,
  worksButton,
} from "../../buttons.ts";
import type { customerCommands } from "../../command-menu.ts";
import type { BotContext } from "../../context.ts";
import { commandIn } from "../../middlewares.ts";
import { answerPress, type Buttons, say, show } from "../../request.ts";

type CustomerCommand = (typeof customerCommands)[number];

/**
 * Which commands of customers are closed during maintenance: those by which people come, buy or
 * connect. Support, help, and what a customer has stay open.
 */
const isClosed: Readonly<Record<CustomerCommand, boolean>> = {
  start: true,
  connect: true,
  plans: true,
  devices: false,
  usage: false,
  payments: false,
  balance: false,
  invite: false,
  language: false,
  help: false,
  support: false,
  paysupport: false,
  terms: false,
  privacy: false,
};
const closedCommands: ReadonlySet<string> = new Set(
  Object.entries(isClosed).flatMap(([command, closed]) => (closed ? [command] : [])),
);

/** The same for buttons. Removing a device, and ending what is charged again, are always possible. */
const closedButtons = [
  homeButton,
  startButton,
  captchaButton,
  joinedButton,
  plansButton,
  planButton,
  buyButton,
  chooseBeginButton,
  beginButton,
  chooseRenewalButton,
  agreeButton,
  topUpButton,
  topUpAmountButton,
  askTopUpButton,
  payTopUpButton,
  addOnButton,
  payAddOnButton,
  showPaymentButton,
  invoiceQrButton,
  connectButton,
  platformButton,
  connectKeyButton,
  worksButton,
  addDeviceButton,
  sureReissueButton,
  deviceRequestButtons.show,
  deviceRequestButtons.qr,
  deviceRequestButtons.text,
  deviceRequestButtons.reissue,
  deviceRequestButtons.use,
];

/**
 * While the shop is closed for maintenance whoever comes, buys or connects is told so, except the
 * shop's own people. Nobody is kept from asking for help, or from what they have. What was paid is
 * still booked: gateways and Telegram's own payments do not come this way.
 */
export const pauseForMaintenance: Middleware<BotContext> = async (context, next) => {
  const { maintenance } = context.shop;
  const isExempt = !maintenance.isOn || isStaff(context.role);
  if (isExempt || !wantsClosed(context)) return next();
  context.handler = "maintenance";
  const { texts, language } = context;
  const own = textFor(maintenance.text, language);
  const text = own === undefined ? texts.messaging.maintenance.text : `🛠 ${escapeHtml(own)}`;
  if (context.callbackQuery === undefined) return say(context, text, waysOn(context));
  answerPress(context, texts.messaging.maintenance.short);
  await show(context, text, waysOn(context));
};

function wantsClosed({ callbackQuery, text }: BotContext): boolean {
  if (callbackQuery === undefined) return closedCommands.has(commandIn(text) ?? "");
  const { data = "" } = callbackQuery as { data?: string };
  return closedButtons.some(({ pattern }) => pattern.test(data));
}

/** What is open all the same. */
function waysOn({ texts, customer }: BotContext): Buttons {
  const { maintenance, menu } = texts.messaging;
  const payments = { text: menu.payments, data: paymentsButton.data({ page: 1 }) };
  return [
    [{ text: maintenance.again, data: homeButton.data({}) }],
    ...(customer?.status === "active" ? [[payments]] : []),
    [{ text: menu.help, data: helpButton.data({}) }],
  ];
}
