import { aboutBot } from "./about-bot.ts";
import { commandMethods } from "./commands.ts";
import { edits } from "./edits.ts";
import { forumTopics } from "./forum-topics.ts";
import { members } from "./members.ts";
import { messages } from "./messages.ts";
import { collectMethods, type NamedMethod } from "./method.ts";
import { payments } from "./payments.ts";
import { queries } from "./queries.ts";
import { reactionMethods } from "./reactions.ts";
import { updates } from "./updates.ts";

const methods = collectMethods([
  aboutBot,
  commandMethods,
  edits,
  forumTopics,
  members,
  messages,
  payments,
  queries,
  reactionMethods,
  updates,
]);

/** Telegram does not mind the case of a method's name. */
export const findMethod = (name: string): NamedMethod | undefined =>
  methods.get(name.toLowerCase());
