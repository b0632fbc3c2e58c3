import type { TrafficOnDay } from "../../domain/access/traffic-days.ts";
import { addMonths, monthOf, type TrafficInMonth } from "../../domain/access/traffic-months.ts";
import { addDays, type Day } from "../../domain/zone.ts";
import type { CurrentPlan } from "../../db/queries/payments/plans.ts";
import type { DeviceDetails } from "../../db/queries/access/devices.ts";
import type { OwnMaintenance } from "../../db/queries/access/maintenances.ts";
import type { Location } from "../../domain/access/location.ts";
import type { HostDetails, MigrationDetails } from "../../db/queries/access/hosts.ts";
import type { SettingInForce } from "../../db/queries/operations/shop-settings.ts";
import type { PaymentSummary } from "../../db/queries/payments/payments.ts";
import type { RenewalSummary } from "../../db/queries/payments/renewals.ts";
import type { SubscriptionState } from "../../domain/access/subscription.ts";
import { type Money, money } from "../../domain/money.ts";
import {
  builtInValue,
  settingKeys,
  type ShopSettings,
  usualShopSettings,
} from "../../domain/operations/shop-settings.ts";
import { gatewayName, type PaymentState } from "../../domain/payments/payment.ts";
import type { PaymentMethod } from "../../domain/payments/plan-offers.ts";
import type { Plan } from "../../domain/payments/plan.ts";
import type { Customer, Language } from "../../domain/people/customer.ts";
import { addMs, dayMs, type Instant, minuteMs } from "../../domain/time.ts";
import {
  deviceIds,
  fullName,
  names,
  paymentIds,
  sampleId,
  sampleSubscription,
  secondSubscription,
} from "./sample-people.ts";

/** What the books of a sample say. */
export interface SampleShop {
  readonly language: Language;
  readonly now: Instant;
  /** Who writes to the bot; undefined: nobody whom it knows. */
  readonly customer: Customer | undefined;
  readonly isWaiting: boolean;
  /** The pause before a rejected person may ask again. */
  readonly reapplyAfterMs: number;
  readonly current: CurrentPlan | undefined;
  /** Another subscription of theirs. */
  readonly second?: CurrentPlan;
  readonly devices: readonly DeviceDetails[];
  readonly hosts: readonly HostDetails[];
  readonly locations: readonly Location[];
  /** By the host's id. */
  readonly migrations: ReadonlyMap<string, MigrationDetails>;
  /** Those that last on hosts of the customer's devices. */
  readonly ownMaintenances?: readonly OwnMaintenance[];
  readonly deviceLimit: number;
  readonly extraDevices: readonly Instant[];
  readonly traffic: { readonly limitBytes: number; readonly usedBytes: number } | undefined;
  readonly balances: readonly Money[];
  readonly payments: readonly PaymentSummary[];
  /** How the subscription renews itself. */
  readonly renewal: RenewalSummary | undefined;
  readonly invited: number;
  readonly plans: readonly Plan[];
  readonly settings: ShopSettings;
  /** Whether anything waits for an admin. */
  readonly isBusy: boolean;
  /** Whether somebody has pressed the same buttons before. */
  readonly isLate: boolean;
}

/** The subscriptions of a sample's customer, by their numbers. */
export const sampleSubscriptions = ({
  current,
  second,
  deviceLimit,
  extraDevices,
}: Pick<SampleShop, "current" | "second" | "deviceLimit" | "extraDevices">) =>
  [current, second].flatMap((one, place) => {
    if (one === undefined) return [];
    const { code: plan, paidUntil = null, state } = one;
    const isFirst = place === 0;
    const facts = { plan, planNames: one.plan?.names, paidUntil, deviceLimit };
    const id = isFirst ? sampleSubscription : secondSubscription;
    const extras = isFirst ? extraDevices : [];
    const isRevoked = state === "revoked";
    return { id, number: place + 1, isRevoked, extraDevices: extras, ...facts };
  });

/** Where a subscription stands, until when. */
export function currentPlan(
  state: SubscriptionState,
  paidUntil: Instant | undefined,
  { plan, now }: { readonly plan?: Plan; readonly now: Instant },
): CurrentPlan {
  const price = money(29_900, "RUB");
  const bought = {
    kind: "payment",
    cause: "payment/1",
    ms: 30 * dayMs,
    price,
    at: addMs(now, -5 * dayMs),
  } as const;
  return {
    code: plan?.code ?? "trial",
    state,
    paidUntil,
    graceUntil: paidUntil && addMs(paidUntil, 2 * dayMs),
    plan,
    time: plan === undefined ? [] : [{ ...bought, terms: plan }],
  };
}

/** Two devices: one is connected now, the other one was never connected. */
export function sampleDevices(language: Language, now: Instant): DeviceDetails[] {
  const { phone, laptop, host } = names[language];
  const mb = 1_024 ** 2;
  const none = { uploaded: 0, downloaded: 0, uploadedToday: 0, downloadedToday: 0 };
  const own = {
    addedAt: addMs(now, -20 * dayMs),
    chosenAt: undefined,
    endsAt: undefined,
    isPaused: false,
    isKeyKnown: true,
  };
  const place = (end: number) => ({ host, address: `10.8.0.${end}` });
  return [
    {
      id: deviceIds.phone,
      name: phone,
      place: place(12),
      ...own,
      uploaded: 210 * mb,
      downloaded: 4_300 * mb,
      uploadedToday: 12 * mb,
      downloadedToday: 340 * mb,
      lastHandshakeAt: addMs(now, -minuteMs),
    },
    {
      ...none,
      id: deviceIds.laptop,
      name: laptop,
      // On a panel: its key is a link.
      place: { host, address: undefined },
      ...own,
      lastHandshakeAt: undefined,
    },
  ];
}

/** Payments in the states that a person may have, newest first. */
export function samplePayments(
  language: Language,
  plans: readonly Plan[],
  now: Instant,
): PaymentSummary[] {
  const plan = plans.find(({ trial }) => !trial)!;
  const of = (state: PaymentState & keyof typeof paymentIds, daysAgo: number): PaymentSummary => ({
    id: paymentIds[state],
    customer: { telegramId: sampleId, name: fullName(language, "customer") },
    item: { terms: plan, names: plan.names },
    subscription: undefined,
    price: money(29_900, "RUB"),
    gateway: gatewayName("tbank"),
    state,
    openedAt: addMs(now, -daysAgo * dayMs),
    lapsesAt: addMs(now, 20 * minuteMs),
    closedAt: state === "open" ? undefined : addMs(now, -daysAgo * dayMs),
    closedBy: undefined,
    memo: "K7QWX2MBRTPZ",
    invoiceReference: "3815",
    isRefundedByHand: false,
    isRefundedInParts: true,
  });
  const topUp: PaymentSummary = { ...of("refunded", 40), item: { extra: { kind: "topUp" } } };
  const ofTon = { price: money(1_500_000_000, "GRAM"), gateway: gatewayName("ton") };
  const pack: PaymentSummary = {
    ...of("settled", 6),
    item: { extra: { kind: "traffic", bytes: 10 * 1_024 ** 3 } },
  };
  return [of("open", 0), of("settled", 5), pack, topUp, { ...of("lapsed", 41), ...ofTon }];
}

/** Every way to pay that the product has. */
export const sampleMethods: readonly PaymentMethod[] = [
  { gateway: gatewayName("tbank"), currency: "RUB", icon: "💳" },
  { gateway: gatewayName("stars"), currency: "XTR", icon: "⭐", recurring: "stars" },
  { gateway: gatewayName("cryptobot"), currency: "USDT", icon: "🪙" },
  { gateway: gatewayName("ton"), currency: "GRAM", icon: "💎" },
];

const sampleChannel = { chat: "@tollgate_news", url: "https://t.me/tollgate_news" };

/** The shop's settings: a name, Moscow's time, a channel, and people who answer in the bot. */
export function sampleSettings(
  language: Language,
  changes: Partial<ShopSettings> = {},
): ShopSettings {
  const { shop: name } = names[language];
  return {
    ...usualShopSettings,
    name,
    zone: "Europe/Moscow",
    channels: [sampleChannel],
    ...changes,
  };
}

/** The same as an admin sees them. */
export function listedSettings({ settings }: SampleShop): SettingInForce[] {
  return settingKeys.map((key) => {
    if (key === "name") return { key, value: settings.name, source: "admin" };
    if (key === "zone") return { key, value: settings.zone, source: "environment" };
    if (key === "gateways") return { key, value: "tbank,yookassa,stars", source: "admin" };
    return { key, value: builtInValue(key), source: "built in" };
  });
}

/** What the sample device moves in a month and the one after it. */
export const sampleMonths = (since: Day): TrafficInMonth[] =>
  [0, 1].map((later) => ({
    month: addMonths(monthOf(since), later),
    downloaded: 41e9 + later * 9e9,
    uploaded: 4e9,
  }));

/** A month of evenings: some days without traffic, and a weekend of films. */
export const sampleDays = (since: Day): TrafficOnDay[] =>
  Array.from({ length: 30 }, (_, place) => ({
    day: addDays(since, place),
    downloaded: [6, 7].includes(place % 9) ? 3.4e9 : (place % 4) * 6e8,
    uploaded: (place % 4) * 9e7,
  }));
