import * as z from "zod";
import { json, read, whole } from "../params.ts";
import { requirePlace } from "../reachable.ts";
import { badRequest } from "../refusal.ts";
import type { Methods } from "./method.ts";

const reactions = z.object({
  message_id: whole.optional(),
  reaction: json(
    z.array(z.looseObject({ type: z.string(), emoji: z.string().optional() })),
    "can't parse reaction types JSON object",
  ).default([]),
});
const pointer = z.object({ message_id: whole.optional() });

/**
 * The emoji that may be a reaction, as far as our bots use them.
 * @see https://core.telegram.org/bots/api#reactiontypeemoji
 */
const allowed = new Set(["👍", "👎", "❤", "🔥", "🎉", "👀", "🙏", "👌", "🤝", "✍"]);

/** Methods that mark messages: reactions and pins. */
export const reactionMethods: Methods = {
  setMessageReaction: (state, call) => {
    const { message_id = 0, reaction } = read(reactions, call);
    const { id } = requirePlace(state, call);
    const message = state.chats.find(id, message_id);
    if (message === undefined) throw badRequest("message to react not found");
    // Bots that are not premium users set one reaction at most.
    if (reaction.length > 1) throw badRequest("REACTIONS_TOO_MANY");
    const [given] = reaction;
    if (given !== undefined && (given.type !== "emoji" || !allowed.has(given.emoji ?? ""))) {
      throw badRequest("REACTION_INVALID");
    }
    state.chats.react(message, given?.emoji);
    return true;
  },

  pinChatMessage: (state, call) => {
    const { message_id = 0 } = read(pointer, call);
    const place = requirePlace(state, call);
    const message = state.chats.find(place.id, message_id);
    if (message === undefined) throw badRequest("message to pin not found");
    if ("title" in place && !place.can_pin_messages) {
      throw badRequest("not enough rights to manage pinned messages in the chat");
    }
    state.chats.pin(message);
    return true;
  },
};
