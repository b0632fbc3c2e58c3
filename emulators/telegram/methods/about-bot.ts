import * as z from "zod";

import type { CommandsPlace } from "../commands.ts";
import type { Call } from "../params.ts";
import type { Method, Methods } from "./method.ts";

import { json, read, whole, words } from "../params.ts";
import { badRequest } from "../refusal.ts";

const commands = z.object({
  commands: json(
    z.array(z.object({ command: words, description: words })).max(100),
    "can't parse commands JSON object",
  ),
});
const scope = z.object({
  scope: json(
    z.object({ type: z.string(), chat_id: whole.optional(), user_id: whole.optional() }),
    "can't parse BotCommandScope JSON object",
  ).optional(),
  language_code: words.optional(),
});
const menu = z.object({
  chat_id: words.optional(),
  menu_button: json(
    z.looseObject({ type: z.string() }),
    "can't parse menu button JSON object",
  ).optional(),
});

function placeOf(call: Call): CommandsPlace {
  const { scope: given, language_code = "" } = read(scope, call);
  return { scope: given ?? { type: "default" }, language: language_code };
}

/** A text about the bot per language, and the methods that set and show it. */
function described(noun: string, field: string, most: number): Methods {
  const schema = z.object({ [field]: words.optional(), language_code: words.optional() });
  const key = (language = "") => `${field}/${language}`;
  const set: Method = (world, call) => {
    const { [field]: text = "", language_code } = read(schema, call);
    if (text.length > most) throw badRequest(`${noun.toUpperCase()}_TOO_LONG`);
    world.settings.set(key(language_code), text);
    return true;
  };
  const get: Method = (world, call) => {
    const { language_code } = read(schema, call);
    const fallback = field === "name" ? world.bot.first_name : "";
    const text = world.settings.get(key(language_code)) ?? world.settings.get(key());
    return { [field]: text || fallback };
  };
  return { [`setMy${noun}`]: set, [`getMy${noun}`]: get };
}

export const aboutBot: Methods = {
  setMyCommands: (world, call) => {
    const { commands: list } = read(commands, call);
    if (list.some(({ command }) => !/^\/?[a-z0-9_]{1,32}$/u.test(command))) {
      throw badRequest("BOT_COMMAND_INVALID");
    }
    if (list.some(({ description }) => description.length < 1 || description.length > 256)) {
      throw badRequest("BOT_COMMAND_DESCRIPTION_INVALID");
    }
    world.commands.set(placeOf(call), list);
    return true;
  },

  getMyCommands: (world, call) => world.commands.at(placeOf(call)),

  deleteMyCommands: (world, call) => {
    world.commands.delete(placeOf(call));
    return true;
  },

  setChatMenuButton: (world, call) => {
    const { chat_id = "", menu_button } = read(menu, call);
    world.settings.set(`menu/${chat_id}`, menu_button ?? { type: "default" });
    return true;
  },

  getChatMenuButton: (world, call) => {
    const { chat_id = "" } = read(menu, call);
    const own = world.settings.get(`menu/${chat_id}`);
    return own ?? world.settings.get("menu/") ?? { type: "commands" };
  },

  ...described("Name", "name", 64),
  ...described("Description", "description", 512),
  ...described("ShortDescription", "short_description", 120),
};
