import type { BotContext } from "../../context.ts";
import { may } from "../../permissions.ts";
import type { Buttons } from "../../request.ts";
import type { Page } from "../paging.ts";
import { withBack } from "../paging.ts";

/** A value that an admin changes: by a choice, or by a message. */
export interface EditedValue {
  /** The page's text: what it is, how it is written, what it is now. */
  readonly text: string;
  readonly choices: readonly { readonly text: string; readonly data: string }[];
  /** Buttons in rows of their own, below the choices. */
  readonly rows?: Buttons;
  /** The data of the button that asks for a message; undefined: there are only the choices. */
  readonly ask: string | undefined;
  /** The data of the button that takes the value back; undefined: nobody has set it. */
  readonly reset?: string | undefined;
  /** Where the page leads back to. */
  readonly back: string;
}

/** The page of one value. */
export function valuePage(context: BotContext, { text, choices, ...value }: EditedValue): Page {
  const { settings } = context.texts.operations;
  const ask = value.ask === undefined ? [] : [[{ text: settings.type, data: value.ask }]];
  const reset = value.reset === undefined ? [] : [[{ text: settings.reset, data: value.reset }]];
  const edits = may(context, "changeShop")
    ? [...inRows(choices), ...(value.rows ?? []), ...ask, ...reset]
    : [];
  const page = { text, buttons: edits };
  return withBack(context, page, value.back);
}

/** How long labels may be for three of them, or two, to share a row of a phone's width. */
const longestOfThree = 8;
const longestOfTwo = 17;

/** Short labels share a row, up to three; one that a phone would cut has a row of its own. */
export function inRows(buttons: Buttons[number]): Buttons {
  const isShort = buttons.every(({ text }) => text.length <= longestOfThree);
  // Four are two and two: a single one below three looks forgotten.
  const perRow = isShort && buttons.length % 3 !== 1 ? 3 : 2;
  const rows: Buttons[number][] = [];
  let row: Buttons[number] = [];
  const endRow = () => {
    if (row.length > 0) rows.push(row);
    row = [];
  };
  for (const button of buttons) {
    const isLong = button.text.length > longestOfTwo;
    if (isLong || row.length === perRow) endRow();
    row = [...row, button];
    if (isLong) endRow();
  }
  endRow();
  return rows;
}
