import { adminMenuButton, homeButton } from "../../domain/messaging/buttons.ts";
import type { BotContext } from "../context.ts";
import { type Buttons, keyboardBytes, say } from "../request.ts";
import { mostCharacters } from "./fit-lines.ts";

/** What one message shows. */
export interface Page {
  readonly text: string;
  readonly buttons: Buttons;
}

/** The page with a row below it that leads back, to the home screen by default. */
export const withBack = (
  { texts }: Pick<BotContext, "texts">,
  { text, buttons }: Page,
  to = homeButton.data({}),
): Page => ({ text, buttons: [...buttons, [{ text: texts.messaging.menu.back, data: to }]] });

/** Answers one of the shop's people who wrote a command, with the way to their menu. */
export function sayToStaff(context: BotContext, text: string): Promise<void> {
  const menu = {
    text: context.texts.messaging.menu.admin,
    data: adminMenuButton.data({ place: "new" }),
  };
  return say(context, text, [[menu]]);
}

/** One entry of a list: its line, and the rows of buttons that belong to it. */
export interface Entry {
  /** Without it the entry has buttons only. */
  readonly line?: string;
  readonly buttons?: Buttons;
}

/** A list that is shown in pages. */
export interface List {
  readonly head: string;
  readonly entries: readonly Entry[];
  /** Below the entries, on each page. */
  readonly foot?: string;
  /** Below the buttons of the entries, on each page. */
  readonly buttons?: Buttons;
  readonly perPage: number;
  /** The data of the button that opens a page, by the page's number. */
  readonly turnTo: (page: number) => string;
}

/**
 * Telegram allows a keyboard a hundred buttons and about ten kilobytes; we leave room for the row
 * that turns the page. @see https://core.telegram.org/bots/api#inlinekeyboardmarkup
 */
const mostButtons = 96;
const mostKeyboardBytes = 9_000;

/** The most rows that a list loads; more is found by searching. */
export const mostListed = 1_000;

/**
 * The page `wanted` of a list, counted from 1, or the nearest one that exists. Each page has as
 * many entries as fit, and buttons that lead to the page before and after it.
 */
export function pageOf(list: List, wanted = 1): Page {
  const pages = split(list);
  const last = pages.length;
  const number = Math.max(1, Math.min(wanted, last));
  const before = number - 1;
  const after = number + 1;
  const entries = pages[number - 1] ?? [];
  const lines = entries.flatMap(({ line }) => (line === undefined ? [] : [line]));
  const foot = list.foot === undefined ? [] : [list.foot];
  const turns = [
    ...(before > 0 ? [turn(list, before, `◀ ${before}/${last}`)] : []),
    ...(after <= last ? [turn(list, after, `${after}/${last} ▶`)] : []),
  ];
  return {
    text: [list.head, ...lines, ...foot].join("\n"),
    buttons: [
      ...entries.flatMap(({ buttons = [] }) => buttons),
      ...(list.buttons ?? []),
      ...(turns.length > 0 ? [turns] : []),
    ],
  };
}

const turn = ({ turnTo }: List, to: number, text: string) => ({ text, data: turnTo(to) });

/** The size of a page so far, or what an entry adds to it. */
interface Weight {
  readonly characters: number;
  readonly buttons: number;
  readonly bytes: number;
}

/** The entries of each page; one that fits beside no other has a page of its own. */
function split({ head, entries, foot = "", buttons = [], perPage }: List): readonly Entry[][] {
  const frame = weigh({ line: `${head}\n${foot}`, buttons });
  const pages: Entry[][] = [];
  let filled = frame;
  for (const entry of entries) {
    const page = pages.at(-1);
    const withEntry = sum(filled, weigh(entry));
    const hasRoom = page !== undefined && page.length < perPage && fits(withEntry);
    filled = hasRoom ? withEntry : sum(frame, weigh(entry));
    if (hasRoom) page.push(entry);
    else pages.push([entry]);
  }
  return pages;
}

const weigh = ({ line, buttons = [] }: Entry): Weight => ({
  characters: line === undefined ? 0 : line.length + 1,
  buttons: buttons.flat().length,
  bytes: keyboardBytes(buttons) - keyboardBytes([]) + 1,
});

const sum = (one: Weight, other: Weight): Weight => ({
  characters: one.characters + other.characters,
  buttons: one.buttons + other.buttons,
  bytes: one.bytes + other.bytes,
});

const fits = ({ characters, buttons, bytes }: Weight): boolean =>
  characters <= mostCharacters && buttons <= mostButtons && bytes <= mostKeyboardBytes;

/** The searched text as a button's data holds it: its beginning where it is long. */
export function searchedIn(text: string): string {
  const bytes = 40;
  let beginning = "";
  for (const character of text) {
    if (Buffer.byteLength(beginning + character) > bytes) break;
    beginning += character;
  }
  return beginning.trim();
}
