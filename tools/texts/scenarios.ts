import type { RenewalSummary } from "../../db/queries/payments/renewals.ts";
import { money } from "../../domain/money.ts";
import type { Language } from "../../domain/people/customer.ts";
import { addMs, dayMs, hourMs, type Instant } from "../../domain/time.ts";
import type { WalkStart } from "./bot-walk.ts";
import { atLimits, inState, type Named, planOf } from "./limit-scenarios.ts";
import type { Scenario } from "./scenario.ts";
import { tooLate } from "./late-scenarios.ts";
import {
  deviceIds,
  paymentIds,
  sampleAdmin,
  sampleCustomer,
  sampleId,
  sampleStaff,
  sampleWallet,
} from "./sample-people.ts";
import { sampleHosts, sampleMigrations } from "./sample-hosts.ts";
import { inMaintenance } from "./sample-maintenances.ts";
import { sampleLocations } from "./sample-locations.ts";
import { samplePlans } from "./sample-plans.ts";
import {
  currentPlan,
  sampleDevices,
  samplePayments,
  sampleSettings,
  type SampleShop,
} from "./sample-shop.ts";

const gb = 1_024 ** 3;

/** Every state in which the bot answers differently. */
export function scenarios(language: Language, now: Instant): Scenario[] {
  const nobody: SampleShop = {
    language,
    now,
    customer: undefined,
    isWaiting: false,
    reapplyAfterMs: 0,
    current: undefined,
    devices: [],
    hosts: sampleHosts(language, now),
    locations: sampleLocations,
    migrations: sampleMigrations(now),
    deviceLimit: 3,
    extraDevices: [],
    traffic: undefined,
    balances: [],
    payments: [],
    renewal: undefined,
    invited: 0,
    plans: samplePlans,
    settings: sampleSettings(language),
    isBusy: false,
    isLate: false,
  };
  return [...beforeAccess(nobody), ...customers(nobody), ...admins(nobody), ...tooLate(nobody)];
}

const onlyHome: WalkStart = { written: ["/start"] };
const fromMenu: WalkStart = { written: [], pressed: ["home"] };

function beforeAccess(nobody: SampleShop): Scenario[] {
  const { language, now } = nobody;
  const pending = sampleCustomer(language, { status: "pending" });
  const rejected = sampleCustomer(language, { status: "rejected", rejectedAt: now });
  const contact = sampleSettings(language, {
    support: "@skylark_help",
    privacy: { en: "We keep your name and your payments.", ru: "Мы храним имя и платежи." },
  });
  return [
    { name: "new", shop: nobody, start: { written: ["/start", "hello"], pressed: ["home"] } },
    { name: "waiting", shop: { ...nobody, customer: pending, isWaiting: true }, start: fromMenu },
    { name: "request expired", shop: { ...nobody, customer: pending }, start: fromMenu },
    { name: "rejected", shop: { ...nobody, customer: rejected }, start: fromMenu },
    {
      name: "rejected today",
      shop: { ...nobody, customer: rejected, reapplyAfterMs: 365 * 30 * dayMs },
      start: fromMenu,
    },
    { name: "with a contact", shop: { ...nobody, settings: contact }, start: fromMenu },
  ];
}

/** Buttons under keys, invoices and answers of support, and those that turn a page. */
const ofMessages = [
  `device-qr:${deviceIds.phone}`,
  `device-text:${deviceIds.phone}`,
  `invoice-qr:${paymentIds.open}`,
  "support-reply",
  "usage:1",
];

/** Pages that differ in an end of time alone are walked once. */
const samePlans = /^(?:plan|buy):/u;

function customers(nobody: SampleShop): Scenario[] {
  const { language, now } = nobody;
  const customer = sampleCustomer(language);
  const devices = sampleDevices(language, now);
  const named: Named = (name, changes, start = onlyHome) => ({
    name,
    shop: { ...nobody, customer, devices, ...changes },
    start,
    ...(start === onlyHome ? { left: samePlans } : {}),
  });
  return [withAccess, withoutAccess, inMaintenance].flatMap((of) => of(named, nobody));
}

function withAccess(named: Named, shop: SampleShop): Scenario[] {
  const { language, now } = shop;
  const ofMonth = { plan: planOf("month"), now };
  const ofFamily = { plan: planOf("family"), now };
  const active = inState("active", addMs(now, 12 * dayMs + hourMs), ofMonth);
  return [
    named(
      "active",
      {
        ...active,
        balances: [money(50_000, "RUB")],
        payments: samplePayments(language, samplePlans, now),
        invited: 2,
        traffic: { limitBytes: 100 * gb, usedBytes: 23.4 * gb },
      },
      { written: ["/start", "/balance", "hello", "/usage"], pressed: ofMessages },
    ),
    named("trial, no device", {
      ...inState("active", addMs(now, 3 * dayMs + hourMs), { now }),
      devices: [],
    }),
    named(
      "two subscriptions",
      { ...active, second: currentPlan("active", addMs(now, 40 * dayMs), ofFamily) },
      { written: ["/start", "/plans", "/devices"], pressed: ["renewal", "plan:month"] },
    ),
    named("last hours", inState("active", addMs(now, 5 * hourMs), ofMonth)),
    named("all devices used", { ...active, deviceLimit: 2 }),
    ...atLimits(named, shop),
    named(
      "change of plan",
      inState("active", addMs(now, 25 * dayMs), { plan: planOf("year"), now }),
      { written: ["/plans"] },
    ),
    ...renewing(named, active, now),
    named(
      "in debt",
      { ...active, balances: [money(-29_900, "RUB")] },
      { written: ["/start", "/balance"] },
    ),
    named("nothing on sale", { ...active, plans: [] }, { written: ["/plans"] }),
    named(
      "maintenance",
      {
        ...active,
        settings: sampleSettings(language, {
          maintenance: { isOn: true, text: { en: "", ru: "" } },
        }),
      },
      { written: ["/start"], pressed: ["home"] },
    ),
  ];
}

/** Auto-renewal in each way, and switched off while a card or a paid period is left. */
function renewing(named: Named, active: Partial<SampleShop>, now: Instant): Scenario[] {
  const start = { written: ["/renewal"], pressed: ["renewal"] };
  const left = /^(?!renewal|begin)/u;
  const until = addMs(now, 12 * dayMs);
  const stars = { state: "active", until } as const;
  const card = { pan: "220138******0047", expires: "1129" };
  const { code: plan, deviceLimit } = planOf("month");
  const price = money(29_900, "RUB");
  const base = { plan, price, deviceLimit, card: undefined, stars: undefined };
  const dearer = { ...base, price: money(24_900, "RUB") };
  const ofMore = { ...base, deviceLimit: deviceLimit + 1 };
  const ofEarlier = { ...base, plan: planOf("family").code };
  const inStars = { ...base, kind: "stars", price: money(250, "XTR") } as const;
  const all: Readonly<Record<string, RenewalSummary>> = {
    "renews from the balance": { ...base, kind: "balance", isOn: true },
    "renews by card": { ...base, kind: "card", isOn: true, card },
    "renews in Stars": { ...inStars, isOn: true, stars },
    "costs more than was agreed to": { ...dearer, kind: "balance", isOn: true },
    "is for fewer devices than was agreed to": { ...ofMore, kind: "card", isOn: true, card },
    "renews an earlier plan": { ...ofEarlier, kind: "balance", isOn: true },
    "card is kept": { ...base, kind: "card", isOn: false, card },
    "Stars are cancelled": { ...inStars, isOn: false, stars: { ...stars, state: "canceled" } },
  };
  return Object.entries(all).map(([name, renewal]) => ({
    ...named(name, { ...active, renewal }, start),
    left,
  }));
}

function withoutAccess(named: Named, { language, now }: SampleShop): Scenario[] {
  const ofMonth = { plan: planOf("month"), now };
  const later = addMs(now, 12 * dayMs);
  return [
    named("grace", inState("grace", addMs(now, -hourMs), ofMonth)),
    named("traffic used up", {
      ...inState("exhausted", later, ofMonth),
      traffic: { limitBytes: 100 * gb, usedBytes: 100 * gb },
    }),
    named("paused for leaving a channel", inState("suspended", later, ofMonth)),
    named("expired", inState("expired", addMs(now, -20 * dayMs), ofMonth)),
    named("no time yet", { ...inState("active", undefined, { now }), devices: [] }),
    named("access ended", inState("revoked", later, ofMonth), { written: ["/start", "/plans"] }),
    named("blocked", {
      ...inState("blocked", later, ofMonth),
      customer: sampleCustomer(language, { status: "blocked" }),
    }),
  ];
}

/** Pages of other plans, and of texts in the other language, differ in their values alone. */
const alike = /^plan-(?:field|set|ask):(?:trial|year|family):|^setting(?:-\w+)?:[\w-]+-ru(?::|$)/u;

/** Buttons that turn a page, and those that only some gateways need. */
const ofAdmins = [
  "find:1:all",
  "payments-found:1:all",
  `refund-part:${paymentIds.settled}:0123abcd`,
  `refund-some:${paymentIds.settled}:0123abcd:9950`,
  `refund-sent:${paymentIds.settled}:0123abcd`,
  `refund-book:${paymentIds.settled}:0123abcd`,
  `act:revoke:${sampleId}`,
  `sure-unblock:${sampleId}`,
  "admin-numbers",
  "plan-add-ons:month",
  `payment-history:${paymentIds.settled}:1`,
  `give-sure:0123456789abcdef0123456789abcdef:${sampleId}`,
];

function admins(nobody: SampleShop): Scenario[] {
  const { language, now } = nobody;
  const shop = {
    ...nobody,
    customer: sampleAdmin(language),
    devices: sampleDevices(language, now),
    payments: samplePayments(language, samplePlans, now),
    balances: [money(50_000, "RUB")],
    isBusy: true,
  };
  const current = currentPlan("active", addMs(now, 12 * dayMs), { plan: planOf("month"), now });
  const ofFamily = { plan: planOf("family"), now };
  const written = [
    "/start",
    "/admin",
    "/find",
    "/find nobody",
    "/find all",
    "/find emma",
    `/find ${sampleWallet}`,
    "/extend",
    "/payment",
    "/payment nothing",
    "/payment all",
    `/payment ${paymentIds.settled.slice(0, 8)}`,
    "/refund",
    `/refund ${paymentIds.settled.slice(0, 8)} x late`,
    `/refund ${paymentIds.settled.slice(0, 8)} 99.50 late`,
    "/unmatched",
    "/give",
    "/give ton 51239874000003:a1b2c3 0",
    `/give ton 51239874000003:a1b2c3 ${sampleId}`,
  ];
  return [
    {
      name: "admin",
      shop: { ...shop, current },
      start: { written, pressed: ofAdmins },
      left: alike,
    },
    {
      name: "admin, customer with two subscriptions",
      shop: { ...shop, current, second: currentPlan("expired", addMs(now, -dayMs), ofFamily) },
      start: { written: ["/find emma", `/extend ${sampleId} 3`], pressed: [] },
      left: /^(?!sure-|ask-days|customer)/u,
    },
    ...(["support", "viewer"] as const).map((role) => ({
      name: role,
      shop: { ...shop, current, customer: sampleStaff(language, role) },
      start: { written: ["/admin", "/find emma", "/extend 1 1"], pressed: ["admin-pending"] },
      left: alike,
    })),
    {
      name: "admin, nothing waits",
      shop: { ...nobody, customer: shop.customer },
      start: onlyHome,
      left: /^(?:settings|plans-edit)/u,
    },
  ];
}
