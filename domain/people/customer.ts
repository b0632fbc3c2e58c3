import type { CustomerId, TelegramId } from "../ids.ts";
import type { Instant } from "../time.ts";

export const roles = ["customer", "admin", "viewer"] as const;
export type Role = (typeof roles)[number];

export const customerStatuses = ["pending", "active", "rejected", "blocked"] as const;
export type CustomerStatus = (typeof customerStatuses)[number];

export const languages = ["en", "ru"] as const;
export type Language = (typeof languages)[number];

/** What Telegram tells of a person with every update. Names are theirs: any characters, any direction. */
export interface Profile {
  readonly telegramId: TelegramId;
  readonly firstName: string;
  readonly lastName?: string;
  readonly username?: string;
  readonly languageCode?: string;
}

/** What the rest of the product knows of a customer. */
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
}

/** Telegram's IETF tag (`ru-RU`, `uk`, absent) as a language we speak; English where we do not. */
export function languageOf(code: string | undefined): Language {
  const primary = (code ?? "").toLowerCase().split("-")[0];
  return languages.find((language) => language === primary) ?? "en";
}

const longestName = 128;

/** Takes up no room, or turns what stands around it; the blank of Braille shows nothing either. */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * A person's own words made fit for one line: nothing invisible, no control or direction characters, never
 * empty, bounded. What is tidy stays as it is.
 */
export function tidyName(text: string, fallback: string): string {
  const flat = text
    .replaceAll(invisible, "")
    .replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  return Array.from(flat).slice(0, longestName).join("").trim() || fallback;
}

/** What the books keep of a profile's names; null where there is none. */
export function namesOf({ firstName, lastName, username }: Profile) {
  return {
    firstName: tidyName(firstName, "—"),
    lastName: lastName ? tidyName(lastName, "—") : null,
    username: username !== undefined && /^\w{1,64}$/u.test(username) ? username : null,
  };
}

/** Whether a customer is known under what Telegram tells of them now. */
export function isKnownAs(customer: Customer, profile: Profile): boolean {
  const names = namesOf(profile);
  return (
    names.firstName === customer.firstName &&
    names.lastName === (customer.lastName ?? null) &&
    names.username === (customer.username ?? null)
  );
}

export function displayName(person: {
  readonly firstName: string;
  readonly lastName?: string | undefined;
}): string {
  return tidyName(`${person.firstName} ${person.lastName ?? ""}`, "—");
}

/** A deep link's payload names the person who invited; rubbish names nobody. */
export function referrerOf(payload: string | undefined, self: TelegramId): TelegramId | undefined {
  const digits = /^ref_?(\d{1,15})$/u.exec(payload ?? "")?.[1];
  const id = Number(digits);
  return digits !== undefined && id > 0 && id !== self ? (id as TelegramId) : undefined;
}
