import type { DeviceCount } from "../../../db/queries/access/devices.ts";
import type { CurrentPlan } from "../../../db/queries/payments/plans.ts";
import type { TrafficUse } from "../../../db/queries/people/customers.ts";
import { trialPlan } from "../../../domain/access/subscription.ts";
import {
  adminMenuButton,
  balanceButton,
  connectButton,
  devicesButton,
  helpButton,
  homeButton,
  joinedButton,
  paymentsButton,
  plansButton,
  renewalButton,
  startButton,
} from "../../../domain/messaging/buttons.ts";
import type { Money } from "../../../domain/money.ts";
import { isStaff } from "../../../domain/people/permissions.ts";
import { type Instant, msBetween } from "../../../domain/time.ts";
import { joinButtons } from "../../../texts/channels.ts";
import { bytesIn, dayIn, momentIn } from "../../../texts/index.ts";
import {
  allSubscriptionsButton,
  inviteButton,
  languagesButton,
  myAccessButton,
} from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import type { Buttons } from "../../request.ts";
import { choiceButton, linesOf, type OwnSubscription } from "../access/subscription-pages.ts";
import type { Page } from "../paging.ts";
import { balanceIn } from "../payments/payment-lines.ts";
import { type StateFacts, stateLine } from "./state-line.ts";

/** What the home screen of somebody with a subscription shows. */
export interface HomeFacts extends StateFacts {
  /** What it is known by beside the customer's others; undefined: it is the only one. */
  readonly name: string | undefined;
  readonly devices: DeviceCount;
  readonly deviceLimit: number;
  /** Until when each device lasts that was bought beside the plan. */
  readonly extraDevices: readonly Instant[];
  readonly traffic: TrafficUse | undefined;
  readonly balances: readonly Money[];
  /** Orders that wait for a payment. */
  readonly openOrders: number;
}

/** The home screen of a customer with a subscription. */
export function customerHome(context: BotContext, facts: HomeFacts, now: Instant): Page {
  const { texts, language } = context;
  const { home } = texts.access;
  const { current, devices, deviceLimit, extraDevices, traffic, balances, openOrders } = facts;
  if (current.state === "blocked") return blockedHome(context);
  if (current.state === "revoked") return endedHome(context);
  const lines = [
    ...(facts.name === undefined ? [] : [texts.access.subscriptions.heading(facts.name)]),
    stateLine(context, facts, now),
    "",
    home.devices(devices.held - devices.off, deviceLimit),
    ...(devices.off > 0 ? [home.devicesPaused(devices.off)] : []),
    ...extraLines(context, extraDevices, now),
    ...(traffic === undefined
      ? []
      : [
          home.traffic(bytesIn(language, traffic.usedBytes), bytesIn(language, traffic.limitBytes)),
        ]),
    ...moneyLines(context, { balances, openOrders }),
  ];
  return { text: lines.join("\n"), buttons: customerButtons(context, facts) };
}

/** What the customer has and owes, whichever subscription it is about. */
function moneyLines(
  context: BotContext,
  { balances, openOrders }: Pick<HomeFacts, "balances" | "openOrders">,
): string[] {
  const { texts } = context;
  const { home } = texts.access;
  const { has, owes } = balanceIn(context, balances);
  return [
    ...(has ? [home.balance(has)] : []),
    ...(owes ? [texts.payments.balance.owed(owes)] : []),
    ...(openOrders > 0 ? [home.openOrders(openOrders)] : []),
  ];
}

/** The home screen of a customer with several subscriptions: a press opens the page of one. */
export function severalHome(
  context: BotContext,
  own: readonly OwnSubscription[],
  facts: Pick<HomeFacts, "balances" | "openOrders"> & { readonly now: Instant },
): Page {
  const { texts } = context;
  const { menu } = texts.messaging;
  const money = moneyLines(context, facts);
  const lines = [
    texts.access.subscriptions.listTitle,
    ...linesOf(context, own, facts.now),
    ...(money.length > 0 ? ["", ...money] : []),
  ];
  const buttons = [
    ...own.map((one) => [choiceButton(context, one, homeButton.data({}))]),
    [{ text: menu.choosePlan, data: plansButton.data({}) }, balanceOf(context)],
    ...ordersRow(context, facts),
    ...customerRows(context),
  ];
  return { text: lines.join("\n"), buttons };
}

/** The devices that were bought beside the plan and have not ended. */
export function extraLines(
  context: BotContext,
  extraDevices: readonly Instant[],
  now: Instant,
): string[] {
  const lasting = extraDevices.filter((until) => msBetween(now, until) > 0);
  const days = new Set(lasting.map((until) => dayIn(context, until, now)));
  return [...days].map(context.texts.payments.addOn.extraUntil);
}

/** The channels to join again, and the button by which they say so. */
const returnButtons = ({ texts, shop }: BotContext): Buttons => [
  ...joinButtons(texts, shop.channels).map((button) => [button]),
  [{ text: texts.people.channels.back, data: joinedButton.data({}) }],
];

/** What helps whoever has no access now, or little left: the most useful first. */
export function helpfulButtons(context: BotContext, { current, more }: StateFacts): Buttons {
  const { menu } = context.texts.messaging;
  const text = hasNoTime(current) ? menu.choosePlan : menu.extend;
  return [
    ...(current.state === "suspended" ? returnButtons(context) : []),
    ...more,
    [{ text, data: plansButton.data({}) }],
  ];
}

/** Whom to ask: below what helps, where there is no access now. */
export const helpRow = ({ texts }: BotContext): Buttons => [
  [{ text: texts.messaging.menu.help, data: helpButton.data({}) }],
];

const hasNoTime = ({ paidUntil, state }: CurrentPlan): boolean =>
  paidUntil === undefined || state === "expired";

function customerButtons(context: BotContext, facts: HomeFacts): Buttons {
  const { current } = facts;
  const { menu } = context.texts.messaging;
  const { state } = current;
  const connect = [{ text: menu.connect, data: connectButton.data({}) }];
  const ways = helpfulButtons(context, facts);
  return [
    ...(state === "active" ? [...ways.slice(0, -1), connect, ...ways.slice(-1)] : ways),
    ...(state === "grace" ? [connect] : []),
    [{ text: menu.devices, data: devicesButton.data({}) }, balanceOf(context)],
    ...ordersRow(context, facts),
    ...(current.code === trialPlan.code || hasNoTime(current)
      ? []
      : [[{ text: menu.renewal, data: renewalButton.data({}) }]]),
    ...(facts.name === undefined
      ? []
      : [
          [{ text: context.texts.access.subscriptions.all, data: allSubscriptionsButton.data({}) }],
        ]),
    ...customerRows(context),
  ];
}

const balanceOf = ({ texts }: BotContext) => ({
  text: texts.messaging.menu.balance,
  data: balanceButton.data({}),
});

/** The way to what waits for a payment. */
const ordersRow = ({ texts }: BotContext, { openOrders }: Pick<HomeFacts, "openOrders">): Buttons =>
  openOrders > 0
    ? [[{ text: texts.messaging.menu.payments, data: paymentsButton.data({ page: 1 }) }]]
    : [];

/** What every customer finds at the end of their home screen. */
function customerRows(context: BotContext): Buttons {
  const { menu } = context.texts.messaging;
  return [
    [
      { text: menu.invite, data: inviteButton.data({}) },
      { text: menu.help, data: helpButton.data({}) },
    ],
    ...lastRows(context),
  ];
}

/** The home screen of somebody without a subscription who waits for an admin's answer. */
export const waitingHome = (context: BotContext): Page =>
  plainHome(context, context.texts.access.home.waiting);

/** The home screen of somebody whom an admin has rejected; undefined: they may ask again now. */
export function rejectedHome(context: BotContext, mayAskAgainAt: Instant | undefined): Page {
  const { texts } = context;
  if (mayAskAgainAt !== undefined) {
    return plainHome(context, texts.access.home.declinedUntil(momentIn(context, mayAskAgainAt)));
  }
  const again = { text: texts.messaging.menu.askAgain, data: startButton.data({}) };
  return plainHome(context, texts.access.home.declined, [[again]]);
}

/** The home screen of somebody who is new, or whose request has lapsed. */
export function strangerHome(context: BotContext): Page {
  const { texts } = context;
  const start = { text: texts.messaging.menu.start, data: startButton.data({}) };
  return plainHome(context, texts.access.home.stranger(context.shop.name), [[start]]);
}

/** The home screen of somebody whose access an admin has ended. */
export const endedHome = (context: BotContext): Page =>
  plainHome(context, context.texts.access.home.ended);

/** The home screen of somebody whom an admin has blocked. */
export const blockedHome = (context: BotContext, money: Buttons = []): Page =>
  plainHome(context, context.texts.access.home.blocked, money);

/** The home screen of an admin who is not a customer as well. */
export const adminHome = (context: BotContext): Page =>
  plainHome(context, context.texts.access.home.admin, [
    [{ text: context.texts.messaging.menu.myAccess, data: myAccessButton.data({}) }],
  ]);

function plainHome(context: BotContext, text: string, first: Buttons = []): Page {
  const help = { text: context.texts.messaging.menu.help, data: helpButton.data({}) };
  return { text, buttons: [...first, [help], ...lastRows(context)] };
}

function lastRows({ texts, customer }: BotContext): Buttons {
  const { menu } = texts.messaging;
  const language = { text: menu.language, data: languagesButton.data({}) };
  if (customer === undefined) return [];
  const admin = { text: menu.admin, data: adminMenuButton.data({}) };
  return [isStaff(customer.role) ? [language, admin] : [language]];
}
