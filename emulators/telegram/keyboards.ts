import * as z from "zod";
import type { ReplyMarkup } from "./bot-api.ts";
import { characters } from "./formatting.ts";
import { parseHttpUrl } from "./link.ts";
import { json, words } from "./params.ts";
import { badRequest } from "./refusal.ts";

/** The kinds of button whose content is not checked. */
const otherKinds = ["web_app", "login_url", "switch_inline_query", "pay"] as const;

const inlineButton = z.looseObject({
  text: words,
  callback_data: z.string().optional(),
  url: z.string().optional(),
  copy_text: z.looseObject({ text: z.string() }).optional(),
});
const rows = z.array(z.array(inlineButton));
const markup = z.looseObject({
  inline_keyboard: rows.optional(),
  keyboard: z.array(z.array(z.union([z.string(), z.looseObject({ text: z.string() })]))).optional(),
  remove_keyboard: z.literal(true).optional(),
  force_reply: z.literal(true).optional(),
});

const unreadable = "can't parse reply keyboard markup JSON object";

/** A `reply_markup` that is not yet checked: see `readMarkup`. */
export const markupSchema = json(z.unknown(), unreadable);

/**
 * The keyboard as it will be shown, undefined when there is none. @throws Refusal 400
 * as Telegram words it.
 */
export function readMarkup(given: unknown): ReplyMarkup | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== "object" || given === null) {
    throw badRequest("object expected as reply markup");
  }
  const result = markup.safeParse(given);
  if (!result.success) throw badRequest(unreadable);
  const { inline_keyboard, keyboard } = result.data;
  if (inline_keyboard === undefined) {
    return keyboard || result.data.remove_keyboard || result.data.force_reply
      ? result.data
      : undefined;
  }
  const filled = inline_keyboard.filter((row) => row.length > 0);
  const bytes = Buffer.byteLength(JSON.stringify({ inline_keyboard: filled }));
  if (filled.flat().length > maxButtons || bytes > maxBytes) {
    throw badRequest("reply markup is too long");
  }
  for (const button of filled.flat()) checkButton(button);
  return filled.length === 0 ? undefined : { inline_keyboard: filled };
}

const maxButtons = 100;
/** Telegram documents no limit; keyboards somewhat larger than this are refused. */
const maxBytes = 10_240;

function checkButton(button: z.infer<typeof inlineButton>): void {
  const { text, callback_data = "", url = "", copy_text } = button;
  if (text.trim() === "") throw badRequest("BUTTON_TEXT_INVALID");
  if (url !== "") {
    if (parseHttpUrl(url) === undefined) {
      throw badRequest(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`);
    }
  } else if (callback_data !== "") {
    if (Buffer.byteLength(callback_data) > 64) throw badRequest("BUTTON_DATA_INVALID");
  } else if (copy_text !== undefined) {
    const length = characters(copy_text.text);
    if (length < 1 || length > 256) throw badRequest("BUTTON_COPY_TEXT_INVALID");
  } else if (!otherKinds.some((kind) => kind in button)) {
    throw badRequest(
      "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    );
  }
}
