import type { TelegramId } from "../ids.ts";
import { telegramIdIn } from "../messaging/buttons.ts";
import { type Language, languages, tidyLine } from "../people/customer.ts";
import type { Audience, Location, LocationCode } from "./location.ts";

/** The longest name of a location: with its flag it has to fit a button. */
export const longestLocationName = 24;
/** The most groups that a location may be in, or a plan may name. */
export const mostLocationGroups = 10;
/** The most customers that a location may be for by name. */
export const mostNamedCustomers = 100;
const mostOrder = 9_999;

/** What an owner changes of a location, one thing at a time. */
export type LocationField =
  | `name-${Language}`
  | "flag"
  | "offered"
  | "order"
  | "groups"
  | "audience";

/** All fields, in the order in which they are shown. */
export const locationFields: readonly LocationField[] = [
  "offered",
  "audience",
  "order",
  "groups",
  "flag",
  ...languages.map((language): LocationField => `name-${language}`),
];

/** A location before it has an id. */
export type LocationFacts = Omit<Location, "id">;

/** What an owner says of a new location. */
export interface NewLocation {
  readonly code: string;
  readonly flag: string;
  /** In each language, until one is named otherwise. */
  readonly name: string;
}

/** A new location, which everybody is offered, or why there cannot be one. */
export function newLocation(
  { code, flag, name }: NewLocation,
  all: readonly Location[],
): LocationFacts | "badValue" | "codeTaken" {
  const words = nameIn(name);
  const emoji = flagIn(flag);
  if (words === undefined || emoji === undefined || !isLocationCode(code)) return "badValue";
  if (all.some((one) => one.code === code)) return "codeTaken";
  const names = Object.fromEntries(languages.map((language) => [language, words]));
  return {
    code,
    flag: emoji,
    names: names as Location["names"],
    groups: [],
    order: Math.max(0, ...all.map(({ order }) => order)) + 1,
    isHidden: false,
    audience: { kind: "all" },
  };
}

/** Whether a text can be a location's code. */
export const isLocationCode = (text: string): text is LocationCode =>
  /^[a-z0-9-]{1,16}$/u.test(text);

/** The location with one field changed to what an owner wrote; undefined: it cannot be so. */
export function changeLocation(
  location: Location,
  field: LocationField,
  written: string,
): Location | undefined {
  const text = written.trim();
  switch (field) {
    case "flag": {
      const flag = flagIn(text);
      return flag === undefined ? undefined : { ...location, flag };
    }
    case "offered": {
      const word = text.toLowerCase();
      if (word !== "yes" && word !== "no") return undefined;
      return { ...location, isHidden: word === "no" };
    }
    case "order": {
      const order = /^\d{1,4}$/u.test(text) ? Number(text) : mostOrder + 1;
      return order > mostOrder ? undefined : { ...location, order };
    }
    case "groups": {
      const groups = parseLocationGroups(text);
      return groups && { ...location, groups };
    }
    case "audience": {
      const audience = audienceIn(text);
      return audience && { ...location, audience };
    }
    case "name-en":
    case "name-ru": {
      const name = nameIn(text);
      const language = field.slice("name-".length) as Language;
      return name === undefined
        ? undefined
        : { ...location, names: { ...location.names, [language]: name } };
    }
  }
}

/** Groups of locations as an owner writes them, or none; undefined: they cannot be so. */
export function parseLocationGroups(text: string): string[] | undefined {
  if (/^(?:|-|off|all)$/iu.test(text.trim())) return [];
  const groups = partsIn(text.toLowerCase());
  const isGood = groups.length <= mostLocationGroups && groups.every(isLocationCode);
  return isGood ? [...new Set(groups)] : undefined;
}

const partsIn = (text: string): string[] => text.split(/[\s,;]+/u).filter(Boolean);

function audienceIn(text: string): Audience | undefined {
  const word = text.toLowerCase();
  if (word === "all" || word === "paying") return { kind: word };
  const ids = partsIn(text).map((part) =>
    /^\d{1,16}$/u.test(part) ? telegramIdIn(part) : undefined,
  );
  const customers = [...new Set(ids)].filter((id): id is TelegramId => id !== undefined);
  const isGood = customers.length > 0 && customers.length <= mostNamedCustomers;
  return isGood && !ids.includes(undefined) ? { kind: "named", customers } : undefined;
}

const flagIn = (text: string): string | undefined =>
  /^\p{RGI_Emoji}$/v.test(text.trim()) ? text.trim() : undefined;

function nameIn(text: string): string | undefined {
  const isWhole = Array.from(text.trim()).length <= longestLocationName;
  return (isWhole && tidyLine(text, longestLocationName)) || undefined;
}
