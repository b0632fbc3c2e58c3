import type { Language } from "../../domain/people/customer.ts";

/** The parts of the catalogue, in their order; the name is the anchor on its page. */
export const sections = {
  start: "First steps",
  home: "Home, invitations, language",
  access: "Connecting, devices, traffic",
  payments: "Plans, payments, refunds",
  support: "Help and support",
  answers: "Answers to what the bot cannot do",
  "admin-people": "Administrators: requests and customers",
  "admin-payments": "Administrators: payments",
  "admin-support": "Administrators: support",
  "admin-shop": "Administrators: the shop",
  "admin-notices": "Administrators: notices",
} as const;

/** One of `sections`. */
export type Section = keyof typeof sections;

/** Whether a section's messages are for administrators alone. */
export const isForAdmins = (section: Section): boolean => section.startsWith("admin-");

/** A button as a phone shows it. */
export interface ShownButton {
  readonly text: string;
  /** It opens a page. */
  readonly isLink: boolean;
}

/**
 * How something is shown: in the chat, for a moment over it, or in a window that has to be closed.
 * `field`: the chat's input field opens with a hint.
 */
export type Manner = "message" | "field" | "toast" | "alert";

/** What a phone shows of one answer or message. */
export interface ShownMessage {
  readonly manner: Manner;
  /** Telegram's HTML; plain text in a toast or an alert. */
  readonly html: string;
  /** A file or a picture above the text. */
  readonly file?: string;
  readonly buttons: readonly (readonly ShownButton[])[];
}

/** One thing that a person may read, in each language. */
export interface CatalogueEntry {
  readonly section: Section;
  readonly name: string;
  readonly shown: Readonly<Record<Language, readonly ShownMessage[]>>;
}

/** The text as a person sees it. */
export const visibleText = (html: string): string =>
  html
    .replaceAll(/<[^>]+>/gu, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

/** The most characters that Telegram takes. */
export function mostCharactersOf({ manner, file }: ShownMessage): number {
  if (manner === "toast" || manner === "alert") return 200;
  return file === undefined ? 4_096 : 1_024;
}

/** What fits a button on a narrow phone. */
export const longestButton = 30;
