import { adminMenuButton, settingButton } from "../../../domain/messaging/buttons.ts";
import type { SettingInForce } from "../../../db/queries/operations/shop-settings.ts";
import {
  partsOf,
  type SettingKey,
  type SettingNoun,
} from "../../../domain/operations/shop-settings.ts";
import { currencies } from "../../../domain/money.ts";
import { escapeHtml } from "../../../texts/index.ts";
import {
  askSettingButton,
  resetSettingButton,
  setSettingButton,
  settingsButton,
} from "../../shop-buttons.ts";
import type { BotContext } from "../../context.ts";
import { may } from "../../permissions.ts";
import { sectionOf, type SettingSection, settingSections } from "../../setting-sections.ts";
import { buttonMark } from "../../request.ts";
import { type Page, withBack } from "../paging.ts";
import { inRows, valuePage } from "./value-page.ts";

/** The sections of the settings, each with the names of what it holds. */
export function settingsPage(context: BotContext, settings: readonly SettingInForce[]): Page {
  const texts = context.texts.operations.settings;
  const lines = settingSections.map((section) => {
    const nouns = settings.filter(({ key }) => sectionOf(key) === section);
    const names = new Set(nouns.map(({ key }) => texts.names[partsOf(key).noun]));
    return texts.sectionLine(texts.sections[section], [...names].join(", "));
  });
  const head = may(context, "changeShop") ? [texts.title, texts.counts] : [texts.title];
  const buttons = settingSections.map((section) => {
    return { text: texts.sections[section], data: settingsButton.data({ section }) };
  });
  const page = { text: [...head, "", ...lines].join("\n"), buttons: inRows(buttons) };
  return withBack(context, page, adminMenuButton.data({}));
}

/** The settings of a section, with what they are now. */
export function sectionPage(
  context: BotContext,
  settings: readonly SettingInForce[],
  section: SettingSection,
): Page {
  const texts = context.texts.operations.settings;
  const own = settings.filter(({ key }) => sectionOf(key) === section);
  const lines = own.map(({ key, value }) =>
    texts.line(settingName(context, key), settingValue(context, key, value)),
  );
  const buttons = own.map(({ key }) => {
    return { text: settingName(context, key), data: settingButton.data({ key }) };
  });
  const title = texts.sectionTitle(texts.sections[section]);
  const page = { text: [title, "", ...lines].join("\n"), buttons: inRows(buttons) };
  return withBack(context, page, settingsButton.data({}));
}

/** What a value is about and, for those who may change it, how it is written. */
export const explained = (context: BotContext, about: string, how: string): string =>
  may(context, "changeShop") ? `${about} ${how}` : about;

/** What a setting is about. */
export function settingAbout(context: BotContext, noun: SettingNoun): string {
  const { about, how } = context.texts.operations.settings;
  return explained(context, about[noun], how[noun]);
}

/** One setting, with the values to choose from; `above` is what has just happened to it. */
export function settingPage(
  context: BotContext,
  { key, value, source }: SettingInForce,
  above?: string,
): Page {
  const { noun } = partsOf(key);
  const texts = context.texts.operations.settings;
  const shown = settingValue(context, key, value, longestOnPage);
  const page = texts.page(settingName(context, key), settingAbout(context, noun), shown);
  return valuePage(context, {
    text: above === undefined ? page : `${above}\n\n${page}`,
    choices: choices[noun].map((choice) => ({
      text: settingValue(context, key, choice),
      data: setSettingButton.data({
        key,
        value: choice === "" ? "off" : choice,
        mark: buttonMark(),
      }),
    })),
    ask: onlyChosen.has(noun) ? undefined : askSettingButton.data({ key }),
    reset: source === "admin" ? resetSettingButton.data({ key, mark: buttonMark() }) : undefined,
    back: settingsButton.data({ section: sectionOf(key) }),
  });
}

const onlyChosen: ReadonlySet<SettingNoun> = new Set([
  "maintenance",
  "status-page",
  "sale-notices",
  "gateways",
]);

/** The values that need no typing. */
const choices: Readonly<Record<SettingNoun, readonly string[]>> = {
  name: [],
  zone: [
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Moscow",
    "Asia/Yekaterinburg",
    "Asia/Novosibirsk",
  ],
  currencies: [...currencies, ""],
  gateways: [],
  "top-ups": ["usual", "off"],
  "top-up-limits": ["usual"],
  support: [""],
  "sale-notices": ["each", "digest", "off"],
  "location-changes": ["1", "3", "10", "off"],
  "summary-hour": ["8", "9", "12", "18", "21", "off"],
  maintenance: ["on", "off"],
  "status-page": ["on", "off"],
  trial: ["1d", "3d", "7d", "14d", "30d", "off"],
  "trial-devices": ["1", "2", "3", "5", "10", "plan"],
  channels: [""],
  terms: [""],
  privacy: [""],
  "maintenance-text": [""],
};

/** The name of a setting in the admin's language. */
export function settingName({ texts }: BotContext, key: SettingKey): string {
  const { noun, language } = partsOf(key);
  const name = texts.operations.settings.names[noun];
  return language === undefined ? name : `${name} (${texts.people.languages[language]})`;
}

const longestInList = 60;
const longestOnPage = 600;

/** A stored value in words. */
export function settingValue(
  { texts }: BotContext,
  key: SettingKey,
  value: string,
  longest = longestInList,
): string {
  const { noun } = partsOf(key);
  const words = texts.operations.settings;
  switch (noun) {
    case "sale-notices":
    case "maintenance":
    case "status-page":
      return words[value as "on" | "off" | "each" | "digest"];
    case "summary-hour":
      return value === "off" ? words.off : words.hour(Number(value));
    case "location-changes":
      return value === "off" ? words.off : value;
    case "trial":
      return trialIn(words, value);
    case "trial-devices":
      return value === "plan" ? words.asPlan : value;
    case "channels":
      return value === "" ? words.off : escapeHtml(value.replaceAll("\n", ", "));
    case "currencies":
      return value === "" ? words.anyOrder : value.replaceAll(",", ", ");
    case "gateways":
      return gatewaysIn(texts, value);
    case "top-ups":
    case "top-up-limits":
      return amountsIn(words, value);
    case "terms":
    case "maintenance-text":
      return value === "" ? words.usual : escapeHtml(beginningOf(value, longest));
    case "name":
    case "zone":
    case "support":
    case "privacy":
      return value === "" ? words.none : escapeHtml(beginningOf(value, longest));
  }
}

const gatewaysIn = ({ operations, payments }: BotContext["texts"], value: string): string =>
  value === ""
    ? operations.settings.usualOrder
    : escapeHtml(value.split(",").map(payments.gateway.name).join(", "));

function amountsIn(words: BotContext["texts"]["operations"]["settings"], value: string): string {
  if (value === "off") return words.off;
  return value === "usual" ? words.usualAmounts : escapeHtml(value);
}

function trialIn(words: BotContext["texts"]["operations"]["settings"], value: string): string {
  const [, count, unit] = /^(\d+)([dhms])$/u.exec(value) ?? [];
  return unit === undefined ? words.off : words.duration(Number(count), unit as "d");
}

function beginningOf(text: string, longest: number): string {
  const characters = Array.from(text);
  if (characters.length <= longest) return text;
  return `${characters.slice(0, longest - 1).join("")}…`;
}
