import { parseLocationGroups } from "../access/location-change.ts";
import { currencies, type Currency, type Money, parseMoney } from "../money.ts";
import { isNone } from "../operations/setting-values.ts";
import { type Language, languages, tidyName } from "../people/customer.ts";
import type { NewestPlan, Plan, PlanCode, Prices } from "./plan.ts";
import { packOf, withPackSize, withPacksEnd, withPeriod, withTraffic } from "./plan-traffic.ts";
import { numberIn } from "./plan-values.ts";
import { readAmount } from "./written-amount.ts";

export { bytesInGb, mostPlanGb } from "./plan-values.ts";

/** The longest name of a plan: it has to fit a button. */
export const longestPlanName = 32;
/** The longest description of a plan. */
export const longestPlanDescription = 200;
/** The most days that a plan may have. */
export const mostPlanDays = 3_660;
/** The most days of grace that a plan may have. */
export const mostGraceDays = 30;
/** The most devices that a plan may have. */
export const mostPlanDevices = 100;
/**
 * Telegram takes at most 100,000 Stars, and T-Bank has its limits too:
 * anything above is a typing error.
 */
const mostMinor: Readonly<Partial<Record<Currency, number>>> = {
  XTR: 100_000,
  RUB: 100_000_000,
  USD: 1_000_000,
  EUR: 1_000_000,
};

/** A price of a plan in minor units; undefined where it cannot be one. */
export function parsePrice(text: string, currency: Currency): number | undefined {
  return priceOf(parseMoney(text, currency));
}

function priceOf(amount: Money | undefined): number | undefined {
  if (amount === undefined) return undefined;
  const { minor, currency } = amount;
  const most = mostMinor[currency] ?? Number.MAX_SAFE_INTEGER;
  return minor > 0 && minor <= most ? minor : undefined;
}

/** Who may buy a plan: everybody, those who have it, or nobody. */
export const saleModes = ["all", "owners", "off"] as const;

/** One of `saleModes`. */
export type SaleMode = (typeof saleModes)[number];

/** Who may buy this plan now. */
export const saleModeOf = ({ plan, isRetired }: NewestPlan): SaleMode =>
  isRetired ? "off" : plan.hidden ? "owners" : "all";

/** What an owner changes of a plan, one thing at a time. */
export type PlanField =
  | "days"
  | "grace"
  | "devices"
  | "traffic"
  | "period"
  | "sale"
  | "pack"
  | "lasting"
  | "locations"
  | `${"price" | "device" | "pack"}-${Currency}`
  | `${"name" | "description"}-${Language}`;

/** What a field is about, in whichever currency or language it is. */
export type PlanNoun =
  | "days"
  | "grace"
  | "devices"
  | "traffic"
  | "period"
  | "lasting"
  | "sale"
  | "price"
  | "device"
  | "pack"
  | "locations"
  | "name"
  | "description";

/** The parts of a plan in which a phone shows it, those that change most often first. */
export const planParts = ["prices", "limits", "words", "devices", "packs", "locations"] as const;

/** One of `planParts`. */
export type PlanPart = (typeof planParts)[number];

/** The fields of each part; `sale` is on the plan's first page. */
export const fieldsOfPart: Readonly<Record<PlanPart, readonly PlanField[]>> = {
  prices: currencies.map((currency): PlanField => `price-${currency}`),
  limits: ["days", "devices", "traffic", "period", "grace"],
  words: [
    ...languages.map((language): PlanField => `name-${language}`),
    ...languages.map((language): PlanField => `description-${language}`),
  ],
  devices: currencies.map((currency): PlanField => `device-${currency}`),
  packs: ["pack", "lasting", ...currencies.map((currency): PlanField => `pack-${currency}`)],
  locations: ["locations"],
};

/** The part that a field is in; undefined: it is on the plan's first page. */
export const partOf = (field: PlanField): PlanPart | undefined =>
  planParts.find((part) => fieldsOfPart[part].includes(field));

/** All fields, in the order in which they are shown. */
export const planFields: readonly PlanField[] = [
  "sale",
  ...planParts.flatMap((part) => fieldsOfPart[part]),
];

/** The fields about what is added to a plan: the price of a device, and of a pack of traffic. */
const addOnFields: readonly PlanField[] = [...fieldsOfPart.devices, ...fieldsOfPart.packs];

/** The fields of a plan that can be changed: the trial is given, not sold, and has no days. */
export const fieldsOf = ({ trial }: Pick<Plan, "trial">): readonly PlanField[] =>
  trial ? planFields.filter((field) => !isSold(field)) : planFields;

const isSold = (field: PlanField): boolean =>
  field === "sale" ||
  field === "days" ||
  field === "grace" ||
  field.startsWith("price-") ||
  addOnFields.includes(field);

/** What a changed plan is; its version is given when it is stored. */
export type ChangedPlan = NewestPlan;

/** Why a plan is not changed so. */
export type PlanRefusal = "badValue" | "noPrice";

/**
 * The plan with one field changed to what an owner wrote, or why it cannot be. A plan that anybody
 * may buy has a price.
 */
export function changePlan(
  newest: NewestPlan,
  field: PlanField,
  text: string,
): ChangedPlan | PlanRefusal {
  if (!fieldsOf(newest.plan).includes(field)) return "badValue";
  const changed = withField(newest, field, text.trim());
  if (changed === undefined) return "badValue";
  const { plan, isRetired } = changed;
  const needsPrice = !plan.trial && !isRetired && Object.keys(plan.prices).length === 0;
  return needsPrice ? "noPrice" : changed;
}

function withField(
  { plan, isRetired }: NewestPlan,
  field: PlanField,
  text: string,
): ChangedPlan | undefined {
  const change = (part: Partial<Plan> | undefined): ChangedPlan | undefined =>
    part && { plan: { ...plan, ...part }, isRetired };
  const [noun, of = ""] = field.split("-");
  switch (noun as PlanNoun) {
    case "days":
      return change(numberIn(text, mostPlanDays, (days) => ({ days })));
    case "grace":
      return withGrace({ plan, isRetired }, text);
    case "devices":
      return change(numberIn(text, mostPlanDevices, (deviceLimit) => ({ deviceLimit })));
    case "traffic":
      return withTraffic({ plan, isRetired }, text);
    case "period":
      return withPeriod({ plan, isRetired }, text);
    case "lasting":
      return withPacksEnd({ plan, isRetired }, text);
    case "sale":
      return withSale(plan, text);
    case "price": {
      const prices = withPrice(plan.prices, of as Currency, text);
      return change(prices && { prices });
    }
    case "device":
      return withExtraDevice({ plan, isRetired }, of as Currency, text);
    case "pack":
      return of === ""
        ? withPackSize({ plan, isRetired }, text)
        : withPackPrice({ plan, isRetired }, of as Currency, text);
    case "locations": {
      const { locationGroups: _before, ...anywhere } = plan;
      const groups = parseLocationGroups(text);
      if (groups === undefined) return undefined;
      const named = groups.length > 0 ? { locationGroups: groups } : {};
      return { plan: { ...anywhere, ...named }, isRetired };
    }
    case "name": {
      const name = wordsOf(text, longestPlanName);
      return name === undefined ? undefined : change(named(plan, of as Language, { name }));
    }
    case "description": {
      const description = wordsOf(text, longestPlanDescription);
      const language = of as Language;
      return description === undefined ? undefined : change(named(plan, language, { description }));
    }
  }
}

const named = (
  { names, descriptions }: Plan,
  language: Language,
  words: { readonly name?: string; readonly description?: string },
): Pick<Plan, "names" | "descriptions"> => ({
  names: { ...names, ...(words.name === undefined ? {} : { [language]: words.name }) },
  descriptions: {
    ...descriptions,
    ...(words.description === undefined ? {} : { [language]: words.description }),
  },
});

function withSale(plan: Plan, text: string): ChangedPlan | undefined {
  const mode = saleModes.find((one) => one === text.toLowerCase());
  if (mode === undefined) return undefined;
  // Taken off sale it stays as it was: put on sale for those who have it, it is hidden again.
  const hidden = mode === "off" ? plan.hidden : mode === "owners";
  return { plan: { ...plan, hidden }, isRetired: mode === "off" };
}

function withGrace({ plan, isRetired }: NewestPlan, text: string): ChangedPlan | undefined {
  const { graceDays: _before, ...without } = plan;
  if (isNone(text)) return { plan: without, isRetired };
  return numberIn(text, mostGraceDays, (graceDays) => ({
    plan: { ...without, graceDays },
    isRetired,
  }));
}

function withExtraDevice(
  { plan, isRetired }: NewestPlan,
  currency: Currency,
  text: string,
): ChangedPlan | undefined {
  const { extraDevice = {}, ...without } = plan;
  const prices = withPrice(extraDevice, currency, text);
  if (prices === undefined) return undefined;
  const isSold = Object.keys(prices).length > 0;
  return { plan: isSold ? { ...without, extraDevice: prices } : without, isRetired };
}

/** Without a price a pack stays, unsold. */
function withPackPrice(
  { plan, isRetired }: NewestPlan,
  currency: Currency,
  text: string,
): ChangedPlan | undefined {
  const pack = packOf(plan);
  const prices = withPrice(pack.prices, currency, text);
  return prices && { plan: { ...plan, trafficPack: { ...pack, prices } }, isRetired };
}

function withPrice(before: Prices, currency: Currency, text: string): Prices | undefined {
  const { [currency]: _before, ...others } = before;
  if (isNone(text)) return others;
  const price = priceOf(readAmount(text, currency));
  return price === undefined ? undefined : { ...others, [currency]: price };
}

function wordsOf(text: string, longest: number): string | undefined {
  const isWhole = Array.from(text).length <= longest;
  return (isWhole && inOneLine(text)) || undefined;
}

/** A description may be longer than what `tidyName` leaves: it is taken word by word. */
const inOneLine = (text: string): string =>
  text
    .split(/\s+/u)
    .map((word) => tidyName(word, ""))
    .filter(Boolean)
    .join(" ");

/** A plan that an owner has just named: on sale once it has a price and they put it there. */
export function newPlan(
  name: string,
  newest: readonly NewestPlan[],
): Omit<Plan, "version"> | undefined {
  const words = wordsOf(name.trim(), longestPlanName);
  if (words === undefined) return undefined;
  const inEachLanguage = Object.fromEntries(
    languages.map((language) => [language, words]),
  ) as Readonly<Record<Language, string>>;
  const codes = new Set(newest.map(({ plan }) => plan.code as string));
  let number = 1;
  while (codes.has(`plan-${number}`)) number += 1;
  return {
    code: `plan-${number}` as PlanCode,
    names: inEachLanguage,
    descriptions: inEachLanguage,
    days: 30,
    deviceLimit: 3,
    prices: {},
    order: Math.max(0, ...newest.map(({ plan }) => plan.order)) + 1,
    hidden: false,
    trial: false,
  };
}
