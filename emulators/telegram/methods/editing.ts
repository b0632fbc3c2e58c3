import * as z from "zod";

import type { Message } from "../bot-api.ts";
import type { Call } from "../params.ts";
import type { World } from "../world.ts";
import type { Methods } from "./method.ts";

import { nowSeconds } from "../bot-api.ts";
import { markupSchema, readMarkup } from "../keyboards.ts";
import { json, read, whole } from "../params.ts";
import { namedMessage, reachable } from "../reachable.ts";
import { badRequest } from "../refusal.ts";
import { asText, readCaption, readText } from "./send.ts";

const options = z.object({ reply_markup: markupSchema.optional() });
const many = z.object({
  message_ids: json(z.array(whole).min(1).max(100), "can't parse message identifiers JSON object"),
});
/** Telegram lets a bot delete for two days. */
const deletableSeconds = 48 * 60 * 60;

export const editing: Methods = {
  editMessageText: (world, call) => {
    const text = asText(readText(call));
    const message = namedMessage(world, call, "edit");
    if (message.text === undefined) throw badRequest("there is no text in the message to edit");
    const { entities: _markup, ...rest } = message;
    return edit(world, call, { message, changed: { ...rest, ...text } });
  },

  editMessageCaption: (world, call) => {
    const caption = readCaption(call);
    const message = namedMessage(world, call, "edit");
    const captioned = message.photo ?? message.document;
    if (captioned === undefined) throw badRequest("there is no caption in the message to edit");
    const { caption: _words, caption_entities: _markup, ...rest } = message;
    return edit(world, call, { message, changed: { ...rest, ...caption } });
  },

  editMessageReplyMarkup: (world, call) => {
    const message = namedMessage(world, call, "edit");
    return edit(world, call, { message, changed: message });
  },

  deleteMessage: (world, call) => {
    const message = namedMessage(world, call, "delete");
    if (message.date + deletableSeconds < nowSeconds())
      throw badRequest("message can't be deleted");
    world.chats.remove(message);
    return true;
  },

  deleteMessages: (world, call) => {
    const { message_ids } = read(many, call);
    const { id } = reachable(world, call);
    for (const message_id of message_ids) {
      const message = world.chats.find(id, message_id);
      if (message) world.chats.remove(message);
    }
    return true;
  },
};

interface Edit {
  readonly message: Message;
  readonly changed: Message;
}

/** An edit without a keyboard takes the old one away. */
function edit(world: World, call: Call, { message, changed }: Edit): Message {
  const { reply_markup: _keyboard, ...rest } = changed;
  const reply_markup = readMarkup(read(options, call).reply_markup);
  if (reply_markup && !reply_markup.inline_keyboard) throw badRequest("inline keyboard expected");
  const edited: Message = { ...rest, ...(reply_markup && { reply_markup }) };
  if (fingerprint(edited) === fingerprint(message)) throw badRequest(notModified);
  return world.chats.replace({ ...edited, edit_date: nowSeconds() });
}

function fingerprint(message: Message): string {
  const { text, entities, caption, caption_entities, reply_markup } = message;
  return JSON.stringify([text, entities, caption, caption_entities, reply_markup]);
}

const notModified =
  "message is not modified: specified new message content and reply markup are exactly the same " +
  "as a current content and reply markup of the message";
