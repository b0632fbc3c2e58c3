import { currencies, type Currency } from "../money.ts";
import {
  parseTopUpAmounts,
  parseTopUpLimits,
  type TopUpRules,
  topUpRulesFrom,
} from "../payments/top-up.ts";
import { type GatewayName, gatewayName } from "../payments/payment.ts";
import { channelsIn, parseChannels, type RequiredChannel } from "../people/channels.ts";
import { type Language, languages, tidyLine, tidyName } from "../people/customer.ts";
import { dayMs, secondMs } from "../time.ts";
import { isNone, isNothing, onOrOff, wholeNumber } from "./setting-values.ts";
import { parseTrial, trialMs } from "./trial.ts";

/** How admins are notified of sales: of each one, once a day of all, or not at all. */
export const saleNoticeModes = ["each", "digest", "off"] as const;

/** One of `saleNoticeModes`. */
export type SaleNotices = (typeof saleNoticeModes)[number];

type PerLanguage = Readonly<Record<Language, string>>;

/** What an owner sets without a restart. A text in a language is empty where there is none. */
export interface ShopSettings {
  /** In texts, in the bot's profile, and the name of the tunnel in customers' apps. */
  readonly name: string;
  /** The IANA time zone, or offset, of every date and time that people see. */
  readonly zone: string;
  /** Prices in these currencies come first, in this order; the others follow. */
  readonly currencies: readonly Currency[];
  /** Ways to pay are listed in this order, whatever their currency; the others follow. */
  readonly gateways: readonly GatewayName[];
  /** In which currencies, and by how much, customers top up their balance. */
  readonly topUps: TopUpRules;
  readonly terms: PerLanguage;
  readonly privacy: PerLanguage;
  /** Whom customers write to; empty where nobody is named. */
  readonly support: string;
  readonly saleNotices: SaleNotices;
  /** The hour of the daily summary in the shop's zone, 0 to 23; undefined: there is none. */
  readonly summaryHour: number | undefined;
  /** How often in 24 hours a customer moves one device to another location; 0: not at all. */
  readonly locationChanges: number;
  /** Everybody may read how the servers are. */
  readonly hasStatusPage: boolean;
  readonly maintenance: { readonly isOn: boolean; readonly text: PerLanguage };
  readonly trial: {
    /** How long an approved person has access without paying; 0: not at all. */
    readonly ms: number;
    /** Undefined: as many devices as the plan for newcomers has. */
    readonly deviceLimit: number | undefined;
  };
  /** Of all of these customers have to be members; empty: of none. */
  readonly channels: readonly RequiredChannel[];
}

/** The settings that are written once for each language. */
const translatedSettings = ["terms", "privacy", "maintenance-text"] as const;

const singleSettings = [
  "trial",
  "trial-devices",
  "channels",
  "gateways",
  "currencies",
  "top-ups",
  "top-up-limits",
  "sale-notices",
  "summary-hour",
  "location-changes",
  "maintenance",
  "status-page",
  "name",
  "support",
  "zone",
] as const;

type SingleSetting = (typeof singleSettings)[number];
type TranslatedSetting = (typeof translatedSettings)[number];

/** The name of one setting: what is stored, and what the command line takes. */
export type SettingKey = SingleSetting | `${TranslatedSetting}-${Language}`;

/** All settings, in the order in which they are shown. */
export const settingKeys: readonly SettingKey[] = [
  ...singleSettings,
  ...translatedSettings.flatMap((noun) =>
    languages.map((language): SettingKey => `${noun}-${language}`),
  ),
];

/** What a setting is about, in whichever language it is. */
export type SettingNoun = SingleSetting | TranslatedSetting;

/** A setting's noun, and its language where it is written once for each. */
export function partsOf(key: SettingKey): {
  readonly noun: SettingNoun;
  readonly language?: Language;
} {
  for (const noun of translatedSettings) {
    const language = languages.find((one) => key === `${noun}-${one}`);
    if (language !== undefined) return { noun, language };
  }
  return { noun: key as SingleSetting };
}

/** Values as they are stored: `parseSetting` has accepted each. */
export type SettingValues = Readonly<Partial<Record<SettingKey, string>>>;

/** The longest shop's name: Telegram shows a bot's name up to 64, and buttons have to hold it. */
export const longestShopName = 32;
/** The longest support contact. */
export const longestContact = 200;
/** The longest text of terms, privacy or maintenance: with a heading it fits one message. */
export const longestPage = 3_500;
/** The most gateways that the order of the ways to pay may name. */
export const mostGateways = 20;
/** The most devices that a trial may have. */
export const mostTrialDevices = 100;
/** The most changes of location in 24 hours that a device may have. */
export const mostLocationChanges = 100;

const builtIn = {
  name: "Tollgate",
  zone: "UTC",
  currencies: "",
  gateways: "",
  "top-ups": "usual",
  "top-up-limits": "usual",
  support: "",
  "sale-notices": "each",
  "summary-hour": "9",
  "location-changes": "3",
  maintenance: "off",
  "status-page": "off",
  trial: "3d",
  "trial-devices": "plan",
  channels: "",
} as const satisfies Readonly<Record<SingleSetting, string>>;

/** The value as it is stored, or undefined where a setting cannot be this. */
export function parseSetting(key: SettingKey, text: string): string | undefined {
  const single = singleSettings.find((one) => one === key);
  return (single === undefined ? pageOf : parsers[single])(text.trim());
}

const parsers: Readonly<Record<SingleSetting, (text: string) => string | undefined>> = {
  name: (text) => lineOf(text, longestShopName),
  zone: zoneNamed,
  currencies: currencyOrder,
  gateways: gatewayOrder,
  "top-ups": (text) => (isNothing(text) ? "off" : usualOr(text, parseTopUpAmounts)),
  "top-up-limits": (text) => usualOr(text, parseTopUpLimits),
  support: (text) => (isNothing(tidyName(text, "")) ? "" : lineOf(text, longestContact)),
  "sale-notices": (text) => saleNoticeModes.find((mode) => mode === text.toLowerCase()),
  "summary-hour": (text) =>
    isNothing(text) ? "off" : wholeNumber(text.replace(/:00$/u, ""), 0, 23),
  "location-changes": (text) => (isNone(text) ? "off" : wholeNumber(text, 1, mostLocationChanges)),
  maintenance: onOrOff,
  "status-page": onOrOff,
  trial: (text) => (isNone(text) ? "off" : parseTrial(text)),
  "trial-devices": (text) =>
    /^(?:plan|тариф)$/iu.test(text) ? "plan" : wholeNumber(text, 1, mostTrialDevices),
  channels: (text) => (isNothing(text) ? "" : parseChannels(text)),
};

const lengthOf = (text: string): number => Array.from(text).length;

function lineOf(text: string, longest: number): string | undefined {
  const line = tidyLine(text, longest);
  // It cuts, but a cut value is not what the owner wrote.
  const isWhole = lengthOf(text) <= longest && line !== "";
  return isWhole ? line : undefined;
}

function pageOf(text: string): string | undefined {
  const clean = text
    .replaceAll(/\r\n?/gu, "\n")
    .replaceAll(/[^\P{Cc}\n]|\p{Cs}/gu, "")
    .trim();
  if (isNothing(clean)) return "";
  return clean.length <= longestPage ? clean : undefined;
}

function zoneNamed(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function currencyOrder(text: string): string | undefined {
  if (isNothing(text)) return "";
  const codes = text
    .toUpperCase()
    .split(/[\s,]+/u)
    .filter(Boolean);
  const isKnown = codes.every((code) => currencies.some((known) => known === code));
  return isKnown && new Set(codes).size === codes.length ? codes.join(",") : undefined;
}

function gatewayOrder(text: string): string | undefined {
  if (isNothing(text)) return "";
  const names = text
    .toLowerCase()
    .split(/[\s,]+/u)
    .filter(Boolean);
  const isNamed =
    names.length <= mostGateways && names.every((name) => /^[a-z0-9-]{1,16}$/u.test(name));
  return isNamed && new Set(names).size === names.length ? names.join(",") : undefined;
}

const usualOr = (text: string, parse: (text: string) => string | undefined): string | undefined =>
  /^(?:usual|обычные)$/iu.test(text) ? "usual" : parse(text);

/** A trial of so many days, which need not be whole, as the setting `trial` is stored. */
export function trialOfDays(days: number): string {
  if (days <= 0) return "off";
  if (Number.isInteger(days)) return `${days}d`;
  return `${Math.max(1, Math.round((days * dayMs) / secondMs))}s`;
}

/**
 * The settings in force: each value is the first that `layers` have, then what is built in. A stored
 * value that this version cannot read counts as absent.
 */
export function shopSettingsFrom(layers: readonly SettingValues[]): ShopSettings {
  const value = (key: SingleSetting): string => valueIn(layers, key) ?? builtIn[key];
  const perLanguage = (noun: TranslatedSetting): PerLanguage =>
    Object.fromEntries(
      languages.map((language) => [language, valueIn(layers, `${noun}-${language}`) ?? ""]),
    ) as PerLanguage;
  const hour = value("summary-hour");
  const devices = value("trial-devices");
  const changes = value("location-changes");
  return {
    name: value("name"),
    zone: value("zone"),
    currencies: value("currencies").split(",").filter(Boolean) as Currency[],
    gateways: value("gateways").split(",").filter(Boolean).map(gatewayName),
    topUps: topUpRulesFrom(value("top-ups"), value("top-up-limits")),
    terms: perLanguage("terms"),
    privacy: perLanguage("privacy"),
    support: value("support"),
    saleNotices: value("sale-notices") as SaleNotices,
    summaryHour: hour === "off" ? undefined : Number(hour),
    locationChanges: changes === "off" ? 0 : Number(changes),
    hasStatusPage: value("status-page") === "on",
    maintenance: { isOn: value("maintenance") === "on", text: perLanguage("maintenance-text") },
    trial: {
      ms: trialMs(value("trial")),
      deviceLimit: devices === "plan" ? undefined : Number(devices),
    },
    channels: channelsIn(value("channels")),
  };
}

/** The value of one setting as it is stored; undefined where only the built-in one applies. */
export function valueIn(layers: readonly SettingValues[], key: SettingKey): string | undefined {
  for (const layer of layers) {
    const stored = layer[key];
    const value = stored === undefined ? undefined : parseSetting(key, stored);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The value that applies where nobody has set one, as it would be stored. */
export const builtInValue = (key: SettingKey): string =>
  (builtIn as Readonly<Record<string, string>>)[key] ?? "";

/** Without anything set by anybody. */
export const usualShopSettings: ShopSettings = shopSettingsFrom([]);

/** A text in the reader's language, or in one that has it; undefined: none has. */
export const textFor = (texts: PerLanguage, language: Language): string | undefined =>
  texts[language] || languages.map((other) => texts[other]).find(Boolean) || undefined;

/** The same things by the shop's order of currencies; what it does not name keeps its order. */
export function byCurrency<Thing>(
  things: readonly Thing[],
  order: readonly Currency[],
  currencyOf: (thing: Thing) => Currency,
): Thing[] {
  const placeOf = (thing: Thing): number => {
    const place = order.indexOf(currencyOf(thing));
    return place < 0 ? order.length : place;
  };
  return things.toSorted((one, other) => placeOf(one) - placeOf(other));
}
