import * as z from "zod";
import { type Message, nowSeconds } from "../bot-api.ts";
import { markupSchema, readMarkup } from "../keyboards.ts";
import { type Call, json, read, whole } from "../params.ts";
import { requireMessage, requireReachable } from "../reachable.ts";
import { badRequest } from "../refusal.ts";
import type { State } from "../state.ts";
import type { Methods } from "./method.ts";
import { asText, readCaption, readText } from "./send.ts";

const options = z.object({ reply_markup: markupSchema.optional() });
const many = z.object({
  message_ids: json(z.array(whole).min(1).max(100), "can't parse message identifiers JSON object"),
});
/** Telegram lets a bot delete for two days. */
const deletableSeconds = 48 * 60 * 60;

/** Methods that edit and delete messages. */
export const edits: Methods = {
  editMessageText: (state, call) => {
    const text = asText(readText(call));
    const message = requireMessage(state, call, "edit");
    if (message.text === undefined) throw badRequest("there is no text in the message to edit");
    const { entities: _markup, ...rest } = message;
    return edit(state, call, { message, changed: { ...rest, ...text } });
  },

  editMessageCaption: (state, call) => {
    const caption = readCaption(call);
    const message = requireMessage(state, call, "edit");
    const { photo, document, voice, video } = message;
    const captioned = photo ?? document ?? voice ?? video;
    if (captioned === undefined) throw badRequest("there is no caption in the message to edit");
    const { caption: _words, caption_entities: _markup, ...rest } = message;
    return edit(state, call, { message, changed: { ...rest, ...caption } });
  },

  editMessageReplyMarkup: (state, call) => {
    const message = requireMessage(state, call, "edit");
    return edit(state, call, { message, changed: message });
  },

  deleteMessage: (state, call) => {
    const message = requireMessage(state, call, "delete");
    if (message.date + deletableSeconds < nowSeconds())
      throw badRequest("message can't be deleted");
    state.chats.remove(message);
    return true;
  },

  deleteMessages: (state, call) => {
    const { message_ids } = read(many, call);
    const { id } = requireReachable(state, call);
    for (const message_id of message_ids) {
      const message = state.chats.find(id, message_id);
      if (message) state.chats.remove(message);
    }
    return true;
  },
};

interface Edit {
  readonly message: Message;
  readonly changed: Message;
}

/** An edit without a keyboard removes the old one. */
function edit(state: State, call: Call, { message, changed }: Edit): Message {
  const { reply_markup: _keyboard, ...rest } = changed;
  const reply_markup = readMarkup(read(options, call).reply_markup);
  if (reply_markup && !reply_markup.inline_keyboard) throw badRequest("inline keyboard expected");
  const edited: Message = { ...rest, ...(reply_markup && { reply_markup }) };
  if (fingerprint(edited) === fingerprint(message)) throw badRequest(notModified);
  return state.chats.replace({ ...edited, edit_date: nowSeconds() });
}

function fingerprint(message: Message): string {
  const { text, entities, caption, caption_entities, reply_markup } = message;
  return JSON.stringify([text, entities, caption, caption_entities, reply_markup]);
}

const notModified =
  "message is not modified: specified new message content and reply markup are exactly the same " +
  "as a current content and reply markup of the message";
