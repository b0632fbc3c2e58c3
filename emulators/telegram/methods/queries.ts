import * as z from "zod";
import { flag, read, whole, words } from "../params.ts";
import { badRequest } from "../refusal.ts";
import type { Methods } from "./method.ts";

const callback = z.object({
  callback_query_id: words.optional(),
  text: words.default(""),
  show_alert: flag.default(false),
  url: words.optional(),
});
const file = z.object({ file_id: words.optional() });
const user = z.object({ user_id: whole.optional() });
/** What a bot may download. */
const maxBytes = 20 * 1024 * 1024;

/** Methods that read, and the answer to a pressed button. */
export const queries: Methods = {
  getMe: ({ bot }) => {
    const groups = { can_join_groups: true, can_read_all_group_messages: false };
    const rest = { supports_inline_queries: false, can_connect_to_business: false };
    return { ...bot, ...groups, ...rest, has_main_web_app: false };
  },

  logOut: () => true,

  close: () => true,

  answerCallbackQuery: (state, call) => {
    const { callback_query_id = "", text, show_alert, url } = read(callback, call);
    if (text.length > 200) throw badRequest("MESSAGE_TOO_LONG");
    const answer = { text, show_alert, ...(url !== undefined && { url }) };
    const personId = state.callbacks.answer(callback_query_id, answer);
    state.chats.events.publish(personId, "answer", { callback_query_id, ...answer });
    return true;
  },

  getFile: (state, call) => {
    const { file_id } = read(file, call);
    if (file_id === undefined) throw badRequest("file_id not specified");
    const found = state.files.find(file_id);
    if (found === undefined) throw badRequest("invalid file_id");
    if (found.size > maxBytes) throw badRequest("file is too big");
    const { id, uniqueId, size, path } = found;
    return { file_id: id, file_unique_id: uniqueId, file_size: size, file_path: path };
  },

  getUserProfilePhotos: (state, call) => {
    const { user_id } = read(user, call);
    if (user_id === undefined || !state.people.find(user_id)) throw badRequest("user not found");
    return { total_count: 0, photos: [] };
  },
};
