import * as z from "zod";
import { json, read, words } from "../params.ts";
import { badRequest } from "../refusal.ts";
import type { Method, Methods } from "./method.ts";

const menu = z.object({
  chat_id: words.optional(),
  menu_button: json(
    z.looseObject({ type: z.string() }),
    "can't parse menu button JSON object",
  ).optional(),
});

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

/** Methods by which a bot describes itself: menu button, names and descriptions. */
export const aboutBot: Methods = {
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
