import * as z from "zod";
import type { CommandsPlace } from "../commands.ts";
import { type Call, json, read, whole, words } from "../params.ts";
import { badRequest } from "../refusal.ts";
import type { Method, Methods } from "./method.ts";

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
function textMethods(noun: string, field: string, most: number): Methods {
  const schema = z.object({ [field]: words.optional(), language_code: words.optional() });
  const key = (language = "") => `${field}/${language}`;
  const set: Method = (state, call) => {
    const { [field]: text = "", language_code } = read(schema, call);
    if (text.length > most) throw badRequest(`${noun.toUpperCase()}_TOO_LONG`);
    state.settings.set(key(language_code), text);
    return true;
  };
  const get: Method = (state, call) => {
    const { language_code } = read(schema, call);
    const fallback = field === "name" ? state.bot.first_name : "";
    const text = state.settings.get(key(language_code)) ?? state.settings.get(key());
    return { [field]: text || fallback };
  };
  return { [`setMy${noun}`]: set, [`getMy${noun}`]: get };
}

/** Methods by which a bot describes itself: commands, menu button, names and descriptions. */
export const aboutBot: Methods = {
  setMyCommands: (state, call) => {
    const { commands: list } = read(commands, call);
    if (list.some(({ command }) => !/^\/?[a-z0-9_]{1,32}$/u.test(command))) {
      throw badRequest("BOT_COMMAND_INVALID");
    }
    if (list.some(({ description }) => description.length < 1 || description.length > 256)) {
      throw badRequest("BOT_COMMAND_DESCRIPTION_INVALID");
    }
    state.commands.set(placeOf(call), list);
    return true;
  },

  getMyCommands: (state, call) => state.commands.list(placeOf(call)),

  deleteMyCommands: (state, call) => {
    state.commands.delete(placeOf(call));
    return true;
  },

  setChatMenuButton: (state, call) => {
    const { chat_id = "", menu_button } = read(menu, call);
    state.settings.set(`menu/${chat_id}`, menu_button ?? { type: "default" });
    return true;
  },

  getChatMenuButton: (state, call) => {
    const { chat_id = "" } = read(menu, call);
    const own = state.settings.get(`menu/${chat_id}`);
    return own ?? state.settings.get("menu/") ?? { type: "commands" };
  },

  ...textMethods("Name", "name", 64),
  ...textMethods("Description", "description", 512),
  ...textMethods("ShortDescription", "short_description", 120),
};
