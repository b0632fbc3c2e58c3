import * as z from "zod";
import type { BotCommand, CommandsPlace } from "../commands.ts";
import { characters } from "../formatting.ts";
import { type Call, json, read, words } from "../params.ts";
import { badRequest } from "../refusal.ts";
import type { State } from "../state.ts";
import type { Methods } from "./method.ts";

const commands = z.object({
  commands: json(
    z.array(z.object({ command: words, description: words })).max(100),
    "can't parse commands JSON object",
  ).default([]),
});
const scope = z.object({ type: words.optional(), chat_id: words.optional() });
const place = z.object({
  scope: json(scope, "can't parse BotCommandScope JSON object").optional(),
  language_code: words.default(""),
});
const general = new Set([
  "default",
  "all_private_chats",
  "all_group_chats",
  "all_chat_administrators",
]);
const special = new Set(["chat", "chat_administrators", "chat_member"]);

/** Methods that set and show the bot's commands, each pair of scope and language on its own. */
export const commandMethods: Methods = {
  setMyCommands: (state, call) => {
    const list = read(commands, call).commands.map(checkCommand);
    state.commands.set(readPlace(state, call), list);
    return true;
  },

  getMyCommands: (state, call) => state.commands.list(readPlace(state, call)),

  deleteMyCommands: (state, call) => {
    state.commands.delete(readPlace(state, call));
    return true;
  },
};

/** @throws Refusal 400 in the words of the real server (tdlib, set_commands). */
function checkCommand(given: BotCommand): BotCommand {
  const command = given.command.trim().replace(/^\//u, "");
  const description = given.description.trim();
  if (command === "") throw badRequest("command must be non-empty");
  if (characters(command) > 32) throw badRequest("command length must not exceed 32");
  if (description === "") throw badRequest("command description must be non-empty");
  if (characters(description) > 256) {
    throw badRequest("command description length must not exceed 256");
  }
  if (!/^[a-z0-9_]+$/u.test(command)) throw badRequest("BOT_COMMAND_INVALID");
  return { command, description };
}

/** @throws Refusal 400 for a scope or a language that there is not. */
function readPlace(state: State, call: Call): CommandsPlace {
  const { scope, language_code } = read(place, call);
  const checked = scope === undefined ? { type: "default" } : readScope(state, scope);
  if (!/^(?:[a-z]{2})?$/u.test(language_code)) throw badRequest("invalid language code specified");
  return { scope: checked, language: language_code };
}

/** Commands of one chat need a chat that the bot knows; in a private one there are no members. */
function readScope(
  state: State,
  { type, chat_id: given }: z.infer<typeof scope>,
): CommandsPlace["scope"] {
  if (type === undefined) throw unreadable(`Can't find field "type"`);
  if (general.has(type)) return { type };
  if (!special.has(type)) throw unreadable("Unsupported type specified");
  if (given === undefined) throw unreadable(`Can't find field "chat_id"`);
  const chat_id = Number(given);
  if (state.people.find(chat_id)?.started !== true) throw badRequest("chat not found");
  if (type !== "chat") throw badRequest("can't use specified scope in private chats");
  return { type, chat_id };
}

const unreadable = (why: string) => badRequest(`can't parse BotCommandScope: ${why}`);
