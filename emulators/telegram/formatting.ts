import type { MessageEntity } from "./bot-api.ts";
import type { Formatted } from "./formatted.ts";
import { findEntities } from "./found-entities.ts";
import { parseHtml } from "./html.ts";
import { parseMarkdownV2 } from "./markdown.ts";
import { byPlace, keepNestable } from "./nesting.ts";
import { badRequest } from "./refusal.ts";

/** How Telegram counts a text: in characters, not in the units of UTF-16. */
export const characters = (text: string): number => Array.from(text).length;

/** Text as a bot sends it. */
export interface Marked {
  readonly text: string;
  readonly parseMode?: string | undefined;
  /** Used when no mode of markup is named. */
  readonly entities?: readonly MessageEntity[] | undefined;
}

/**
 * The text people will read: markup parsed, space around it cut, commands, links and mentions
 * found. @throws Refusal 400 for broken markup and for an unknown mode.
 */
export function format({ text, parseMode, entities }: Marked): Formatted {
  if (Buffer.byteLength(text) > mostBytes) throw badRequest("text is too long");
  const parsed = parseMarkup({ text, parseMode, entities: entities ?? [] });
  const trimmed = trim({ ...parsed, entities: keepNestable(parsed.entities) });
  const found = findEntities(trimmed.text).filter((one) => !trimmed.entities.some(covers(one)));
  return { text: trimmed.text, entities: [...trimmed.entities, ...found].toSorted(byPlace) };
}

/** Of a text with its markup. */
const mostBytes = 32_768;

function parseMarkup({ text, parseMode, entities }: Marked): Formatted {
  switch (parseMode?.toLowerCase()) {
    case undefined:
    case "none":
      return { text, entities: entities ?? [] };
    case "html":
      return parseHtml(text);
    case "markdownv2":
      return parseMarkdownV2(text);
    default:
      throw badRequest("unsupported parse_mode");
  }
}

function trim({ text, entities }: Formatted): Formatted {
  const cut = text.length - text.trimStart().length;
  const kept = text.trim();
  const moved = entities.map((one) => {
    const offset = Math.max(0, one.offset - cut);
    const end = Math.min(kept.length, one.offset + one.length - cut);
    return { ...one, offset, length: end - offset };
  });
  return { text: kept, entities: moved.filter(({ length }) => length > 0) };
}

const closed = new Set(["code", "pre", "text_link", "text_mention"]);

/** Nothing is looked for inside code and links. */
const covers =
  (inner: MessageEntity) =>
  (outer: MessageEntity): boolean =>
    closed.has(outer.type) &&
    outer.offset < inner.offset + inner.length &&
    inner.offset < outer.offset + outer.length;
