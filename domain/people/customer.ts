import type { CustomerId, TelegramId } from "../ids.ts";
import type { Instant } from "../time.ts";

/** The roles of the shop's people, who are named in ADMIN_IDS, SUPPORT_IDS and VIEWER_IDS. */
export const staffRoles = ["admin", "support", "viewer"] as const;
/** One of these roles. */
export type StaffRole = (typeof staffRoles)[number];
/** All roles; what each may do is in `permissions.ts`. */
export const roles = ["customer", ...staffRoles] as const;
/** One of these roles. */
export type Role = (typeof roles)[number];

/** The shop's people by role, as the environment names them. */
export type Staff = Readonly<Record<StaffRole, readonly TelegramId[]>>;

/** A person's role: the first of the lists that has them. */
export const roleIn = (staff: Staff, of: TelegramId): Role =>
  staffRoles.find((role) => staff[role].includes(of)) ?? "customer";

/** `pending` until a signup is approved; `rejected` may apply again; `blocked` is not answered. */
export const customerStatuses = ["pending", "active", "rejected", "blocked"] as const;
/** A person's standing, as stored in their row. */
export type CustomerStatus = (typeof customerStatuses)[number];

/** The languages that texts exist in, by ISO 639-1 code. */
export const languages = ["en", "ru"] as const;
/** One of the languages that texts exist in. */
export type Language = (typeof languages)[number];

/**
 * What Telegram says about a person with every update. Names are free text:
 * any characters, any direction.
 */
export interface Profile {
  readonly telegramId: TelegramId;
  readonly firstName: string;
  readonly lastName?: string;
  readonly username?: string;
  readonly languageCode?: string;
}

/** A customer as the rest of the product sees them. */
export interface Customer {
  readonly id: CustomerId;
  readonly telegramId: TelegramId;
  readonly firstName: string;
  readonly lastName: string | undefined;
  readonly username: string | undefined;
  readonly language: Language;
  readonly role: Role;
  readonly status: CustomerStatus;
  readonly rejectedAt: Instant | undefined;
  /** Since when their free access is paused because they have left a required channel. */
  readonly suspendedAt?: Instant;
}

/**
 * The language for Telegram's IETF tag (`ru-RU`, `uk`, absent);
 * English for languages we do not have.
 */
export function languageOf(code: string | undefined): Language {
  const primary = (code ?? "").toLowerCase().split("-")[0];
  return languages.find((language) => language === primary) ?? "en";
}

/** The longest words of a person that are kept as one line, in characters. */
export const longestName = 128;

/**
 * Characters that take up no room or change the direction around them;
 * the Braille blank is invisible too.
 */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Makes a person's own words fit for one line: without invisible, control and direction characters,
 * not empty, at most 128 characters. Tidy text is returned unchanged.
 */
export const tidyName = (text: string, fallback: string): string =>
  tidyLine(text, longestName) || fallback;

/** Like `tidyName`, cut to `longest` characters; "" where nothing is left. */
export function tidyLine(text: string, longest: number): string {
  const flat = text
    .replaceAll(invisible, "")
    .replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  return Array.from(flat).slice(0, longest).join("").trim();
}

/**
 * How many characters a person's words have on one line, where that is more than `longest`: they
 * are not cut behind their author's back. Undefined: they fit.
 */
export function lengthBeyond(text: string, longest: number): number | undefined {
  const { length } = Array.from(tidyLine(text, Number.POSITIVE_INFINITY));
  return length > longest ? length : undefined;
}

/** A profile's names as they are stored; null where it has none. */
export function namesOf({ firstName, lastName, username }: Profile) {
  return {
    firstName: tidyName(firstName, "—"),
    lastName: lastName ? tidyName(lastName, "—") : null,
    username: username !== undefined && /^\w{1,64}$/u.test(username) ? username : null,
  };
}

/** Whether a customer is stored under the names in this profile. */
export function isKnownAs(customer: Customer, profile: Profile): boolean {
  const names = namesOf(profile);
  return (
    names.firstName === customer.firstName &&
    names.lastName === (customer.lastName ?? null) &&
    names.username === (customer.username ?? null)
  );
}

/** First and last name in one tidy line. */
export function displayName(person: {
  readonly firstName: string;
  readonly lastName?: string | undefined;
}): string {
  return tidyName(`${person.firstName} ${person.lastName ?? ""}`, "—");
}

/** The inviting person named by a deep link's payload (`ref_<id>`); undefined for anything else. */
export function referrerOf(payload: string | undefined, self: TelegramId): TelegramId | undefined {
  const digits = /^ref_?(\d{1,15})$/u.exec(payload ?? "")?.[1];
  const id = Number(digits);
  return digits !== undefined && id > 0 && id !== self ? (id as TelegramId) : undefined;
}
