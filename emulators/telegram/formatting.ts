import * as z from "zod";
import type { MessageEntity } from "./bot-api.ts";
import type { Formatted } from "./formatted.ts";
import { findEntities } from "./found-entities.ts";
import { parseHtml } from "./html.ts";
import { parseMarkdownV2 } from "./markdown.ts";
import { badRequest } from "./refusal.ts";

const entity = z.object({
  type: z.string(),
  offset: z.int().nonnegative(),
  length: z.int().positive(),
  url: z.string().optional(),
  language: z.string().optional(),
  custom_emoji_id: z.string().optional(),
});
export const entitiesSchema = z.array(entity);

/** A text with its markup, as a bot sends it. */
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
  const trimmed = trim(parseMarkup({ text, parseMode, entities: entities ?? [] }));
  const found = findEntities(trimmed.text).filter((one) => !trimmed.entities.some(covers(one)));
  return { text: trimmed.text, entities: [...trimmed.entities, ...found].toSorted(byPlace) };
}

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

const byPlace = (a: MessageEntity, b: MessageEntity): number =>
  a.offset - b.offset || b.length - a.length;
