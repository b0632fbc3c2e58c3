import * as z from "zod";
import type { Draft, Message } from "../bot-api.ts";
import { type Place, quote, showToBot } from "../chats.ts";
import type { Formatted } from "../formatted.ts";
import { characters, format } from "../formatting.ts";
import { checkEntities, entitiesSchema } from "../given-entities.ts";
import { markupSchema, readMarkup } from "../keyboards.ts";
import { type Call, flag, json, read, whole, words } from "../params.ts";
import { requireTopic } from "../groups.ts";
import { requirePlace } from "../reachable.ts";
import { badRequest } from "../refusal.ts";
import type { State } from "../state.ts";

const options = z.object({
  reply_markup: markupSchema.optional(),
  reply_parameters: json(
    z.object({ message_id: whole, allow_sending_without_reply: flag.optional() }),
    "can't parse reply parameters JSON object",
  ).optional(),
  reply_to_message_id: whole.optional(),
  allow_sending_without_reply: flag.optional(),
  protect_content: flag.optional(),
  message_thread_id: whole.optional(),
});
const texts = z.object({
  text: words.optional(),
  caption: words.optional(),
  parse_mode: words.optional(),
  entities: entitiesSchema.optional(),
  caption_entities: entitiesSchema.optional(),
});

/** Puts a message into the chat the call names. `content` is checked before the chat is. */
export function send(state: State, call: Call, content: Omit<Draft, "from">): Message {
  const given = read(options, call);
  const reply_markup = readMarkup(given.reply_markup);
  const place = requirePlace(state, call);
  const reply_to_message = findReplied(state, place.id, given);
  const protection = given.protect_content ? { has_protected_content: true as const } : {};
  const draft: Draft = {
    from: state.bot,
    reply_to_message,
    ...placeIn(place, given.message_thread_id),
    ...content,
    ...protection,
    reply_markup,
  };
  return showToBot(state.chats.add(place, draft));
}

/**
 * The topic of a message. An administrator who manages topics may write into a closed one; a
 * private chat has none, because the bot has not turned topics on.
 */
function placeIn(place: Place, topic: number | undefined) {
  if (topic === undefined) return {};
  if (!("title" in place)) throw badRequest("message thread not found");
  const { is_closed } = requireTopic(place, topic);
  if (is_closed && !place.can_manage_topics) throw badRequest("TOPIC_CLOSED");
  return { message_thread_id: topic, is_topic_message: true as const };
}

function findReplied(state: State, chatId: number, given: z.infer<typeof options>) {
  const { reply_parameters, reply_to_message_id, allow_sending_without_reply } = given;
  const id = reply_parameters?.message_id ?? reply_to_message_id;
  if (id === undefined) return undefined;
  const message = state.chats.find(chatId, id);
  if (message) return quote(message);
  const allowed = reply_parameters?.allow_sending_without_reply ?? allow_sending_without_reply;
  if (!allowed) throw badRequest("message to be replied not found");
  return undefined;
}

/**
 * The text of a message. Telegram counts its 4096 characters after the markup is taken out.
 * @throws Refusal 400 when it is empty or too long, or its markup is wrong.
 */
export function readText(call: Call): Formatted {
  const { text = "", parse_mode, entities } = read(texts, call);
  const formatted = formatMarked(text, parse_mode, entities);
  if (formatted.text === "") throw badRequest("message text is empty");
  if (characters(formatted.text) > 4096) throw badRequest("message is too long");
  return formatted;
}

/**
 * The words under a picture or a file: 1024 characters at most, undefined when there are none.
 * @throws Refusal 400 when they are too long, or their markup is wrong.
 */
export function readCaption(call: Call): Pick<Message, "caption" | "caption_entities"> {
  const { caption = "", parse_mode, caption_entities } = read(texts, call);
  const { text, entities } = formatMarked(caption, parse_mode, caption_entities);
  if (characters(text) > 1024) throw badRequest("message caption is too long");
  if (text === "") return {};
  return { caption: text, ...(entities.length > 0 && { caption_entities: entities }) };
}

/** A mode of markup makes Telegram ignore the entities beside it. */
function formatMarked(
  text: string,
  parseMode: string | undefined,
  given: z.infer<typeof texts>["entities"],
): Formatted {
  const isMarkup = parseMode !== undefined && parseMode.toLowerCase() !== "none";
  const entities = isMarkup || text === "" ? [] : checkEntities(text, given ?? []);
  return format({ text, parseMode, entities });
}

/** The text fields of a message; without entities the field is left out. */
export function asText({ text, entities }: Formatted): Pick<Message, "text" | "entities"> {
  return { text, ...(entities.length > 0 && { entities }) };
}
