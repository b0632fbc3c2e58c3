import * as z from "zod";
import type { MessageEntity } from "./bot-api.ts";
import { linkEntity } from "./link-entity.ts";
import { json } from "./params.ts";
import { badRequest } from "./refusal.ts";

const entity = z.looseObject({
  type: z.string(),
  offset: z.int(),
  length: z.int(),
  url: z.string().optional(),
  language: z.string().optional(),
  custom_emoji_id: z.string().optional(),
});
type Entity = z.infer<typeof entity>;

/** Entities as a bot sends them, not yet checked against their text. */
export const entitiesSchema = json(
  z.array(entity),
  "can't parse entities: can't parse entities JSON object",
);

/** What a bot may mark; the second list is found by Telegram itself, and ignored when it is sent. */
const marked = setOf(
  "bold italic underline strikethrough spoiler blockquote expandable_blockquote code pre " +
    "text_link text_mention custom_emoji",
);
const found = setOf("mention hashtag cashtag bot_command url email phone_number bank_card_number");
const furthest = 1_000_000;

function setOf(names: string): ReadonlySet<string> {
  return new Set(names.split(" "));
}

/**
 * The entities that mark a text, in their order.
 * @throws Refusal 400 in the words of the real server for one that there is not, or that lies
 * outside its text or inside a character.
 */
export function checkEntities(text: string, given: readonly Entity[]): MessageEntity[] {
  const own = given.filter(({ type }) => !found.has(type)).map(checkEntity);
  const filled = own.filter(({ length }) => length > 0);
  const sorted = filled.toSorted((a, b) => a.offset - b.offset || b.length - a.length);
  for (const one of sorted) checkPlace(text, one);
  return sorted;
}

function checkEntity(given: Entity): MessageEntity {
  const { type, offset, length, url, custom_emoji_id, language } = given;
  if (!marked.has(type)) throw badRequest(`${unreadable} Unsupported type specified`);
  if (offset < 0 || offset > furthest) {
    throw badRequest(`receive an entity with incorrect offset ${offset}`);
  }
  if (length < 0 || length > furthest) {
    throw badRequest(`receive an entity with incorrect length ${length}`);
  }
  if (type === "text_link") return checkLink(url, { offset, length });
  if (type === "custom_emoji" && !/^[1-9]\d*$/u.test(custom_emoji_id ?? "")) {
    throw badRequest("invalid custom emoji identifier specified");
  }
  return {
    type,
    offset,
    length,
    ...(custom_emoji_id !== undefined && { custom_emoji_id }),
    ...(type === "pre" && language !== undefined && { language }),
    ...(type === "text_mention" && { user: given["user"] as MessageEntity["user"] }),
  };
}

const unreadable = "can't parse MessageEntity:";

function checkLink(url: string | undefined, range: { offset: number; length: number }) {
  if (url === undefined) throw badRequest(`${unreadable} Can't find field "url"`);
  const link = linkEntity(url, range);
  if (link === undefined) throw badRequest(`entity URL '${url}' is invalid: Wrong HTTP URL`);
  return link;
}

function checkPlace(text: string, { offset, length }: MessageEntity): void {
  const end = offset + length;
  if (offset >= text.length) {
    throw badRequest(`entity begins after the end of the text at UTF-16 offset ${offset}`);
  }
  if (isInsideCharacter(text, offset)) {
    throw badRequest(
      `entity begins in a middle of a UTF-16 symbol at byte offset ${bytesTo(text, offset + 1)}`,
    );
  }
  if (end > text.length) {
    throw badRequest(
      `entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 ` +
        `offset ${end}`,
    );
  }
  if (isInsideCharacter(text, end)) {
    throw badRequest(
      `entity beginning at UTF-16 offset ${offset} ends in a middle of a UTF-16 symbol at byte ` +
        `offset ${bytesTo(text, end + 1)}`,
    );
  }
}

/** Whether the place is between the two halves of a surrogate pair. */
const isInsideCharacter = (text: string, at: number): boolean =>
  at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xff_ff;

const bytesTo = (text: string, at: number): number => Buffer.byteLength(text.slice(0, at));
